import { describe, expect, it } from "vitest";
import { compareMemory } from "../support/random/memory-differ.js";

/** Machines that are compared after each access, and those compared at the end; test:long has more. */
const EACH = 20,
  AT_END = 60;

describe("memory: core against oracle", () => {
  it(`access by access, ${EACH} random machines`, () => {
    for (let seed = 1; seed <= EACH; seed++)
      expect(compareMemory(seed, 400, true), `seed ${seed}`).toEqual([]);
  });
  it(`at the end, seeds 1 to ${AT_END}`, () => {
    for (let seed = 1; seed <= AT_END; seed++)
      expect(compareMemory(seed, 1200, false), `seed ${seed}`).toEqual([]);
  });
});
