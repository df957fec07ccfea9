/** The memory engine, as docs/memory-model.md tells it, whose rules it cites by their ids. */
import { STRUCTURES } from "../../../src/abi/memory.js";
import { DataCaches } from "./caches.js";
import type { MemoryOracleConfig } from "./config.js";
import { GuestDimension } from "./guest.js";
import { HostDimension } from "./host.js";
import { Structure } from "./structure.js";
import { Tally } from "./tally.js";
import { Walker } from "./walk.js";

const IFETCH = 3;

export class MemoryOracle {
  private readonly config: MemoryOracleConfig;
  private readonly tally: Tally;
  private readonly structures: Structure[];
  private readonly caches: DataCaches;
  private readonly guest: GuestDimension;
  private readonly host: HostDimension | undefined;
  private readonly walker: Walker;
  /** The latest time that a run was told to begin at. */
  private told = 0n;

  /** The structures by number; the second dimension where there is one (M1.1, M2.4, M2.8). */
  constructor(config: MemoryOracleConfig) {
    this.config = config;
    this.tally = new Tally(config.latency);
    this.structures = STRUCTURES.map(
      (_, i) => new Structure(i, config.structures[i]!, i < 15 ? config.tlbPolicy : config.cachePolicy),
    );
    this.caches = new DataCaches(
      this.structures[15]!,
      this.structures[16]!,
      this.structures[17]!,
      this.tally,
    );
    this.guest = new GuestDimension(config);
    this.host = config.nested ? new HostDimension(config, this.tally) : undefined;
    this.walker = new Walker(config, this.structures, this.guest, this.host, this.caches, this.tally);
  }

  /** Links pages, ascending; a page table's frame is no page's (M4.1, M4.6, M4.11, M4.12). */
  link(page: bigint, pages: number, present = false): void {
    const host = this.second();
    for (const v of this.range(page, pages)) {
      host.link(this.guest.map(v).frame, present);
      this.tally.count("mem.pages_linked");
    }
    this.flush();
  }

  /** Unlinks pages, ascending (M4.6, M4.7, M4.11). */
  unlink(page: bigint, pages: number): void {
    const host = this.second();
    for (const v of this.range(page, pages)) {
      host.unlink(this.guest.map(v).frame, this.now());
      this.tally.count("mem.pages_unlinked");
    }
    this.flush();
  }

  /** A run of accesses begins (M4.9, M6.3, M6.6). */
  beginRun(now?: bigint): void {
    if (now !== undefined && now > this.told) this.told = now;
    const collapsed = this.host?.collapse(this.now()) ?? 0;
    this.tally.count("mem.blocks_collapsed", BigInt(collapsed));
    if (collapsed > 0) this.flush();
  }

  /**
   * A row; one that is not canonical counts as refused here, where the
   * driver refuses the whole trace (M1.5, M5.1, M5.2, M5.3).
   */
  access(vaddr: bigint, size: number, kind: number, gap: number): void {
    const end = vaddr + BigInt(size);
    if (size <= 0) throw new Error("a row of no bytes");
    if (end > 1n << 64n) throw new Error("a row wraps the address space");
    this.tally.count("mem.instructions", BigInt(gap));
    if (kind === IFETCH || !this.canonical(vaddr) || !this.canonical(end - 1n))
      return this.tally.count("mem.refused");
    this.tally.count("mem.accesses");
    let frame = 0;
    for (let at = vaddr; at < end; at = (at & ~63n) + 64n) {
      if (at === vaddr || at % 4096n === 0n) frame = this.walker.translate(this.pageOf(at));
      this.caches.ref(frame * 64 + Number((at % 4096n) / 64n), "data");
    }
    if (vaddr / 64n !== (end - 1n) / 64n) this.tally.count("mem.straddles.line");
    if (vaddr / 4096n !== (end - 1n) / 4096n) this.tally.count("mem.straddles.page");
  }

  counters(): Record<string, bigint> {
    return this.tally.counters();
  }

  /** Times by layer (M6.2). */
  layers(): Record<string, bigint> {
    return this.tally.layers();
  }

  /** Their sum (M6.2). */
  clock(): bigint {
    return Object.values(this.layers()).reduce((a, b) => a + b, 0n);
  }

  /**
   * No thread tells the time of an unlink here: it is the engine's clock,
   * or the start of the last run if that is later (M6.8).
   */
  private now(): bigint {
    const clock = this.clock();
    return clock > this.told ? clock : this.told;
  }

  /** Linking on a host is an error (M1.1). */
  private second(): HostDimension {
    if (!this.host) throw new Error("a host has no host dimension to link in");
    return this.host;
  }

  /** Page numbers of links, modulo 2^(9G) (M1.4). */
  private *range(page: bigint, pages: number): Generator<bigint> {
    for (let i = 0; i < pages; i++) yield BigInt.asUintN(9 * this.config.guestLevels, page + BigInt(i));
  }

  /** The page of an address (M1.4). */
  private pageOf(address: bigint): bigint {
    return BigInt.asUintN(9 * this.config.guestLevels, address >> 12n);
  }

  /** Sign-extending the bits that are translated gives the address back (M1.5). */
  private canonical(address: bigint): boolean {
    return BigInt.asUintN(64, BigInt.asIntN(12 + 9 * this.config.guestLevels, address)) === address;
  }

  /** TLBs, page-walk caches and the nested TLB; data caches are physical (M2.11). */
  private flush(): void {
    for (const structure of this.structures.slice(0, 15)) structure.flush();
    this.tally.count("mem.tlb_flushes");
  }
}
