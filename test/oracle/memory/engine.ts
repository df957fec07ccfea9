/** The memory engine, as docs/memory-model.md tells it. */
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

  link(page: bigint, pages: number, present = false): void {
    const host = this.second();
    for (const v of this.range(page, pages)) {
      host.link(this.guest.map(v).frame, present);
      this.tally.count("mem.pages_linked");
    }
    this.flush();
  }

  unlink(page: bigint, pages: number): void {
    const host = this.second();
    for (const v of this.range(page, pages)) {
      host.unlink(this.guest.map(v).frame, this.now());
      this.tally.count("mem.pages_unlinked");
    }
    this.flush();
  }

  beginRun(now?: bigint): void {
    if (now !== undefined && now > this.told) this.told = now;
    const collapsed = this.host?.collapse(this.now()) ?? 0;
    this.tally.count("mem.blocks_collapsed", BigInt(collapsed));
    if (collapsed > 0) this.flush();
  }

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

  layers(): Record<string, bigint> {
    return this.tally.layers();
  }

  clock(): bigint {
    return Object.values(this.layers()).reduce((a, b) => a + b, 0n);
  }

  private now(): bigint {
    const clock = this.clock();
    return clock > this.told ? clock : this.told;
  }

  private second(): HostDimension {
    if (!this.host) throw new Error("a host has no host dimension to link in");
    return this.host;
  }

  private *range(page: bigint, pages: number): Generator<bigint> {
    for (let i = 0; i < pages; i++) yield BigInt.asUintN(9 * this.config.guestLevels, page + BigInt(i));
  }

  private pageOf(address: bigint): bigint {
    return BigInt.asUintN(9 * this.config.guestLevels, address >> 12n);
  }

  /** Sign-extending the bits that are translated gives the address back. */
  private canonical(address: bigint): boolean {
    return BigInt.asUintN(64, BigInt.asIntN(12 + 9 * this.config.guestLevels, address)) === address;
  }

  /** TLBs, page-walk caches and the nested TLB; data caches are physical. */
  private flush(): void {
    for (const structure of this.structures.slice(0, 15)) structure.flush();
    this.tally.count("mem.tlb_flushes");
  }
}
