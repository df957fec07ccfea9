import { KIND } from "../../trace/memory/memory-rows.js";
import { access, type MemoryProgram, stopsAt } from "./memory-options.js";

/**
 * Scalar triad: load b; load c; multiply, add, store a; then index,
 * compare and branch, which count for the next load of b.
 */
const LOAD_B = 4,
  LOAD_C = 1,
  STORE_A = 3;

/** STREAM triad, a[i] = b[i] + s * c[i], over three arrays one behind the other, again and again. */
export const stream: MemoryProgram = function* (rows, { footprint, accesses, elem }) {
  const length = Math.floor(footprint / 3 / elem),
    bytes = length * elem;
  for (let i = 0, left = accesses; left > 0; i = i + 1 === length ? 0 : i + 1, left -= 3) {
    access(rows, bytes + i * elem, elem, KIND.load, LOAD_B);
    if (left > 1) access(rows, 2 * bytes + i * elem, elem, KIND.load, LOAD_C);
    if (left > 2) access(rows, i * elem, elem, KIND.store, STORE_A);
    if (stopsAt(left)) yield;
  }
};

/** Load and add, advance, compare, branch. */
const STRIDE = 4;

/** Loads at a stride, from the start again where the footprint ends. */
export const stride: MemoryProgram = function* (rows, { footprint, accesses, stride: step, elem }) {
  for (let i = 0, offset = 0; i < accesses; i++) {
    access(rows, offset, elem, KIND.load, STRIDE);
    offset += step;
    if (offset + elem > footprint) offset = 0;
    if (stopsAt(i)) yield;
  }
};
