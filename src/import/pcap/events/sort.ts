import type { Records } from "./record.js";

/**
 * The order of the first `count` records, as numbers of records; undefined where they are in order as they lie.
 * A capture is nearly in order: what is sorted already is found, and of two neighbouring stretches only
 * where they overlap is merged.
 */
export function orderOf(records: Records, count: number): Uint32Array | undefined {
  let ends: number[] = [];
  for (let i = 1; i < count; i++) if (records.before(i, i - 1)) ends.push(i);
  if (ends.length === 0) return undefined;
  ends.push(count);
  const order = Uint32Array.from({ length: count }, (_, i) => i),
    spare = new Uint32Array(count);
  while (ends.length > 1) {
    const merged: number[] = [];
    for (let i = 0, from = 0; i < ends.length; i += 2) {
      const middle = ends[i]!,
        end = ends[i + 1] ?? middle;
      if (end > middle) merge(records, order, spare, from, middle, end);
      merged.push(end);
      from = end;
    }
    ends = merged;
  }
  return order;
}

/** Merges order[from, middle) and order[middle, end), which are sorted. */
function merge(
  records: Records,
  order: Uint32Array,
  spare: Uint32Array,
  from: number,
  middle: number,
  end: number,
): void {
  const begin = firstAfter(records, order, from, middle, order[middle]!),
    stop = firstAfter(records, order, middle, end, order[middle - 1]!);
  const held = middle - begin;
  for (let i = 0; i < held; i++) spare[i] = order[begin + i]!;
  let left = 0,
    right = middle,
    to = begin;
  while (left < held && right < stop)
    order[to++] = records.before(order[right]!, spare[left]!) ? order[right++]! : spare[left++]!;
  while (left < held) order[to++] = spare[left++]!;
}

/** The first place in order[from, end) whose record comes after this one. */
function firstAfter(records: Records, order: Uint32Array, from: number, end: number, record: number): number {
  let low = from,
    high = end;
  while (low < high) {
    const at = (low + high) >>> 1;
    if (records.before(record, order[at]!)) high = at;
    else low = at + 1;
  }
  return low;
}
