/** The data caches. */
import type { Structure } from "./structure.js";
import type { MemoryLayer, Tally } from "./tally.js";

export type By = "data" | "guest" | "host";

const COUNTER: Record<By, string> = { data: "mem.refs", guest: "walk.refs.guest", host: "walk.refs.host" };
const LAYER: Record<By, MemoryLayer> = { data: "mem.data", guest: "walk.guest", host: "walk.host" };

interface CacheLevel {
  name: "l1" | "l2" | "l3";
  cache: Structure;
}

export class DataCaches {
  private readonly levels: CacheLevel[];
  private readonly tally: Tally;

  constructor(l1: Structure, l2: Structure, l3: Structure, tally: Tally) {
    const all: CacheLevel[] = [
      { name: "l1", cache: l1 },
      { name: "l2", cache: l2 },
      { name: "l3", cache: l3 },
    ];
    this.levels = all.filter((level) => level.cache.exists);
    this.tally = tally;
  }

  /** A reference of a line (M5.18, M5.19). */
  ref(line: number, by: By): void {
    const where = this.find(BigInt(line), this.levels);
    this.tally.count(`${COUNTER[by]}.${where}`);
    this.tally.charge(LAYER[by], this.tally.latency[where]);
  }

  /** Every level that misses is filled. */
  private find(line: bigint, [first, ...rest]: CacheLevel[]): "l1" | "l2" | "l3" | "dram" {
    if (!first) return "dram";
    return first.cache.touch(line, line) ? first.name : this.find(line, rest);
  }
}
