import { NO_ID } from "../../abi/columns.js";
import { QP_TYPES } from "../../abi/verbs.js";
import { pairQps, type QpEndpoint } from "../../trace/verbs/pairs.js";
import type { Program, Qp } from "./program.js";

/** Messages that the logs of both sides do not agree on. */
export interface Unmatched {
  /** Received, but their sending lies behind the end of the sender's log, or datagrams are missing within it. */
  unsent: number;
  /** QPs that lack messages within the log: what follows would be taken for them, and waited for for ever. */
  alone: number;
}

/**
 * Finds whose peer each QP is where the logs of both sides are there, and gives each process the memory that
 * its peers touch, and each QP the messages that reach it.
 */
export function joinPeers(programs: readonly Program[]): Unmatched {
  const qps: Qp[] = [],
    owners: Program[] = [],
    ends: QpEndpoint[] = [];
  programs.forEach((program, node) => {
    program.qps
      .filter((qp) => qp.used)
      .forEach((qp, ordinal) => {
        qps.push(qp);
        owners.push(program);
        ends.push({
          node,
          ctx: 0,
          ordinal,
          qpn: qp.number,
          type: QP_TYPES.indexOf(qp.ud ? "UD" : "RC"),
          dest: qp.connected?.peer ?? NO_ID,
          rq_psn: NO_ID,
          sq_psn: NO_ID,
        });
      });
  });
  const partners = pairQps(ends),
    lacks = (i: number): boolean => {
      const k = partners[i]!;
      return qps[k]!.lost > 0 || (owners[k]!.nameless > 0 && qps[i]!.receives > qps[k]!.sends);
    };
  qps.forEach((qp, i) => {
    const k = partners[i]!;
    qp.alone = k >= 0 && (lacks(i) || lacks(k));
    qp.arrivals = k < 0 || qp.alone ? qp.receives : qps[k]!.sends;
    if (k < 0 || qp.alone) return;
    qp.longest = Math.max(qp.longest, qps[k]!.longest_sent);
    owners[k]!.local.join(qp.remote);
  });
  if (programs.length > 1) countDatagrams(programs);
  for (const qp of qps) qp.polls = qp.uncertain ? 0 : Math.min(qp.receives, qp.arrivals);
  return {
    unsent: qps.reduce((n, qp) => n + qp.receives - qp.polls, 0),
    alone: qps.filter((qp) => qp.alone).length,
  };
}

/** A datagram goes to the QP with its number of the first other node that has one, else of its own (R2.23). */
function countDatagrams(programs: readonly Program[]): void {
  const owned = programs.map((p) => new Map(p.qps.filter((q) => q.used && q.ud).map((q) => [q.number, q])));
  for (const own of owned) for (const qp of own.values()) qp.arrivals = 0;
  programs.forEach((program, node) => {
    for (const sender of program.qps)
      for (const [number, count] of sender.dc ? [] : sender.datagrams) {
        const target =
          owned.find((own, other) => other !== node && own.has(number))?.get(number) ??
          owned[node]!.get(number);
        if (!target) continue;
        target.arrivals += count;
        target.uncertain ||= sender.lost + program.nameless > 0;
      }
  });
}
