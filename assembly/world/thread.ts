// Thread records, and waking threads. Everything that can wake a
// thread links it into a list through `wait_next`.
import { alloc } from "../lib/arena";
import { CLOCK_BYTES } from "../model/clock";
import { OWN_ROOM } from "../model/own";
import { push, THREAD_TIE } from "./queue";

@unmanaged
export class Thread {
  index: u32;
  node: u32;
  tid: u32;
  wait_next: u32;
  rows_total: u64; // from the trace's metadata
  rows_seen: u64; // resolved so far
  // call records: a region [queue, queue + capacity), read at
  // `read`, written at `write`, complete up to `ready`
  queue: u32;
  capacity: u32;
  read: u32;
  ready: u32;
  write: u32;
  // the call being resolved
  open: u32; // 1 while rows may still join it
  open_call: u32;
  open_verb: u32;
  last_ctx: u32;
  last_qpn: u32;
  last_qp: u32;
  last_lkey: u32;
  last_mr: u32;
  last_mr_ctx: u32;
  prev_end: u64;
  gap: u64;
  has_prev: u32;
  // the call being executed
  phase: u32;
  pc: u32;
  item: u32;
  blocked_row: u32; // row that waits, for the deadlock report
  ended: u32;
  number: u64; // first operation number of the call
  call_start: u64;
  held: u32; // bit set of CPU resources
  waiting_for: u32; // 0, or a WAIT_ code, for the deadlock report
  slept_from: u64;
  acquired: u32; // the queued resource was handed over
  queue_next: u32;
  assume: u32; // the event it waits for is taken for granted
  want: u32; // index or count that it waits for
  accesses: u32; // its memory trace (rows/accesses.ts), or 0
}
// @ts-ignore: decorator
@inline
export const T_CLOCK: usize = 256;
// @ts-ignore: decorator
@inline
export const T_OWN: usize = T_CLOCK + CLOCK_BYTES;
// @ts-ignore: decorator
@inline
export const T_FEATURES: usize = T_OWN + OWN_ROOM;
// @ts-ignore: decorator
@inline
export const THREAD_BYTES: usize = T_FEATURES + 256;

// What a thread waits for (deadlock report).
// @ts-ignore: decorator
@inline
export const WAIT_NONE: u32 = 0;
// @ts-ignore: decorator
@inline
export const WAIT_SEND_CQE: u32 = 1;
// @ts-ignore: decorator
@inline
export const WAIT_RECV_CQE: u32 = 2;
// @ts-ignore: decorator
@inline
export const WAIT_EVENT: u32 = 3;
// @ts-ignore: decorator
@inline
export const WAIT_WRITES: u32 = 4;
// @ts-ignore: decorator
@inline
export const WAIT_POLLED: u32 = 5;
// @ts-ignore: decorator
@inline
export const WAIT_OBJECT: u32 = 6;
// @ts-ignore: decorator
@inline
export const WAIT_RESOURCE: u32 = 7;

export let threads: usize = 0;
export let threadCount: u32 = 0;
export function threadsInit(n: u32): void {
  threadCount = n;
  threads = alloc(<usize>n * THREAD_BYTES);
}
// @ts-ignore: decorator
@inline
export function threadAt(i: u32): Thread {
  return changetype<Thread>(threads + <usize>i * THREAD_BYTES);
}
// @ts-ignore: decorator
@inline
export function clockOf(t: Thread): usize {
  return changetype<usize>(t) + T_CLOCK;
}
// @ts-ignore: decorator
@inline
export function ownOf(t: Thread): usize {
  return changetype<usize>(t) + T_OWN;
}
// @ts-ignore: decorator
@inline
export function tieOfThread(t: Thread): u64 {
  return THREAD_TIE | <u64>t.index;
}
/** The thread becomes an event, not before its own clock (R3.3). */
export function resume(t: Thread, time: u64): void {
  const own = load<u64>(clockOf(t));
  push(own > time ? own : time, tieOfThread(t), changetype<usize>(t));
}

/** Links a thread into the list at `head` (address of a u32). */
export function block(t: Thread, head: usize, why: u32, want: u32): void {
  t.waiting_for = why;
  t.want = want;
  t.wait_next = load<u32>(head);
  store<u32>(head, <u32>changetype<usize>(t));
}
/**
 * Resumes, not before `time`, the threads of a list that wait for `why`
 * and want no more than `value` (`exact`: just that).
 * The others stay: what they wait for may come with an earlier clock.
 */
export function wake(head: usize, why: u32, value: u32, exact: bool, time: u64): void {
  let link = head;
  let ptr = <usize>load<u32>(head);
  while (ptr != 0) {
    const t = changetype<Thread>(ptr);
    const next = t.wait_next;
    if (t.waiting_for == why && (exact ? t.want == value : t.want <= value)) {
      store<u32>(link, next);
      t.wait_next = 0;
      t.waiting_for = WAIT_NONE;
      resume(t, time);
    } else link = ptr + offsetof<Thread>("wait_next");
    ptr = <usize>next;
  }
}
