import { takesReceive } from "./event.js";
import type { Program, Qp } from "./program.js";

/**
 * A recording that began within a run has messages that were received in it and sent before: taken for the first
 * that were sent in it, they would be waited for by those who send these. On one clock they show, as no message is
 * received before it is sent.
 */
export function skipEarlier(programs: readonly Program[]): void {
  const sent = new Map<Qp, bigint[]>(),
    got = new Map<Qp, bigint[]>();
  for (const { qps } of programs)
    for (const qp of qps)
      if (qp.partner) {
        sent.set(qp, []);
        got.set(qp, []);
      }
  for (const program of programs)
    for (const e of program.events) {
      const qp = program.qp(e.device, e.qp);
      if (e.kind === "post" && takesReceive(e.opcode)) sent.get(qp)?.push(e.t);
      else if (e.kind === "received" && e.status === 0) got.get(qp)?.push(e.t);
    }
  const clock = new Map(programs.flatMap((p) => p.qps.map((qp) => [qp, p.clock])));
  for (const [qp, times] of got)
    if (clock.get(qp) === clock.get(qp.partner!)) qp.skipped = earlier(sent.get(qp.partner!)!, times);
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
