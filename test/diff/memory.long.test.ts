import { describe, expect, it } from "vitest";
import { compareMemory } from "../support/random/memory-differ.js";

/** Those that memory.test.ts leaves; SEEDS=from-to searches others at the end. */
const [from, to] = (process.env.SEEDS ?? "61-400").split("-").map(Number) as [number, number];

describe("memory: core against oracle", () => {
  it("access by access, 40 more random machines", () => {
    for (let seed = 21; seed <= 60; seed++)
      expect(compareMemory(seed, 400, true), `seed ${seed}`).toEqual([]);
  });
  it(`at the end, seeds ${from} to ${to}`, () => {
    for (let seed = from; seed <= to; seed++)
      expect(compareMemory(seed, 1200, false), `seed ${seed}`).toEqual([]);
  });
});
