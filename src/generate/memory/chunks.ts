import { KIND } from "../../trace/memory/memory-rows.js";
import { Random } from "../random.js";
import { access, type MemoryOptions, type MemoryProgram, stopsAt } from "./memory-options.js";

const INDEX = 8,
  BYTE = 1,
  GIB = 2 ** 30,
  BLOCK = 2 ** 21;
/** Load of an index, then the load it leads to; add, advance, compare and branch count for the next index. */
const LOAD_INDEX = 4,
  LOAD_DATA = 1;

const arrayOf = (footprint: number): number => Math.ceil(footprint / BLOCK) * BLOCK;
/** Bytes of the heap: the footprint, and the array behind it. */
export const chunksHeap = ({ footprint, indices }: MemoryOptions): number =>
  arrayOf(footprint) + indices * INDEX;

/**
 * Loads from the first byte of a few chunks, in an order that an array of indices holds and a
 * loop repeats: chunk x of n begins at x · footprint / n + (x · offset mod 1 GiB).
 * The benchmark of P. Khuong's "How bad can 1GB pages be?" (2014), which chooses how
 * places alias in TLBs and caches. The array lies behind the footprint.
 */
export const chunks: MemoryProgram = function* (
  rows,
  { footprint, accesses, chunks: n, offset, indices, seed },
) {
  const random = new Random(seed),
    stride = Math.floor(footprint / n),
    array = arrayOf(footprint);
  const places = Array.from({ length: indices }, () => {
    const x = random.below(n);
    return (x * stride + ((x * offset) % GIB)) % footprint;
  });
  for (let i = 0, left = accesses; left > 0; i = i + 1 === indices ? 0 : i + 1, left -= 2) {
    access(rows, array + i * INDEX, INDEX, KIND.load, LOAD_INDEX);
    if (left > 1) access(rows, places[i]!, BYTE, KIND.load, LOAD_DATA);
    if (stopsAt(left >>> 1)) yield;
  }
};
