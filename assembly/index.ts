// The ABI of core.wasm (docs/abi.md): numbers and offsets only. One instance runs one replay.

import { advance } from "./device/advance";
import {
  ABI_VERSION,
  RUN_DEADLOCK,
  RUN_DONE,
  RUN_ERROR,
  RUN_LOG_FULL,
  RUN_NEED_ACCESSES,
  RUN_NEED_MORE,
} from "./gen/abi";
import { alloc as arenaAlloc } from "./lib/arena";
import { COLUMNS_PTR, runRows } from "./mem/access";
import { GEOMETRY_PTR } from "./mem/assoc";
import { beginRun, engineInit, linkPages, memClock, unlinkPages } from "./mem/engine";
import { setRanges } from "./mem/place";
import { SCAN_PTR, scanInit, scanRows, sortedPages, WINDOWS_PTR } from "./mem/scan";
import { MEM_COUNTERS_PTR, MEM_ERROR_PTR, MEM_PARAMS_PTR } from "./mem/state";
import { timeOf } from "./model/clock";
import { attach, attachNode, feedAccesses, starved, starvedAt } from "./rows/accesses";
import { beginBatch, resolvePiece, rowsLeft } from "./rows/resolve";
import { assumeEvent } from "./threads/await";
import { step } from "./threads/execute";
import { CLASS_TABLE } from "./world/account";
import { BATCH_PTR } from "./world/batch";
import { declareMrs, declareQps, declareThread, machineInit } from "./world/declare";
import { heapEmpty, topTie } from "./world/heap";
import { logCount, logFull, logLost, logStart, logTake } from "./world/log";
import { Flow } from "./world/operation";
import { PROGRAM_PTR } from "./world/program";
import { pop, push, THREAD_TIE } from "./world/queue";
import { COUNTERS_PTR, ERROR_PTR, failed, PARAMS_PTR, TOTALS_PTR } from "./world/state";
import { clockOf, Thread, threadAt, threadCount } from "./world/thread";

export function abi_version(): u32 {
  return ABI_VERSION;
}
export function arena_alloc(bytes: u32): u32 {
  return <u32>arenaAlloc(bytes);
}
export function params_ptr(): u32 {
  return <u32>PARAMS_PTR;
}
export function programs_ptr(): u32 {
  return <u32>PROGRAM_PTR;
}
export function batch_ptr(): u32 {
  return <u32>BATCH_PTR;
}
export function counters_ptr(): u32 {
  return <u32>COUNTERS_PTR;
}
export function error_ptr(): u32 {
  return <u32>ERROR_PTR;
}
/** spin rows, refused rows, first post_send + 1, last completion, inferred waits: u64 each. */
export function totals_ptr(): u32 {
  return <u32>TOTALS_PTR;
}
export function classes_ptr(): u32 {
  return <u32>CLASS_TABLE;
}

export function machine_init(): void {
  machineInit();
}
export function declare_thread(index: u32, node: u32, tid: u32, rows_low: u32, rows_high: u32): void {
  declareThread(index, node, tid, rows_low, rows_high);
}
export function declare_qps(table: u32, n: u32): void {
  declareQps(table, n);
}
export function declare_mrs(table: u32, n: u32): void {
  declareMrs(table, n);
}

/**
 * Takes the batch described at batch_ptr(), whose columns stay where they are until run() asks for more.
 * 1 when its first rows could be resolved; run() resolves the others, and says RUN_ERROR when one cannot be.
 */
export function feed(): u32 {
  beginBatch();
  return resolvePiece() ? 1 : 0;
}

/**
 * Runs until a thread needs rows that were not fed (NEED_MORE, NEED_ACCESSES), the log
 * wants to be read (LOG_FULL), or nothing is left to do (R3.5, R3.20).
 */
export function run(): u32 {
  while (!heapEmpty() || assumeEvent()) {
    if (failed()) return RUN_ERROR;
    if (logFull()) return RUN_LOG_FULL;
    const tie = topTie;
    const record = pop();
    if (tie >= THREAD_TIE) {
      if (!step(changetype<Thread>(record))) {
        if (starved != 0) {
          push(starvedAt, tie, record);
          return RUN_NEED_ACCESSES;
        }
        push(timeOf(clockOf(changetype<Thread>(record))), tie, record);
        if (!rowsLeft()) return RUN_NEED_MORE;
        if (!resolvePiece()) return RUN_ERROR;
      }
    } else advance(changetype<Flow>(record));
  }
  if (failed()) return RUN_ERROR;
  for (let i: u32 = 0; i < threadCount; i++) if (!threadAt(i).ended) return RUN_DEADLOCK;
  return RUN_DONE;
}

/** Address of thread i's clock: time u64, pad, 32 layers u64. */
export function thread_clock(i: u32): u32 {
  return <u32>clockOf(threadAt(i));
}
export function thread_ended(i: u32): u32 {
  return threadAt(i).ended;
}
/**
 * What the thread waits for (0 nothing, 1 send CQE, 2 receive CQE, 3
 * event, 4 writes, 5 polled, 6 object, 7 resource).
 */
export function thread_waits(i: u32): u32 {
  return threadAt(i).waiting_for;
}
export function thread_row(i: u32): u32 {
  return threadAt(i).blocked_row;
}

// The log: what happened when, by kinds (a bit each).
export function log_start(kinds: u32): void {
  logStart(kinds);
}
export function log_count(): u32 {
  return logCount;
}
export function log_lost(): u32 {
  return logLost;
}
/** Address of the records; they are the host's until the next call. */
export function log_take(): u32 {
  return <u32>logTake();
}

// The memory engine (docs/memory-model.md). Page numbers and times
// that may pass 32 bits come as low and high words.
export function mem_params_ptr(): u32 {
  return <u32>MEM_PARAMS_PTR;
}
export function mem_geometry_ptr(): u32 {
  return <u32>GEOMETRY_PTR;
}
export function mem_counters_ptr(): u32 {
  return <u32>MEM_COUNTERS_PTR;
}
export function mem_error_ptr(): u32 {
  return <u32>MEM_ERROR_PTR;
}
export function mem_columns_ptr(): u32 {
  return <u32>COLUMNS_PTR;
}
export function mem_init(): void {
  engineInit();
}
export function mem_ranges(host: u32, table: u32, n: u32): void {
  setRanges(host != 0, table, n);
}
export function mem_link(low: u32, high: u32, pages: u32, present: u32): void {
  linkPages(wide(low, high), pages, present != 0);
}
export function mem_unlink(low: u32, high: u32, pages: u32, now_low: u32, now_high: u32): void {
  unlinkPages(wide(low, high), pages, wide(now_low, now_high));
}
export function mem_begin(now_low: u32, now_high: u32): void {
  beginRun(wide(now_low, now_high));
}
export function mem_run(first: u32, n: u32, tid: u32, fetches: u32): u32 {
  return runRows(first, n, tid, fetches != 0);
}
export function mem_clock(): u32 {
  return <u32>memClock();
}
export function mem_scan_init(): void {
  scanInit();
}
export function mem_scan(base_low: u32, base_high: u32, n: u32, total_low: u32, total_high: u32): u32 {
  return scanRows(wide(base_low, base_high), n, wide(total_low, total_high)) ? 1 : 0;
}
export function mem_scan_ptr(): u32 {
  return <u32>SCAN_PTR;
}
export function mem_windows_ptr(): u32 {
  return <u32>WINDOWS_PTR;
}
export function mem_sorted_pages(): u32 {
  return <u32>sortedPages();
}
// With a verbs trace, a thread's accesses run between its calls.
export function mem_attach_node(node: u32, links: u32): void {
  attachNode(node, links != 0);
}
export function mem_attach(
  thread: u32,
  tid: u32,
  timed: u32,
  fetches: u32,
  rows_low: u32,
  rows_high: u32,
): void {
  attach(thread, tid, timed != 0, fetches != 0, wide(rows_low, rows_high));
}
export function mem_starved(): u32 {
  return starved - 1;
}
export function mem_feed(thread: u32, rows: u32, last: u32): void {
  feedAccesses(thread, rows, last != 0);
}

function wide(low: u32, high: u32): u64 {
  return ((<u64>high) << 32) | <u64>low;
}
