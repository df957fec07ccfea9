import { KIND } from "../../trace/memory/memory-rows.js";
import { Random } from "../random.js";
import { bijection } from "./bijection.js";
import { access, LINE, type MemoryProgram, stopsAt } from "./memory-options.js";

const POINTER = 8;
/** The load of the next pointer, a decrement and a branch. */
const GAP = 3;

/**
 * Dependent loads: each line of the footprint holds a pointer to
 * the next, in one random cycle through all of them.
 */
export const pointerChase: MemoryProgram = function* (rows, { footprint, accesses, seed }) {
  const lines = Math.floor(footprint / LINE),
    order = bijection(lines, new Random(seed));
  for (let left = accesses, i = 0; left > 0; left--, i = i + 1 === lines ? 0 : i + 1) {
    access(rows, LINE * order(i), POINTER, KIND.load, GAP);
    if (stopsAt(left)) yield;
  }
};
