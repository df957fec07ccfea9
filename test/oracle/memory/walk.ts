/** Translation of a page: TLBs, and the walk in one or two dimensions (M5.4 to M5.17). */
import { LEAVES } from "../../../src/abi/memory.js";
import type { DataCaches } from "./caches.js";
import { atLevel, type LeafLevel, type MemoryOracleConfig } from "./config.js";
import type { GuestDimension, GuestPage } from "./guest.js";
import type { HostDimension } from "./host.js";
import type { Structure } from "./structure.js";
import { entryLine } from "./tables.js";
import type { Tally } from "./tally.js";
import { Tlb } from "./tlb.js";
import { WalkCaches } from "./walk-caches.js";

export class Walker {
  private readonly config: MemoryOracleConfig;
  private readonly guest: GuestDimension;
  /** Not there on a host. */
  private readonly host: HostDimension | undefined;
  private readonly caches: DataCaches;
  private readonly tally: Tally;
  private readonly tlb: Tlb;
  private readonly guestCaches: WalkCaches;
  private readonly hostCaches: WalkCaches;
  private readonly nestedTlb: Structure;

  constructor(
    config: MemoryOracleConfig,
    structures: Structure[],
    guest: GuestDimension,
    host: HostDimension | undefined,
    caches: DataCaches,
    tally: Tally,
  ) {
    this.config = config;
    this.guest = guest;
    this.host = host;
    this.caches = caches;
    this.tally = tally;
    this.tlb = new Tlb(structures, config.l1Shared, config.l2Shared, tally);
    this.guestCaches = new WalkCaches(structures.slice(6, 10), "pwc", "walk.guest", tally);
    this.hostCaches = new WalkCaches(structures.slice(10, 14), "epwc", "walk.host", tally);
    this.nestedTlb = structures[14]!;
  }

  /** The hpa frame of page v (M5.4, M5.5). */
  translate(v: bigint): number {
    const page = this.guest.map(v);
    const host = this.host?.need(page.frame);
    const size: LeafLevel = host && host.level < page.level ? host.level : page.level;
    if (!this.tlb.lookup(v, size)) this.walk(v, page, size);
    return host ? host.frame : page.frame;
  }

  /** The walk, which needs its tables in the host dimension one by one (M5.9, M5.11, M5.12). */
  private walk(v: bigint, page: GuestPage, size: LeafLevel): void {
    this.tally.count(`walks.${LEAVES[size - 1]!}`);
    const start = this.guestCaches.start(v, page.level, this.config.guestLevels);
    for (let level = start.level; level >= page.level; level--) {
      const table = page.tables.get(level)!;
      // a hit names the first table by its hpa; every other is named by the entry above it, which holds a gpa
      const known = start.hit && level === start.level;
      if (this.host && !known) this.nested(this.host, table.frame);
      this.caches.ref(entryLine(this.hpa(table.frame), v, level), "guest");
    }
    if (this.host) this.nested(this.host, page.frame);
  }

  /** The host's part for one gpa frame (M5.13, M5.14, M5.16). */
  private nested(host: HostDimension, f: number): void {
    const { level: leaf, tables } = host.need(f);
    if (this.nestedTlb.exists) {
      const page = atLevel(BigInt(f), leaf);
      const hit = this.nestedTlb.touch(page, page * 4n + BigInt(leaf));
      this.tally.count("ntlb.lookups");
      this.tally.lookup("ntlb", hit);
      this.tally.charge("walk.host", this.tally.latency.ntlb);
      if (hit) return;
    }
    const start = this.hostCaches.start(BigInt(f), leaf, this.config.hostLevels);
    for (let level = start.level; level >= leaf; level--) {
      this.caches.ref(entryLine(tables.get(level)!.frame, BigInt(f), level), "host");
    }
  }

  private hpa(frame: number): number {
    return this.host ? this.host.need(frame).frame : frame;
  }
}
