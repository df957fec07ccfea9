import { describe, expect, test } from "vitest";
import { elementaryEffects } from "../../src/uncertainty/morris.js";
import { type Model, type SobolIndices, sobolIndices } from "../../src/uncertainty/sobol.js";

/** Ishigami and Homma (1990) on [−π, π]³, a = 7, b = 0.1: the indices are known. */
const ishigami: Model = (u) => {
  const [x, y, z] = u.map((v) => Math.PI * (2 * v - 1)) as [number, number, number];
  return Math.sin(x) + 7 * Math.sin(y) ** 2 + 0.1 * z ** 4 * Math.sin(x);
};
const ISHIGAMI = { first: [0.3139, 0.4424, 0], total: [0.5576, 0.4424, 0.2437] };

/**
 * Sobol's g-function: a product of |4u − 2| + a over 1 + a; its indices
 * follow from the variance 1 / 3(1 + a)² of each factor.
 */
const A = [0, 1, 4.5, 9, 99, 99];
const g: Model = (u) => u.reduce((p, v, i) => (p * (Math.abs(4 * v - 2) + A[i]!)) / (1 + A[i]!), 1);
const PART = A.map((a) => 1 / (3 * (1 + a) ** 2)),
  VARIANCE = PART.reduce((p, v) => p * (1 + v), 1) - 1;
const G = {
  first: PART.map((v) => v / VARIANCE),
  total: PART.map((v) => (v * (VARIANCE + 1)) / (1 + v) / VARIANCE),
};

const close = (
  found: SobolIndices,
  exact: { first: readonly number[]; total: readonly number[] },
  within: number,
): void => {
  for (const order of ["first", "total"] as const)
    found[order].forEach(({ estimate }, i) =>
      expect(Math.abs(estimate - exact[order][i]!), `${order} ${i}: ${estimate}`).toBeLessThan(within),
    );
};

describe("Sobol indices", () => {
  // With n points the estimate of a first-order index of 0 scatters by 1.4/√n, so 16384 keep it within 0.03.
  const found = sobolIndices(ishigami, { names: ["x", "y", "z"], samples: 16_384, seed: 1 });
  test("of the Ishigami function", () => {
    close(found, ISHIGAMI, 0.03);
    expect(found.variance).toBeCloseTo(
      49 / 8 + (0.1 * Math.PI ** 4) / 5 + (0.01 * Math.PI ** 8) / 18 + 0.5,
      0,
    );
    expect(found.mean).toBeCloseTo(3.5, 1);
  });
  test("of Sobol's g-function", () =>
    close(sobolIndices(g, { names: ["1", "2", "3", "4", "5", "6"], samples: 16_384, seed: 2 }), G, 0.03));
  test("of a sum are the parts of its variance, without interaction", () => {
    const sum = sobolIndices((u) => 3 * u[0]! + u[1]!, { names: ["a", "b"], samples: 16_384, seed: 3 });
    close(sum, { first: [0.9, 0.1], total: [0.9, 0.1] }, 0.03);
  });
  test("intervals hold the exact index in about 95 of 100 analyses", () => {
    let inside = 0,
      all = 0;
    for (let seed = 1; seed <= 60; seed++) {
      const { first, total } = sobolIndices(ishigami, { names: ["x", "y", "z"], samples: 256, seed });
      for (let i = 0; i < 3; i++)
        for (const [e, exact] of [
          [first[i]!, ISHIGAMI.first[i]!],
          [total[i]!, ISHIGAMI.total[i]!],
        ] as const) {
          all++;
          if (e.low <= exact && exact <= e.high) inside++;
        }
    }
    expect(inside / all).toBeGreaterThan(0.88);
  });
  test("are the same again with the same seed, and evaluate n (k + 2) times", () => {
    let calls = 0;
    const again = sobolIndices((u) => (calls++, ishigami(u)), {
      names: ["x", "y", "z"],
      samples: 16_384,
      seed: 1,
    });
    expect(again).toEqual(found);
    expect(calls).toBe(16_384 * 5);
  });
  test("of what does not vary are 0", () => {
    const { first, total, variance } = sobolIndices(() => 2, { names: ["a"], samples: 16, seed: 1 });
    expect([first[0]!.estimate, total[0]!.estimate, variance]).toEqual([0, 0, 0]);
  });
});

describe("elementary effects", () => {
  test("of a sum are its slopes, everywhere", () => {
    const effects = elementaryEffects((u) => 5 * u[0]! - 2 * u[2]!, 3, 6, 1);
    [5, 0, 2].forEach((slope, i) => expect(effects[i]!.mu_star).toBeCloseTo(slope, 12));
    expect(effects.map((e) => e.seen)).toEqual([6, 0, 6]);
  });
  test("find each dimension that acts, and those that do not", () => {
    const effects = elementaryEffects((u) => ishigami(u.slice(1)), 5, 8, 4);
    expect(effects.map((e) => e.mu_star > 0)).toEqual([false, true, true, true, false]);
  });
  test("take trajectories × (k + 1) evaluations", () => {
    let calls = 0;
    elementaryEffects(() => calls++, 7, 4, 1);
    expect(calls).toBe(32);
  });
});
