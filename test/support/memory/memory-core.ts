import { LAYERS } from "../../../src/abi/layers.js";
import {
  GEOMETRY_WORDS,
  MEMORY_COUNTERS,
  MEMORY_PARAMS,
  type MemoryParam,
  PLACEMENTS,
  POLICIES,
} from "../../../src/abi/memory.js";
import { Core } from "../../../src/core/instance.js";
import { coreModule } from "../../../src/core/module.node.js";
import type { MemoryOracleConfig } from "../../oracle/memory/config.js";

export const MANY = 1024;
const IFETCH = 3;
const SHARED = ["none", "2m", "2m+1g"];
const words = (x: bigint): [low: number, high: number] => [Number(x & 0xffffffffn), Number(x >> 32n)];

/** The core's memory engine, driven by the same calls as the oracle. */
export class MemoryCore {
  readonly core = new Core(coreModule());
  private readonly x = this.core.exports;
  private readonly config: MemoryOracleConfig;
  /** Columns of up to MANY rows. */
  private readonly columns = [8, 2, 1, 4].map((width) => this.core.alloc(MANY * width));
  private told = 0n;

  constructor(config: MemoryOracleConfig) {
    this.config = config;
    const { x, core } = this,
      l = config.latency;
    const values: Record<MemoryParam, bigint> = {
      nested: config.nested ? 1n : 0n,
      guest_levels: BigInt(config.guestLevels),
      host_levels: BigInt(config.hostLevels),
      guest_leaf: BigInt(config.guestLeaf),
      host_leaf: BigInt(config.hostLeaf),
      placement: BigInt(PLACEMENTS.indexOf(config.placement)),
      thp_share16: BigInt(config.thpShare16),
      seed: BigInt(config.seed),
      frame_bits: BigInt(config.frameBits),
      guest_first_block: BigInt(config.guestFirstBlock),
      host_first_block: BigInt(config.hostFirstBlock),
      l1_latency: l.l1,
      l2_latency: l.l2,
      l3_latency: l.l3,
      dram_latency: l.dram,
      tlb_l2_latency: l.tlbL2,
      pwc_latency: l.pwc,
      ntlb_latency: l.ntlb,
      ept_violation: l.eptViolation,
      c_instruction: l.instruction,
      khugepaged: config.khugepaged === "delay" ? 1n : 0n,
      khugepaged_delay: config.khugepagedDelay,
    };
    core.u64(x.mem_params_ptr(), MEMORY_PARAMS.length).set(MEMORY_PARAMS.map((p) => values[p]));
    const geometry = core.u32(x.mem_geometry_ptr(), config.structures.length * GEOMETRY_WORDS.length);
    config.structures.forEach(({ sets, ways }, i) => {
      const shared = i < 3 ? SHARED.indexOf(config.l1Shared) : i < 6 ? SHARED.indexOf(config.l2Shared) : 0;
      geometry.set(
        [
          sets,
          ways,
          POLICIES.indexOf(i < 15 ? config.tlbPolicy : config.cachePolicy),
          i < 6 && i % 3 > 0 && shared >= i % 3 ? i - (i % 3) + 1 : 0,
        ],
        i * GEOMETRY_WORDS.length,
      );
    });
    x.mem_init();
    for (const [host, dimension] of ["guest", "host"].entries()) {
      const bits = BigInt(dimension === "guest" ? 9 * config.guestLevels : 26);
      const ranges = config.mapping
        .filter((r) => r.dimension === dimension)
        .map((r) => ({ ...r, page: BigInt.asUintN(Number(bits), r.page) }))
        .sort((a, b) => (a.page < b.page ? -1 : 1));
      const table = Uint32Array.from(ranges.flatMap((r) => [...words(r.page), r.pages, r.leaf, r.frame]));
      x.mem_ranges(host, core.place(new Uint8Array(table.buffer)), ranges.length);
    }
    core.u32(x.mem_columns_ptr(), 5).set([...this.columns, 0]);
  }
  private page(page: bigint): [number, number] {
    return words(BigInt.asUintN(9 * this.config.guestLevels, page));
  }
  private now(): bigint {
    const clock = this.clock();
    return clock > this.told ? clock : this.told;
  }
  link(page: bigint, pages: number, present = false): void {
    this.x.mem_link(...this.page(page), pages, present ? 1 : 0);
  }
  unlink(page: bigint, pages: number): void {
    this.x.mem_unlink(...this.page(page), pages, ...words(this.now()));
  }
  beginRun(now?: bigint): void {
    if (now !== undefined && now > this.told) this.told = now;
    this.x.mem_begin(...words(this.now()));
  }
  access(vaddr: bigint, size: number, kind: number, gap: number): void {
    this.accesses([{ vaddr, size, kind, gap }]);
  }
  /** Rows in one run, at most MANY. */
  accesses(rows: readonly { vaddr: bigint; size: number; kind: number; gap: number }[]): void {
    const view = new DataView(this.x.memory.buffer),
      [vaddrs, sizes, kinds, gaps] = this.columns as [number, number, number, number];
    rows.forEach((r, i) => {
      view.setBigUint64(vaddrs + 8 * i, r.vaddr, true);
      view.setUint16(sizes + 2 * i, r.size, true);
      view.setUint8(kinds + i, r.kind);
      view.setUint32(gaps + 4 * i, r.gap, true);
    });
    this.x.mem_run(0, rows.length, 0, rows.some((r) => r.kind === IFETCH) ? 1 : 0);
  }
  counters(): Record<string, bigint> {
    const values = this.core.u64(this.x.mem_counters_ptr(), MEMORY_COUNTERS.length);
    return Object.fromEntries(MEMORY_COUNTERS.map((c, i) => [c, values[i]!]));
  }
  layers(): Record<string, bigint> {
    const clock = this.core.u64(this.x.mem_clock(), 2 + LAYERS.length);
    return Object.fromEntries(LAYERS.map((l, i) => [l, clock[2 + i]!] as const).filter(([, v]) => v !== 0n));
  }
  clock(): bigint {
    return this.core.u64(this.x.mem_clock(), 1)[0]!;
  }
  error(): bigint {
    return this.core.u64(this.x.mem_error_ptr(), 1)[0]!;
  }
}
