import { KIND } from "../../trace/memory/memory-rows.js";
import { Random } from "../random.js";
import { access, type MemoryProgram, stopsAt } from "./memory-options.js";

const WORD = 8;
/**
 * HPCC's update: next random number (mov, sar, and, add, xor), index (and), xor
 * into the table, loop branch: 8 instructions. In the recorded
 * StarRandomAccess (traces/README.md) the loop that keeps its generator in registers takes 7 to 12.
 */
const GAP = 8;

/** HPCC RandomAccess: read-modify-write of 8-byte words of a table at random. */
export const gups: MemoryProgram = function* (rows, { footprint, accesses, seed }) {
  const random = new Random(seed),
    words = Math.floor(footprint / WORD);
  for (let i = 0; i < accesses; i++) {
    access(rows, WORD * Math.floor(random.unit() * words), WORD, KIND.modify, GAP);
    if (stopsAt(i)) yield;
  }
};
