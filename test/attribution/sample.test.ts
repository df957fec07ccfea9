import { describe, expect, test } from "vitest";
import { permutations, prefixes, sampledShapley } from "../../src/attribution/sample.js";
import { factorial, type Game, shapley } from "../../src/attribution/shapley.js";

const N = 6;
/** A game with interactions of all orders, the same at each run. */
const v: Game = (mask) =>
  BigInt(Math.round(1e6 * Math.sin(mask * 12.9898) ** 2)) + (mask & 1 && mask & 8 ? 3_000_000n : 0n);
const exact = shapley(N, v).map((num) => Number(num) / Number(factorial(N)));
const estimate = (samples: number, seed: number): { means: number[]; halfWidths: number[]; sum: bigint } => {
  const orders = permutations(N, samples, seed),
    { numerators, halfWidths } = sampledShapley(N, v, orders);
  return {
    means: numerators.map((num) => Number(num) / orders.length),
    halfWidths,
    sum: numerators.reduce((a, b) => a + b, 0n) / BigInt(orders.length),
  };
};
const worst = (means: readonly number[]): number => Math.max(...means.map((m, i) => Math.abs(m - exact[i]!)));

describe("sampled shares", () => {
  test("sum to the whole difference, however few the orders", () =>
    expect(estimate(4, 3).sum).toBe(v(2 ** N - 1) - v(0)));
  test("come to the exact ones", () => {
    const [few, many] = [100, 20_000].map((samples) => worst(estimate(samples, 1).means)) as [number, number];
    expect(many).toBeLessThan(few / 3);
    expect(many).toBeLessThan(10_000);
  });
  test("95 % intervals hold the exact share about 19 times in 20", () => {
    let held = 0,
      all = 0;
    for (let seed = 1; seed <= 60; seed++) {
      const { means, halfWidths } = estimate(200, seed);
      means.forEach((m, i) => {
        all++;
        if (Math.abs(m - exact[i]!) <= halfWidths[i]!) held++;
      });
    }
    expect(held / all).toBeGreaterThan(0.9);
    expect(held / all).toBeLessThan(0.99);
  });
  test("the seed decides, and each order comes with its reverse", () => {
    expect(permutations(N, 8, 5)).toEqual(permutations(N, 8, 5));
    expect(permutations(N, 8, 5)).not.toEqual(permutations(N, 8, 6));
    const orders = permutations(N, 7, 5);
    expect(orders).toHaveLength(8);
    expect([...orders[0]!].reverse()).toEqual(orders[1]);
    expect([...orders[0]!].sort()).toEqual([0, 1, 2, 3, 4, 5]);
  });
  test("only subsets on the way are needed", () =>
    expect([...prefixes([[2, 0, 1]])].sort()).toEqual([0, 4, 5, 7]));
});
