import { NO_ID } from "../../abi/columns.js";
import { QP_TYPES } from "../../abi/verbs.js";
import { pairQps, type QpEndpoint } from "../../trace/verbs/pairs.js";
import { GRH_BYTES } from "../verbs/inferred.js";
import { agree } from "./agree.js";
import type { Program, Qp } from "./program.js";

/** What the recordings of both sides do not agree on. */
export interface Unmatched {
  /** Messages that were received, but whose sending is not in the recording. */
  unsent: number;
  /** QPs whose peer is simulated, though its side is there. */
  alone: number;
}

/** Finds whose peer each QP is where both sides are there, and gives each the messages that reach it. */
export function joinPeers(programs: readonly Program[]): Unmatched {
  findDatagrams(programs);
  findOtherWays(programs);
  const qps = programs.flatMap((p, node) => p.qps.map((qp) => ({ qp, node, lossy: p.lossy }))),
    partners = pairQps(
      qps.map(
        ({ qp, node }): QpEndpoint => ({
          node,
          ctx: qp.ctx,
          ordinal: qp.place,
          qpn: qp.number,
          type: QP_TYPES.indexOf(qp.ud ? "UD" : "RC"),
          dest: qp.dest === 0 ? NO_ID : qp.dest,
          rq_psn: NO_ID,
          sq_psn: NO_ID,
        }),
      ),
    );
  qps.forEach(({ qp, lossy }, i) => {
    const other = qps[partners[i]!];
    if (!other) return;
    if (lossy || other.lossy) qp.alone = true;
    else qp.partner = other.qp;
  });
  agree(programs);
  for (const { qp } of qps) {
    qp.arrivals = qp.partner?.sends ?? qp.receives;
    qp.longest = Math.max(qp.longest, qp.partner?.longest_sent ?? 0);
  }
  if (programs.length > 1) countDatagrams(programs);
  for (const { qp } of qps)
    qp.polls = qp.ud && qp.receives > qp.arrivals ? 0 : Math.min(qp.receives - qp.skipped, qp.arrivals);
  for (const program of programs) program.place();
  return {
    unsent: qps.reduce((n, { qp }) => n + qp.receives - qp.polls, 0),
    alone: qps.filter(({ qp }) => qp.alone).length,
  };
}

/** QPs that datagrams go to and that sent none themselves. */
function findDatagrams(programs: readonly Program[]): void {
  const targets = new Set(
    programs.flatMap((p) => p.qps.filter((q) => q.ud).flatMap((q) => [...q.targets.keys()])),
  );
  for (const { qps } of programs)
    for (const qp of qps)
      if (qp.posts === 0 && targets.has(qp.number)) {
        qp.ud = true;
        qp.dest = 0;
      }
}

/** A QP that got nothing does not know its peer; but that one may know it, where no other has its number. */
function findOtherWays(programs: readonly Program[]): void {
  const all = programs.flatMap((p, node) => p.qps.map((qp) => ({ qp, node }))),
    owners = new Map<number, number>(),
    namers = new Map<number, { qp: Qp; node: number }[]>();
  for (const { qp } of all) owners.set(qp.number, (owners.get(qp.number) ?? 0) + 1);
  for (const one of all) {
    if (one.qp.dest === 0) continue;
    const list = namers.get(one.qp.dest);
    if (list) list.push(one);
    else namers.set(one.qp.dest, [one]);
  }
  for (const { qp, node } of all) {
    const [one, ...others] = namers.get(qp.number) ?? [];
    if (qp.ud || qp.dest !== 0 || !one || others.length > 0 || one.node === node) continue;
    if (owners.get(qp.number) === 1) qp.dest = one.qp.number;
  }
}

/**
 * A datagram goes to the QP with its number of the first other node that has one, else of its own (R2.23). Where
 * events are missing, none can be told from the next, and none is waited for.
 */
function countDatagrams(programs: readonly Program[]): void {
  const owned = programs.map((p) => new Map(p.qps.filter((q) => q.ud).map((q) => [q.number, q]))),
    uncertain = programs.some((p) => p.lossy);
  for (const own of owned) for (const qp of own.values()) qp.arrivals = 0;
  programs.forEach((program, node) => {
    for (const sender of program.qps)
      for (const [number, count] of sender.ud ? sender.targets : []) {
        const target =
          owned.find((own, other) => other !== node && own.has(number))?.get(number) ??
          owned[node]!.get(number);
        if (!target) continue;
        target.longest = Math.max(target.longest, sender.longest_sent + GRH_BYTES);
        if (!uncertain) target.arrivals += count;
      }
  });
}
