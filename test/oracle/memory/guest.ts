/** The guest dimension: gva to gpa, or to hpa on a host (M3.5 to M3.8). */
import { FRAMES } from "../../../src/abi/memory.js";
import { atLevel, type LeafLevel, type MemoryOracleConfig } from "./config.js";
import { type Place, Ranges } from "./ranges.js";
import { Blocks, permute } from "./spaces.js";
import { type PageTable, PageTables } from "./tables.js";

export interface GuestPage extends Place {
  tables: Map<number, PageTable>;
}

export class GuestDimension {
  private readonly config: MemoryOracleConfig;
  private readonly tables: PageTables;
  private readonly ranges: Ranges;
  private readonly blocks: Blocks;
  /** First frame of what a page number of some size owns. */
  private readonly large = new Map<string, number>();
  private readonly fragments = new Map<bigint, number>();

  constructor(config: MemoryOracleConfig) {
    this.config = config;
    this.tables = new PageTables(config.guestLevels);
    this.ranges = new Ranges(
      config.mapping.filter((r) => r.dimension === "guest"),
      9 * config.guestLevels,
    );
    this.blocks = new Blocks(config.guestFirstBlock);
  }

  /**
   * A page's leaf depends on the page alone; only its frame depends on what was mapped before (M3.1, M3.5).
   */
  map(v: bigint): GuestPage {
    const level = this.ranges.find(v)?.level ?? this.ranges.fitting(v, this.ownLevel(v));
    const tables = this.tables.path(v, level);
    return { level, frame: this.ranges.find(v)?.frame ?? this.ownFrame(v, level), tables };
  }

  /** The size of a page that is in no mapping table (M3.6, M3.9). */
  private ownLevel(v: bigint): LeafLevel {
    const { guestLeaf, placement, thpShare16, seed } = this.config;
    if (guestLeaf !== 1 || placement !== "thp") return guestLeaf;
    const hash = BigInt.asUintN(64, (atLevel(v, 2) ^ BigInt(seed)) * 0x9e3779b97f4a7c15n) >> 48n;
    return hash < BigInt(thpShare16) ? 2 : 1;
  }

  /**
   * The frame of a page that is in no mapping table; a 4k one is placed by
   * `placement` whatever guest_leaf is (M3.6, M3.7, M3.8).
   */
  private ownFrame(v: bigint, level: LeafLevel): number {
    if (level === 3) return this.owned(v, 3) + Number(v % 0x40000n);
    if (level === 2 || this.config.placement === "contiguous") return this.owned(v, 2) + Number(v % 512n);
    let frame = this.fragments.get(v);
    if (frame === undefined) {
      frame = FRAMES.fragments + permute(this.fragments.size, this.config.seed, this.config.frameBits);
      this.fragments.set(v, frame);
    }
    return frame;
  }

  /** Where the 2 MiB or the GiB of v is; taken now if it is nowhere (M3.3, M3.7). */
  private owned(v: bigint, level: LeafLevel): number {
    const key = `${level}:${atLevel(v, level)}`;
    let frame = this.large.get(key);
    if (frame === undefined) {
      frame = level === 3 ? this.blocks.takeGib() : this.blocks.take();
      this.large.set(key, frame);
    }
    return frame;
  }
}
