import { expect, test } from "vitest";
import { probe } from "../support/probe.js";

const x = probe();

test("a size class is 0, or 1 + the exponent of the smallest power of two that holds the size", () => {
  expect([0n, 1n, 2n, 3n, 4n, 5n, 8n, 9n].map((n) => x.size_class(n))).toEqual([0, 1, 2, 3, 3, 4, 4, 5]);
  for (let e = 1; e <= 32; e++) {
    const power = 1n << BigInt(e);
    expect([power - 1n, power, power + 1n].map((n) => x.size_class(n))).toEqual([
      e === 1 ? 1 : e + 1,
      e + 1,
      e + 2,
    ]);
  }
});
