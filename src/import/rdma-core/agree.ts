import { takesReceive } from "./event.js";
import type { Program, Qp } from "./program.js";

/** Messages in order: when, and how long. */
class Messages {
  readonly t: bigint[] = [];
  readonly lengths: number[] = [];
}

/**
 * Takes pairs apart whose sides do not have the same messages, and leaves out those that a side got of what was sent
 * before the recording: taken for the first that were sent in it, they would be waited for by those who send these.
 * On one clock they show, as no message is received before it is sent. On two clocks a side that lacks messages of
 * its peer may lack the first as well as the last.
 */
export function agree(programs: readonly Program[]): void {
  const sent = new Map<Qp, Messages>(),
    got = new Map<Qp, Messages>(),
    clocks = new Map<Qp, string>();
  for (const { qps, clock } of programs)
    for (const qp of qps) {
      if (!qp.partner) continue;
      sent.set(qp, new Messages());
      got.set(qp, new Messages());
      clocks.set(qp, clock);
    }
  for (const program of programs)
    for (const e of program.events) {
      const takes = e.kind === "post" && takesReceive(e.opcode);
      if (!takes && (e.kind !== "received" || e.status !== 0)) continue;
      const into = (takes ? sent : got).get(program.qp(e.device, e.qp));
      into?.t.push(e.t);
      into?.lengths.push(e.length);
    }
  const skips = new Map<Qp, number>();
  for (const [qp, of] of got) {
    const by = sent.get(qp.partner!)!,
      one = clocks.get(qp) === clocks.get(qp.partner!),
      skipped = one ? earlier(by.t, of.t) : 0;
    if (!one && of.t.length > by.t.length) continue;
    if (by.lengths.every((l, k) => k + skipped >= of.t.length || l === of.lengths[k + skipped]))
      skips.set(qp, skipped);
  }
  for (const qp of got.keys()) qp.alone = !skips.has(qp) || !skips.has(qp.partner!);
  for (const qp of got.keys()) {
    if (qp.alone) qp.partner = undefined;
    else qp.skipped = skips.get(qp)!;
  }
}

/** The fewest of `got` that must be left out so that none of the others comes before its own of `sent`. */
function earlier(sent: readonly bigint[], got: readonly bigint[]): number {
  let skipped = 0;
  for (let k = 0, j = 0; k < sent.length; k++) {
    while (j < got.length && got[j]! < sent[k]!) j++;
    skipped = Math.max(skipped, j - k);
  }
  return skipped;
}
