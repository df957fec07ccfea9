// The ABI of core.wasm (docs/abi.md): numbers and offsets only. One instance runs one replay.
import { alloc as arenaAlloc } from "./lib/arena";
import { machineInit, declareMrs, declareQps, declareThread } from "./sim/declare";
import { BATCH_PTR } from "./sim/batch";
import { resolveBatch } from "./sim/resolve";
import { Flow } from "./sim/operation";
import { COUNTERS_PTR, ERROR_PTR, PARAMS_PTR, TOTALS_PTR, failed } from "./sim/state";
import { CLASS_TABLE } from "./sim/account";
import { PROGRAM_PTR } from "./sim/program";
import { heapEmpty, pop, push, topTie, topTime, THREAD_TIE } from "./sim/heap";
import { Thread, clockOf, threadAt, threadCount } from "./sim/thread";
import { timeOf } from "./model/clock";
import { advance } from "./sim/advance";
import { assumeEvent } from "./sim/await";
import { step } from "./sim/execute";
import { RUN_DEADLOCK, RUN_DONE, RUN_ERROR, RUN_NEED_MORE } from "./gen/abi";

const VERSION: u32 = 1;

export function abi_version(): u32 { return VERSION; }
export function arena_alloc(bytes: u32): u32 { return <u32>arenaAlloc(bytes); }
export function params_ptr(): u32 { return <u32>PARAMS_PTR; }
export function programs_ptr(): u32 { return <u32>PROGRAM_PTR; }
export function batch_ptr(): u32 { return <u32>BATCH_PTR; }
export function counters_ptr(): u32 { return <u32>COUNTERS_PTR; }
export function error_ptr(): u32 { return <u32>ERROR_PTR; }
/** spin rows, refused rows, first post_send + 1, last completion, inferred waits: u64 each. */
export function totals_ptr(): u32 { return <u32>TOTALS_PTR; }
export function classes_ptr(): u32 { return <u32>CLASS_TABLE; }

export function machine_init(): void { machineInit(); }
export function declare_thread(index: u32, node: u32, tid: u32, rows_low: u32, rows_high: u32): void {
  declareThread(index, node, tid, rows_low, rows_high);
}
export function declare_qps(table: u32, n: u32): void { declareQps(table, n); }
export function declare_mrs(table: u32, n: u32): void { declareMrs(table, n); }

/** Resolves the batch described at batch_ptr(). 1 when every row could be. */
export function feed(): u32 { return resolveBatch() ? 1 : 0; }

/** Runs until a thread needs rows that were not fed (NEED_MORE) or nothing is left to do. */
export function run(): u32 {
  while (!heapEmpty() || assumeEvent()) {
    if (failed()) return RUN_ERROR;
    const time = topTime, tie = topTie;
    const record = pop();
    if (tie >= THREAD_TIE) {
      if (!step(changetype<Thread>(record))) {
        push(timeOf(clockOf(changetype<Thread>(record))), tie, record);
        return RUN_NEED_MORE;
      }
    } else advance(changetype<Flow>(record));
  }
  if (failed()) return RUN_ERROR;
  for (let i: u32 = 0; i < threadCount; i++) if (!threadAt(i).ended) return RUN_DEADLOCK;
  return RUN_DONE;
}

/** Address of thread i's clock: time u64, pad, 32 layers u64. */
export function thread_clock(i: u32): u32 { return <u32>clockOf(threadAt(i)); }
export function thread_ended(i: u32): u32 { return threadAt(i).ended; }
/** What the thread waits for (0 nothing, 1 send CQE, 2 receive CQE, 3 event, 4 writes, 5 polled, 6 object, 7 resource). */
export function thread_waits(i: u32): u32 { return threadAt(i).waiting_for; }
export function thread_row(i: u32): u32 { return threadAt(i).blocked_row; }
