// The event queue (R3.1): a heap, and in front of it a lane for each stage.
// Flows come to a stage nearly always in the order in which it will serve them. Those wait in a ring, the lane, and
// only the first of them is in the heap: with 128 messages outstanding the heap has some 10 events instead of 237.
// What comes out of order goes to the heap by itself, so the order of events is that of a heap alone.
//   tie: bit 63 set for threads (so devices go first), then operation number << 26 | sub, or the thread index
//   word in the heap: record u32 | lane + 1 in the upper half for the first of a lane, else 0
//   lane, 40 bytes: time u64, tie u64 of its last event | ring u32 | mask u32 | head u32 | tail u32 | in the heap u32
import { alloc } from "../lib/arena";
import { before, ENTRY, heapPop, heapPush, putAt, replaceTop, topWord } from "./heap";
import { Flow } from "./operation";

// @ts-ignore: decorator
@inline
export const THREAD_TIE: u64 = 1 << 63;

// @ts-ignore: decorator
@inline
const SIZE: usize = 40;
// @ts-ignore: decorator
@inline
const FIRST_ROOM: u32 = 64;
// @ts-ignore: decorator
@inline
const RING: usize = 16;
// @ts-ignore: decorator
@inline
const MASK: usize = 20;
// @ts-ignore: decorator
@inline
const HEAD: usize = 24;
// @ts-ignore: decorator
@inline
const TAIL: usize = 28;
// @ts-ignore: decorator
@inline
const STANDS: usize = 32;

/** 40 bytes for each stage, which are numbered up to ST_STEP, 31. */
const LANES: usize = memory.data(32 * 40);

// @ts-ignore: decorator
@inline
function laneAt(i: u32): usize {
  return LANES + <usize>i * SIZE;
}

export function push(time: u64, tie: u64, record: usize): void {
  if (tie >= THREAD_TIE) {
    heapPush(time, tie, <u64>record);
    return;
  }
  const stage = changetype<Flow>(record).stage,
    lane = laneAt(stage);
  if (load<u32>(lane, STANDS) == 0) {
    store<u32>(lane, 1, STANDS);
    heapPush(time, tie, <u64>record | ((<u64>(stage + 1)) << 32));
  } else if (before(load<u64>(lane), load<u64>(lane, 8), time, tie)) append(lane, time, tie, record);
  else {
    heapPush(time, tie, <u64>record);
    return;
  }
  store<u64>(lane, time);
  store<u64>(lane, tie, 8);
}

/** Removes the smallest event and returns its record. */
export function pop(): usize {
  const word = topWord(),
    number = <u32>(word >> 32);
  if (number == 0) {
    heapPop();
    return <usize>(<u32>word);
  }
  const lane = laneAt(number - 1),
    head = load<u32>(lane, HEAD);
  if (head == load<u32>(lane, TAIL)) {
    store<u32>(lane, 0, STANDS);
    heapPop();
  } else {
    const e = <usize>load<u32>(lane, RING) + <usize>(head & load<u32>(lane, MASK)) * ENTRY;
    store<u32>(lane, head + 1, HEAD);
    replaceTop(load<u64>(e), load<u64>(e, 8), load<u64>(e, 16) | ((<u64>number) << 32));
  }
  return <usize>(<u32>word);
}

function append(lane: usize, time: u64, tie: u64, record: usize): void {
  const tail = load<u32>(lane, TAIL);
  if (load<u32>(lane, RING) == 0 || tail - load<u32>(lane, HEAD) > load<u32>(lane, MASK)) grow(lane);
  const e = <usize>load<u32>(lane, RING) + <usize>(tail & load<u32>(lane, MASK)) * ENTRY;
  putAt(e, time, tie, <u64>record);
  store<u32>(lane, tail + 1, TAIL);
}

/** A ring of twice the room; its size is a power of two, so that head and tail may wrap at 2^32. */
function grow(lane: usize): void {
  const ring = <usize>load<u32>(lane, RING),
    mask = load<u32>(lane, MASK),
    room = ring == 0 ? FIRST_ROOM : (mask + 1) << 1,
    bigger = alloc(<usize>room * ENTRY);
  for (let i = load<u32>(lane, HEAD); i != load<u32>(lane, TAIL); i++)
    memory.copy(bigger + <usize>(i & (room - 1)) * ENTRY, ring + <usize>(i & mask) * ENTRY, ENTRY);
  store<u32>(lane, <u32>bigger, RING);
  store<u32>(lane, room - 1, MASK);
}
