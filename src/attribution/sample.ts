import { Random } from "../generate/random.js";
import type { Game } from "./shapley.js";

/**
 * Orders in which players join, each followed by its reverse: what
 * one order overstates the other tends to understate.
 */
export function permutations(n: number, samples: number, seed: number): number[][] {
  const random = new Random(seed),
    out: number[][] = [];
  while (out.length < samples) {
    const order = Array.from({ length: n }, (_, i) => i);
    for (let i = n - 1; i > 0; i--) {
      const j = random.below(i + 1);
      [order[i], order[j]] = [order[j]!, order[i]!];
    }
    out.push(order, [...order].reverse());
  }
  return out;
}

/** The subsets that these orders pass through, the empty and the full one among them. */
export function prefixes(orders: readonly (readonly number[])[]): Set<number> {
  const out = new Set([0]);
  for (const order of orders) {
    let mask = 0;
    for (const i of order) out.add((mask |= 1 << i));
  }
  return out;
}

export interface Sampled {
  /** Over the number of orders. They sum to the whole difference exactly, as each order's steps do. */
  readonly numerators: bigint[];
  /** Half-widths of the 95 % confidence intervals (normal, over pairs of an order and its reverse). */
  readonly halfWidths: number[];
}

const NORMAL_95 = 1.959964;

/** Estimates Shapley values as mean steps of the orders. */
export function sampledShapley(n: number, v: Game, orders: readonly (readonly number[])[]): Sampled {
  const numerators = Array.from({ length: n }, () => 0n),
    pairs: number[][] = Array.from({ length: n }, () => []);
  let before = Array.from({ length: n }, () => 0n);
  orders.forEach((order, k) => {
    const step = Array.from({ length: n }, () => 0n);
    let mask = 0,
      value = v(0);
    for (const i of order) {
      const next = v((mask |= 1 << i));
      step[i] = next - value;
      value = next;
      numerators[i] = numerators[i]! + step[i]!;
    }
    if (k % 2 === 1) for (let i = 0; i < n; i++) pairs[i]!.push(Number(before[i]! + step[i]!) / 2);
    before = step;
  });
  return { numerators, halfWidths: pairs.map(halfWidth) };
}

function halfWidth(means: readonly number[]): number {
  const m = means.length,
    mean = means.reduce((a, b) => a + b, 0) / m;
  const variance = means.reduce((s, x) => s + (x - mean) ** 2, 0) / (m - 1);
  return NORMAL_95 * Math.sqrt(variance / m);
}
