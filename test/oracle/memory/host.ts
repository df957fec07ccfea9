/**
 * The host dimension: gpa to hpa, with splits, links and collapses (M3.12 to M4.10).
 */
import { FRAMES } from "../../../src/abi/memory.js";
import type { LeafLevel, MemoryOracleConfig } from "./config.js";
import { type Place, Ranges } from "./ranges.js";
import { Blocks, permute } from "./spaces.js";
import { type PageTable, PageTables } from "./tables.js";
import type { Tally } from "./tally.js";

export interface HostPage extends Place {
  tables: Map<number, PageTable>;
}

const GIB = 0x40000;
const blockOf = (f: number): number => Math.floor(f / 512);
const gibOf = (f: number): number => Math.floor(f / GIB);

export class HostDimension {
  private readonly config: MemoryOracleConfig;
  private readonly tally: Tally;
  private readonly tables: PageTables;
  private readonly ranges: Ranges;
  private readonly blocks: Blocks;
  /** Places of GiBs and blocks that no mapping table gives, by number. */
  private readonly gibs = new Map<number, number>();
  private readonly ownBlocks = new Map<number, number>();
  /** GiBs that are 512 leaves of 2m, and blocks that are 512 leaves of 4k: where they are. */
  private readonly splitGibs = new Map<number, number>();
  private readonly splitBlocks = new Map<number, number>();
  /** Blocks that became one leaf again: where they are now. */
  private readonly collapsedBlocks = new Map<number, number>();
  private readonly linked = new Map<number, { frame: number; count: number }>();
  private links = 0;
  /** Leaves that were needed since they were made. */
  private readonly present = new Set<string>();
  /** In the order in which they were left without a link. */
  private due: { block: number; at: bigint }[] = [];

  constructor(config: MemoryOracleConfig, tally: Tally) {
    this.config = config;
    this.tally = tally;
    this.tables = new PageTables(config.hostLevels);
    this.ranges = new Ranges(
      config.mapping.filter((r) => r.dimension === "host"),
      26,
    );
    this.blocks = new Blocks(config.hostFirstBlock);
  }

  /** The leaf of f is used: an EPT violation if for the first time (M3.1, M3.14). */
  need(f: number): HostPage {
    const place = this.place(f);
    const tables = this.tables.path(BigInt(f), place.level);
    const leaf = leafKey(f, place.level);
    if (!this.present.has(leaf)) {
      this.present.add(leaf);
      this.tally.violation();
    }
    return { ...place, tables };
  }

  /** `present`: somebody else has paid for the violation (M4.1, M4.5, M4.8). */
  link(f: number, present: boolean): void {
    const link = this.linked.get(f);
    if (link) link.count += 1;
    else {
      this.due = this.due.filter((d) => d.block !== blockOf(f));
      this.split(f);
      this.linked.set(f, {
        frame: FRAMES.linked + permute(this.links++, this.config.seed, this.config.frameBits),
        count: 1,
      });
      this.present.delete(leafKey(f, 1));
    }
    if (present) this.present.add(leafKey(f, 1));
  }

  /** Takes one link back (M4.7, M4.8). */
  unlink(f: number, now: bigint): void {
    const link = this.linked.get(f);
    if (!link) throw new Error(`frame ${f} is not linked`);
    link.count -= 1;
    if (link.count > 0) return;
    this.linked.delete(f);
    this.present.delete(leafKey(f, 1));
    if (this.config.khugepaged !== "delay" || this.levelByRule(f) === 1) return;
    if (!framesOf(blockOf(f)).some((g) => this.linked.has(g)))
      this.due.push({ block: blockOf(f), at: now + this.config.khugepagedDelay });
  }

  /** Number of blocks that became one leaf again (M4.9, M4.10). */
  collapse(now: bigint): number {
    const ripe = this.due.filter((d) => d.at <= now);
    this.due = this.due.filter((d) => d.at > now);
    for (const { block } of ripe) {
      this.splitBlocks.delete(block);
      this.collapsedBlocks.set(block, this.blocks.take());
      this.forget(block);
      this.tables.drop(BigInt(block) * 512n, 1);
    }
    return ripe.length;
  }

  private place(f: number): Place {
    const link = this.linked.get(f);
    return link ? { level: 1, frame: link.frame } : this.placeWithoutLink(f);
  }

  /** Where f is when nothing links it: split and collapsed blocks before the mapping table (M4.7, M4.10). */
  private placeWithoutLink(f: number): Place {
    const rule = this.levelByRule(f);
    if (rule === 1) return { level: 1, frame: this.frameByRule(f, 1) };
    const split = this.splitBlocks.get(blockOf(f));
    if (split !== undefined) return { level: 1, frame: split + (f % 512) };
    const collapsed = this.collapsedBlocks.get(blockOf(f));
    if (collapsed !== undefined) return { level: 2, frame: collapsed + (f % 512) };
    const gib = rule === 3 ? this.splitGibs.get(gibOf(f)) : undefined;
    if (gib !== undefined) return { level: 2, frame: gib + (f % GIB) };
    return { level: rule, frame: this.frameByRule(f, rule) };
  }

  /** What the mapping table or host_leaf makes of f, before any split (M3.12, M3.13). */
  private levelByRule(f: number): LeafLevel {
    return this.ranges.find(BigInt(f))?.level ?? this.ranges.fitting(BigInt(f), this.config.hostLeaf);
  }

  /** The first place of f; a frame that the table gives takes no block (M3.12, M3.13). */
  private frameByRule(f: number, level: LeafLevel): number {
    const mapped = this.ranges.find(BigInt(f));
    if (mapped) return mapped.frame;
    if (level === 3) return owned(this.gibs, gibOf(f), () => this.blocks.takeGib()) + (f % GIB);
    return owned(this.ownBlocks, blockOf(f), () => this.blocks.take()) + (f % 512);
  }

  /**
   * Afterwards f is a 4k leaf that can get a frame of its own.
   * Places are taken even where nothing was needed yet (M4.2, M4.4).
   */
  private split(f: number): void {
    const whole = this.placeWithoutLink(f);
    // no GiB is ever one leaf again, so its presence need not be forgotten
    if (whole.level === 3) this.splitGibs.set(gibOf(f), whole.frame - (f % GIB));
    const block = this.placeWithoutLink(f);
    if (block.level === 2) {
      this.splitBlocks.set(blockOf(f), block.frame - (f % 512));
      this.collapsedBlocks.delete(blockOf(f));
      this.forget(blockOf(f));
      this.tally.count("mem.blocks_split");
    }
    this.tables.path(BigInt(f), 1);
  }

  /** Nothing of a block is present any more, neither as one leaf nor as 512 (M4.3). */
  private forget(block: number): void {
    this.present.delete(leafKey(block * 512, 2));
    for (const f of framesOf(block)) this.present.delete(leafKey(f, 1));
  }
}

function leafKey(f: number, level: LeafLevel): string {
  return `${level}:${Math.floor(f / 512 ** (level - 1))}`;
}

function framesOf(block: number): number[] {
  return Array.from({ length: 512 }, (_, i) => block * 512 + i);
}

function owned(places: Map<number, number>, number: number, take: () => number): number {
  const place = places.get(number) ?? take();
  places.set(number, place);
  return place;
}
