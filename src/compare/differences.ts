import { type Integer, integer, rounded } from "../numbers.js";
import type { ReplayResult } from "../replay/result/result.js";
import { KINDS, type Kind, quantitiesOf, type Unit } from "./quantities.js";

/** One quantity that differs. A layer or counter that one side lacks is 0 there; an operation is null. */
export interface Difference {
  kind: Kind;
  name: string;
  unit: Unit;
  base: Integer | null;
  new: Integer | null;
  difference: Integer;
  /** Of the base; null where the base is 0 or lacks it. */
  percent: number | null;
}

/** What differs between two replays: by kind, the largest difference first. */
export function differencesOf(base: ReplayResult, now: ReplayResult): Difference[] {
  const a = quantitiesOf(base),
    b = quantitiesOf(now),
    out: { size: bigint; d: Difference }[] = [];
  for (const key of new Set([...a.keys(), ...b.keys()])) {
    const x = a.get(key),
      y = b.get(key),
      { kind, name, unit } = (x ?? y)!;
    const from = x?.value ?? 0n,
      to = y?.value ?? 0n;
    if (from === to && (kind !== "operation" || (x && y))) continue;
    const absent = kind === "operation" ? null : 0;
    out.push({
      size: to > from ? to - from : from - to,
      d: {
        kind,
        name,
        unit,
        base: x ? integer(from) : absent,
        new: y ? integer(to) : absent,
        difference: integer(to - from),
        percent: percentOf(from, to),
      },
    });
  }
  const order = ({ size, d }: (typeof out)[number]): [number, bigint, string] => [
    KINDS.indexOf(d.kind),
    size,
    d.name,
  ];
  out.sort((p, q) => {
    const [k1, s1, n1] = order(p),
      [k2, s2, n2] = order(q);
    return k1 - k2 || (s1 === s2 ? (n1 < n2 ? -1 : 1) : s1 > s2 ? -1 : 1);
  });
  return out.map(({ d }) => d);
}

/** Growth in percent; null from 0. */
export const percentOf = (from: bigint, to: bigint): number | null =>
  from === 0n ? null : rounded((100 * Number(to - from)) / Number(from));
