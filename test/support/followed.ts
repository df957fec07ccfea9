import { type Ledger, Ledgers } from "../../src/explain/charges.js";
import { DeviceCosts } from "../../src/explain/device-cost.js";
import { Holders } from "../../src/explain/holders.js";
import { wayOf } from "../../src/explain/parts.js";
import type { Way } from "../../src/explain/result.js";
import { StepCosts } from "../../src/explain/step-cost.js";
import type { Path } from "../../src/path/flatten.js";
import { logKinds } from "../../src/replay/log/log.js";
import type { ReplayResult } from "../../src/replay/result/result.js";
import type { Session } from "../../src/replay/session.js";
import type { VerbsTrace } from "../../src/trace/read.js";

/** A replay of which every operation is followed: what each is made of, and the result. */
export function followed(session: Session, path: Path): { ledgers: Ledger[]; result: ReplayResult } {
  const whole = new Ledgers(),
    ledgers: Ledger[] = [];
  const result = session.replay(path, {
    log: {
      kinds: logKinds("CHARGE", "OPERATION", "POLLED"),
      follow: { first: 0n, end: 1n << 62n, since_ps: 0n },
      take: (r) => {
        const ledger = whole.take(r);
        if (ledger) ledgers.push(ledger);
        return true;
      },
      lost: (n) => {
        throw new Error(`the log lost ${n} records`);
      },
    },
  });
  return { ledgers, result };
}

/** Explains ledgers one after the other, without who held what: every cost is computed once more. */
export function teller(trace: VerbsTrace, session: Session, path: Path, peer = path): (l: Ledger) => Way {
  const { testbed } = session,
    device = new DeviceCosts(testbed, path),
    poll = new StepCosts(testbed, path, "poll_cq"),
    post = new StepCosts(testbed, path, "post_send"),
    peerPost = new StepCosts(testbed, peer, "post_send"),
    threads = trace.threads.map(([node, tid]) => ({ node, tid })),
    holders = new Holders();
  return ({ of, charges }) =>
    wayOf(charges, of.start_ps, of.end_ps, {
      device,
      holders,
      post: peer === path ? post : peerPost,
      poll,
      poster: 0,
      poller: of.kind === "POLLED" ? of.track : undefined,
      threads,
      nodes: trace.metadata.nodes.length,
      bursts: true,
    });
}

/** What a way must be: no gap between its parts, a formula for every cost, and the latency as its sum. */
export function faults({ of }: Ledger, { parts, latency_ps }: Way): string[] {
  const out: string[] = [];
  let at = 0;
  for (const p of parts) {
    if (p.start_ps !== at) out.push(`operation ${of.operation}: gap before ${p.start_ps}`);
    if ((p.formula === null) !== (p.cost_ps === 0))
      out.push(`operation ${of.operation}: ${p.layer} at ${at}`);
    at += Number(p.wait_ps) + Number(p.cost_ps);
  }
  if (at !== latency_ps || latency_ps !== Number(of.end_ps - of.start_ps))
    out.push(`operation ${of.operation}: parts sum to ${at}, latency ${latency_ps}`);
  return out;
}
