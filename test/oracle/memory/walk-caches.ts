/** The page-walk caches of one dimension, levels 2 to 5 (M5.10, M5.15). */
import { atLevel } from "./config.js";
import type { Structure } from "./structure.js";
import type { MemoryLayer, Tally } from "./tally.js";

const ENTRIES = ["pde", "pdpte", "pml4", "pml5"] as const;

export class WalkCaches {
  private readonly caches: Structure[];
  private readonly prefix: "pwc" | "epwc";
  private readonly layer: MemoryLayer;
  private readonly tally: Tally;

  constructor(caches: Structure[], prefix: "pwc" | "epwc", layer: MemoryLayer, tally: Tally) {
    this.caches = caches;
    this.prefix = prefix;
    this.layer = layer;
    this.tally = tally;
  }

  /**
   * The level of the lowest table that is known, and whether a cache
   * knew it; without one it is the root (M5.10, M5.15).
   */
  start(page: bigint, leaf: number, levels: number): { level: number; hit: boolean } {
    if (this.caches.some((cache) => cache.exists)) {
      this.tally.count(`${this.prefix}.rounds`);
      this.tally.charge(this.layer, this.tally.latency.pwc);
    }
    for (let k = leaf + 1; k <= levels; k++) {
      if (this.knows(page, k)) return { level: k - 1, hit: true };
    }
    return { level: levels, hit: false };
  }

  /** Looks up one level; absent ones count nothing (M5.10). */
  private knows(page: bigint, level: number): boolean {
    const cache = this.caches[level - 2]!;
    if (!cache.exists) return false;
    const entry = atLevel(page, level);
    const hit = cache.touch(entry, entry);
    this.tally.lookup(`${this.prefix}.${ENTRIES[level - 2]!}`, hit);
    return hit;
  }
}
