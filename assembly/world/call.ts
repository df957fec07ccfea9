// Call records: what resolving a trace's rows leaves for the threads to execute.
//   header, 80 bytes:
//     0 bytes u32 | 4 verb u8 | 5 program u8 | 6 status u16 | 8 row u32 | 12 items u32 | 16 think_ps u64 | 24 await_writes u32 | 28 await_polled u32
//     32 qp u32 | 36 object u32 | 40 object_kind u32 | 44 index u32 | 48 created u32 | 52 created_kind u32 | 56 flags u32 | 60 features u32 | 64 await_qp u32 | 72 accesses_before u64
//   then `features` pairs { feature u64, value u64 }, then the items.
import { alloc } from "../lib/arena";
import { Thread } from "./thread";

// @ts-ignore: decorator
@inline
export const CALL_HEADER: usize = 80;
// @ts-ignore: decorator
@inline
export const CALL_VERB: usize = 4;
// @ts-ignore: decorator
@inline
export const CALL_PROGRAM: usize = 5;
// @ts-ignore: decorator
@inline
export const CALL_STATUS: usize = 6;
// @ts-ignore: decorator
@inline
export const CALL_ROW: usize = 8;
// @ts-ignore: decorator
@inline
export const CALL_ITEMS: usize = 12;
// @ts-ignore: decorator
@inline
export const CALL_THINK: usize = 16;
// @ts-ignore: decorator
@inline
export const CALL_AWAIT_WRITES: usize = 24;
// @ts-ignore: decorator
@inline
export const CALL_AWAIT_POLLED: usize = 28;
// @ts-ignore: decorator
@inline
export const CALL_QP: usize = 32;
// @ts-ignore: decorator
@inline
export const CALL_OBJECT: usize = 36;
// @ts-ignore: decorator
@inline
export const CALL_OBJECT_KIND: usize = 40;
// @ts-ignore: decorator
@inline
export const CALL_INDEX: usize = 44;
// @ts-ignore: decorator
@inline
export const CALL_CREATED: usize = 48;
// @ts-ignore: decorator
@inline
export const CALL_CREATED_KIND: usize = 52;
// @ts-ignore: decorator
@inline
export const CALL_FLAGS: usize = 56;
// @ts-ignore: decorator
@inline
export const CALL_FEATURES: usize = 60;
// @ts-ignore: decorator
@inline
export const CALL_AWAIT_QP: usize = 64;
// @ts-ignore: decorator
@inline
export const CALL_ACCESSES: usize = 72;

// Object kinds of `object` and `created`.
// @ts-ignore: decorator
@inline
export const KIND_NONE: u32 = 0;
// @ts-ignore: decorator
@inline
export const KIND_QP: u32 = 1;
// @ts-ignore: decorator
@inline
export const KIND_CQ: u32 = 2;
// @ts-ignore: decorator
@inline
export const KIND_RQ: u32 = 3;

/** Send WR item: opcode u8 | flags u8 | num_sge u16 | units u32 | length u32 | remote_mr u32 | remote_offset u64 | peer u32 | mtu u16 | max_rd u16 |
 *  index among the signalled WRs of the QP u32 | pad, then its SGEs. */
// @ts-ignore: decorator
@inline
export const SEND_ITEM: usize = 40;
/** Receive WR item: SGEs recorded u16 | num_sge u16 | length u32, then the SGEs. */
// @ts-ignore: decorator
@inline
export const RECV_ITEM: usize = 8;
/** CQE item: qp u32 | index u32 | length u32 | side u8, waits u8, opcode u8, injected u8 | mtu u32 | pad. */
// @ts-ignore: decorator
@inline
export const CQE_ITEM: usize = 24;

/**
 * Room for `bytes` more at the thread's write position: consumed
 * records are overwritten before the region grows.
 */
export function reserve(t: Thread, bytes: u32): usize {
  if (t.write + bytes > t.capacity) {
    const used = t.write - t.read;
    if (t.read >= t.capacity >> 1 && used + bytes <= t.capacity) {
      memory.copy(t.queue, t.queue + t.read, used);
    } else {
      let next: u32 = t.capacity == 0 ? 4096 : t.capacity * 2;
      while (next < used + bytes) next *= 2;
      const region = <u32>alloc(next);
      if (used != 0) memory.copy(region, t.queue + t.read, used);
      t.queue = region;
      t.capacity = next;
    }
    t.ready -= t.read;
    t.write = used;
    t.read = 0;
  }
  const ptr = <usize>(t.queue + t.write);
  t.write += bytes;
  return ptr;
}
