/** L1 and L2 TLB (M2.9, M2.10, M5.6 to M5.8). */
import { LEAVES } from "../../../src/abi/memory.js";
import { atLevel, type LeafLevel, type SharedSizes } from "./config.js";
import type { Structure } from "./structure.js";
import type { Tally } from "./tally.js";

/** One level: the structure that holds the entries of each size. */
class TlbLevel {
  private readonly homes: [Structure, Structure, Structure];

  /** A size lives in its own structure or in the first (M2.10). */
  constructor(own: Structure[], shared: SharedSizes) {
    const [small, middle, large] = own as [Structure, Structure, Structure];
    this.homes = [small, shared === "none" ? middle : small, shared === "2m+1g" ? small : large];
  }

  /** Whether any of its structures is used (M5.7). */
  get exists(): boolean {
    return this.homes.some((home) => home.exists);
  }

  /** Entries of two sizes in one structure differ in the last two bits of their tag (M2.9). */
  touch(v: bigint, size: LeafLevel): boolean {
    const home = this.homes[size - 1]!;
    const page = atLevel(v, size);
    return home.exists && home.touch(page, page * 4n + BigInt(size));
  }
}

export class Tlb {
  private readonly l1: TlbLevel;
  private readonly l2: TlbLevel;
  private readonly tally: Tally;

  constructor(structures: Structure[], l1Shared: SharedSizes, l2Shared: SharedSizes, tally: Tally) {
    this.l1 = new TlbLevel(structures.slice(0, 3), l1Shared);
    this.l2 = new TlbLevel(structures.slice(3, 6), l2Shared);
    this.tally = tally;
  }

  /** False: walk. Counted by the size of the page, wherever its entries live (M5.6, M5.7, M5.8). */
  lookup(v: bigint, size: LeafLevel): boolean {
    const name = LEAVES[size - 1]!;
    const first = this.l1.touch(v, size);
    this.tally.lookup(`tlb.l1.${name}`, first);
    if (first || !this.l2.exists) return first;
    const second = this.l2.touch(v, size);
    this.tally.lookup(`tlb.l2.${name}`, second);
    this.tally.count("tlb.l2.lookups");
    this.tally.charge("mem.tlb", this.tally.latency.tlbL2);
    return second;
  }
}
