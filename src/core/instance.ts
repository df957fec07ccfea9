import { instantiateSync } from "@assemblyscript/loader";
import { ABI_VERSION } from "../abi/params.js";

/** Exports of core.wasm (docs/abi.md). Every number is a u32. */
export interface CoreExports extends Record<string, unknown> {
  memory: WebAssembly.Memory;
  abi_version(): number;
  arena_alloc(bytes: number): number;
  params_ptr(): number;
  programs_ptr(): number;
  batch_ptr(): number;
  counters_ptr(): number;
  error_ptr(): number;
  totals_ptr(): number;
  classes_ptr(): number;
  machine_init(): void;
  declare_thread(index: number, node: number, tid: number, rowsLow: number, rowsHigh: number): void;
  declare_qps(table: number, n: number): void;
  declare_mrs(table: number, n: number): void;
  feed(): number;
  run(): number;
  thread_clock(i: number): number;
  thread_ended(i: number): number;
  thread_waits(i: number): number;
  thread_row(i: number): number;
  log_start(kinds: number): void;
  log_count(): number;
  log_lost(): number;
  log_take(): number;
  /** Only in core.explain.wasm. */
  log_charges?(
    firstLow: number,
    firstHigh: number,
    endLow: number,
    endHigh: number,
    sinceLow: number,
    sinceHigh: number,
  ): void;
  mem_params_ptr(): number;
  mem_geometry_ptr(): number;
  mem_counters_ptr(): number;
  mem_error_ptr(): number;
  mem_columns_ptr(): number;
  mem_init(): void;
  mem_ranges(host: number, table: number, n: number): void;
  mem_link(pageLow: number, pageHigh: number, pages: number, present: number): void;
  mem_unlink(pageLow: number, pageHigh: number, pages: number, nowLow: number, nowHigh: number): void;
  mem_begin(nowLow: number, nowHigh: number): void;
  mem_run(first: number, rows: number, tid: number, fetches: number): number;
  mem_clock(): number;
  mem_attach_node(node: number, links: number): void;
  mem_attach(
    thread: number,
    tid: number,
    timed: number,
    fetches: number,
    rowsLow: number,
    rowsHigh: number,
  ): void;
  mem_starved(): number;
  mem_feed(thread: number, rows: number, last: number): void;
  mem_scan_init(): void;
  mem_scan(baseLow: number, baseHigh: number, rows: number, totalLow: number, totalHigh: number): number;
  mem_scan_ptr(): number;
  mem_windows_ptr(): number;
  mem_sorted_pages(): number;
}

/** One instance of the core and its memory. Views are made anew at each access: growth detaches them. */
export class Core {
  readonly exports: CoreExports;
  constructor(module: WebAssembly.Module) {
    this.exports = instantiateSync<CoreExports>(module, {}).exports;
    if (this.exports.abi_version() !== ABI_VERSION)
      throw new Error(
        `core.wasm has ABI version ${this.exports.abi_version()}, ` +
          `this driver needs ${ABI_VERSION}: build again`,
      );
  }
  alloc(bytes: number): number {
    return this.exports.arena_alloc(bytes) >>> 0;
  }
  bytes(ptr: number, length: number): Uint8Array {
    return new Uint8Array(this.exports.memory.buffer, ptr >>> 0, length);
  }
  u32(ptr: number, length: number): Uint32Array {
    return new Uint32Array(this.exports.memory.buffer, ptr >>> 0, length);
  }
  u64(ptr: number, length: number): BigUint64Array {
    return new BigUint64Array(this.exports.memory.buffer, ptr >>> 0, length);
  }
  /** Copies `data` into the core's memory for good. */
  place(data: Uint8Array): number {
    const ptr = this.alloc(Math.max(data.length, 1));
    this.bytes(ptr, data.length).set(data);
    return ptr;
  }
}
