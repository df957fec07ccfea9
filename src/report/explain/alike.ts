import type { Part } from "../../explain/result.js";
import { integer } from "../../numbers.js";
import { digits } from "./digits.js";

/** Runs with more alike in their middle than this are told by their ends. */
const ALIKE = 3;

/** What makes a part like another: all but times and the burst. */
const kindOf = (p: Part): string =>
  [p.stage, p.layer, p.resource, p.node, p.one_packet, ...p.waits.map((w) => w.cause)].join(" ");

/** Stages that burst after burst passes alike, alone or each after a wait: the middle is told in one line. */
export function alike(parts: readonly Part[]): (Part | string)[] {
  const out: (Part | string)[] = [],
    kinds = parts.map(kindOf);
  for (let i = 0; i < parts.length; ) {
    const period = [1, 2].find((n) => rounds(parts, kinds, i, n) > ALIKE + 2);
    if (period === undefined) {
      out.push(parts[i++]!);
      continue;
    }
    const end = i + period * rounds(parts, kinds, i, period),
      middle = parts.slice(i + period, end - period),
      sum = (of: "wait_ps" | "cost_ps"): string =>
        digits(integer(middle.reduce((n, q) => n + BigInt(q[of]), 0n)));
    out.push(
      ...parts.slice(i, i + period),
      `… ${middle.length / period} bursts alike: wait ${sum("wait_ps")}, cost ${sum("cost_ps")}`,
      ...parts.slice(end - period, end),
    );
    i = end;
  }
  return out;
}
/** How often the `period` parts from number `i` come one after the other; once if no burst is among them. */
function rounds(parts: readonly Part[], kinds: readonly string[], i: number, period: number): number {
  if (!parts.slice(i, i + period).some((p) => p.burst !== null)) return 1;
  let n = 1;
  const same = (k: number): boolean => kinds[i + n * period + k] === kinds[i + k];
  while (Array.from({ length: period }, (_, k) => k).every(same)) n++;
  return n;
}
