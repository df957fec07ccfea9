import { KIND } from "../../trace/memory/memory-rows.js";
import { Random } from "../random.js";
import { bijection } from "./bijection.js";
import { access, LINE, type MemoryProgram, stopsAt } from "./memory-options.js";

/** A look-up by key: hash it (multiply, shift, mask), compute the address, load, loop: 8 instructions. */
const GAP = 8;

/** Loads of lines whose frequencies follow Zipf's law; frequent lines are scattered over the footprint. */
export const zipf: MemoryProgram = function* (rows, { footprint, accesses, seed, theta, elem }) {
  const random = new Random(seed),
    lines = Math.floor(footprint / LINE);
  const place = bijection(lines, random),
    rank = zipfRanks(lines, theta, random);
  for (let i = 0; i < accesses; i++) {
    access(rows, LINE * place(rank() - 1), elem, KIND.load, GAP);
    if (stopsAt(i)) yield;
  }
};

/**
 * Ranks 1 … n with probabilities proportional to rank^-theta, by
 * rejection-inversion (Hörmann and Derflinger, "Rejection-inversion to
 * generate variates from monotone discrete distributions", 1996):
 * no table, a constant number of steps for any n.
 */
export function zipfRanks(n: number, theta: number, random: Random): () => number {
  // The integral of x^-theta and its inverse, written so that theta near 1 loses no digits.
  const integral = (x: number): number => grow((1 - theta) * Math.log(x)) * Math.log(x);
  const inverse = (y: number): number => Math.exp(shrink(Math.max(-1, y * (1 - theta))) * y);
  const density = (x: number): number => Math.exp(-theta * Math.log(x));
  const first = integral(1.5) - 1,
    last = integral(n + 0.5),
    sure = 2 - inverse(integral(2.5) - density(2));
  return () => {
    for (;;) {
      const y = last + random.unit() * (first - last),
        x = inverse(y);
      const k = Math.min(n, Math.max(1, Math.round(x)));
      if (k - x <= sure || y >= integral(k + 0.5) - density(k)) return k;
    }
  };
}
/** (e^x - 1) / x and ln(1 + x) / x, which are 1 at 0. */
function grow(x: number): number {
  return Math.abs(x) > 1e-8 ? Math.expm1(x) / x : 1 + x / 2;
}
function shrink(x: number): number {
  return Math.abs(x) > 1e-8 ? Math.log1p(x) / x : 1 - x / 2;
}
