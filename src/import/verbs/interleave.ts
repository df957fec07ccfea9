import type { VerbsRow } from "../../trace/table/rows.js";

const TURN = 1024;

/**
 * Merges the rows of several nodes, keeping each node's order. With
 * comparable clocks they go by time, so that a replay
 * meets both sides of an exchange close together; otherwise the nodes take turns.
 */
export function* interleave(nodes: readonly Iterable<VerbsRow>[], comparable: boolean): Generator<VerbsRow> {
  const heads = nodes
    .map((rows) => {
      const iterator = rows[Symbol.iterator]();
      return { iterator, next: iterator.next(), time: 0n, turns: 0n };
    })
    .filter((h) => !h.next.done);
  for (const h of heads) h.time = comparable ? (h.next.value as VerbsRow).t : 0n;
  while (heads.length > 0) {
    let first = heads[0]!;
    for (const h of heads) if (h.time < first.time) first = h;
    yield first.next.value as VerbsRow;
    first.next = first.iterator.next();
    first.turns++;
    if (first.next.done) heads.splice(heads.indexOf(first), 1);
    // A call that encloses others is recorded after them with an earlier start: time must not run back.
    else if (!comparable) first.time = first.turns / BigInt(TURN);
    else if (first.next.value.t > first.time) first.time = first.next.value.t;
  }
}
