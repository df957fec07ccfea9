/** How the frames of a physical space are given out (M1.2, M3.3, M3.10). */
import { FRAMES } from "../../../src/abi/memory.js";

/** Blocks of 512 frames, one after the other; none ever comes back (M3.3). */
export class Blocks {
  private next: number;

  constructor(first: number) {
    this.next = first;
  }

  /** First frame of a new block. */
  take(): number {
    return this.give(1);
  }

  /** First frame of 512 new blocks, from a multiple of 512 blocks up. Blocks skipped so are lost. */
  takeGib(): number {
    this.next = Math.ceil(this.next / 512) * 512;
    return this.give(512);
  }

  /** An area that is full ends the replay (M3.4). */
  private give(blocks: number): number {
    const first = this.next * 512;
    this.next += blocks;
    if (this.next * 512 > FRAMES.fragments) throw new Error("the blocks area is full");
    return first;
  }
}

/** Scatters 0 … 2^bits − 1 over themselves; i beyond that begins again (M1.6, M3.10). */
export function permute(i: number, seed: number, bits: number): number {
  const modulus = 1n << BigInt(bits);
  const half = BigInt(Math.ceil(bits / 2));
  let x = (BigInt(i) + BigInt(seed) * 0x9e3779b1n) % modulus;
  x = (x * 0x2c1b3c6dn) % modulus;
  x ^= x >> half;
  x = (x * 0x297a2d39n) % modulus;
  x ^= x >> half;
  return Number(x);
}

/** R: bits enough for twice the pages (M3.11). */
export function frameBits(pages: number): number {
  let bits = 9;
  while (bits < 23 && 2 ** bits < 2 * pages) bits += 1;
  return bits;
}
