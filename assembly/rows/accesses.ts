// Memory accesses of threads, between their calls (M6.4 to M6.9).

import { B_T } from "../gen/abi";
import { alloc } from "../lib/arena";
import { move } from "../lib/mem";
import { COLUMNS_PTR, runRows } from "../mem/access";
import { beginRun, layerTime, linkPages, unlinkPages } from "../mem/engine";
import { guestLevels } from "../mem/state";
import { clockAdd, timeOf } from "../model/clock";
import { column, row } from "../world/batch";
import { CALL_INDEX, CALL_STATUS } from "../world/call";
import { Mr } from "../world/objects";
import { clockOf, Thread, threadAt } from "../world/thread";

@unmanaged
class Accesses {
  columns: v128; // vaddr, size, kind, gap
  tids: u32;
  times: u32;
  first: u32; // next row of what was fed
  end: u32;
  total: u64; // rows of this thread
  done: u64; // executed or refused
  tid: u32;
  timed: u32;
  fetches: u32;
  last: u32; // nothing more to feed
  began: u64; // when the run under way began, + 1; 0: none is
  ran: u32; // 1 when it has executed rows
  pad: u32;
}
// @ts-ignore: decorator
@inline
const BYTES: usize = 96;

/** A limit that no row reaches. */
// @ts-ignore: decorator
@inline
export const EVERYTHING: u64 = 0xffffffffffffffff;

/**
 * The thread that lacks accesses, + 1; it goes on at the time at which
 * it began to execute them, before every other event.
 */
export let starved: u32 = 0;
export let starvedAt: u64 = 0;

let linksRegions: bool = false;
let linkedNode: u32 = 0;
/** What each layer had taken when it was last charged to a thread. */
const CHARGED: usize = memory.data(256);

/** The node whose memory the engine models (M6.7, M6.9). */
export function attachNode(node: u32, links: bool): void {
  linkedNode = node;
  linksRegions = links;
  for (let layer: u32 = 0; layer < 32; layer++) store<u64>(CHARGED + ((<usize>layer) << 3), layerTime(layer));
}

export function attach(thread: u32, tid: u32, timed: bool, fetches: bool, rows: u64): void {
  const a = changetype<Accesses>(alloc(BYTES));
  a.tid = tid;
  a.timed = timed ? 1 : 0;
  a.fetches = fetches ? 1 : 0;
  a.total = rows;
  threadAt(thread).accesses = <u32>changetype<usize>(a);
}

/** The columns at COLUMNS_PTR are the thread's next rows. */
export function feedAccesses(thread: u32, rows: u32, last: bool): void {
  const a = changetype<Accesses>(<usize>threadAt(thread).accesses);
  move(changetype<usize>(a), COLUMNS_PTR, 32);
  a.first = 0;
  a.end = rows;
  a.last = last ? 1 : 0;
  starved = 0;
}

/**
 * Limit of the accesses before the call that the current row opens: its
 * time in ns, or how many rows are done by then (M6.5).
 */
export function accessesBefore(t: Thread): u64 {
  const a = changetype<Accesses>(<usize>t.accesses);
  if (a.timed) return load<u64>(column(B_T) + (row << 3));
  return (a.total * (t.rows_seen + 1)) / t.rows_total;
}

/**
 * Executes the thread's accesses up to the limit of a call. False when more must be fed first (M6.4, M6.6).
 */
export function access(t: Thread, limit: u64): bool {
  const a = changetype<Accesses>(<usize>t.accesses),
    clock = clockOf(t);
  // Fed in pieces or at once, a run has one beginning.
  if (a.began == 0) a.began = timeOf(clock) + 1;
  while (true) {
    if (a.timed == 0 && limit != EVERYTHING && a.done >= limit) return ended(a);
    if (a.first == a.end) {
      if (a.last) return ended(a);
      starvedAt = a.began - 1;
      starved = t.index + 1;
      return false;
    }
    const stop = stopAt(a, limit);
    if (stop != a.first) {
      if (a.ran == 0) beginRun(a.began - 1);
      a.ran = 1;
      move(COLUMNS_PTR, changetype<usize>(a), 32);
      a.done += <u64>runRows(a.first, stop - a.first, a.tid, a.fetches != 0);
      charge(clock);
      a.first = stop;
    }
    if (stop != a.end) return ended(a);
  }
}
function ended(a: Accesses): bool {
  a.began = 0;
  a.ran = 0;
  return true;
}

/** The first row that does not come before the limit (M6.5). */
function stopAt(a: Accesses, limit: u64): u32 {
  if (limit == EVERYTHING) return a.end;
  let i = a.first;
  if (a.timed) {
    while (i < a.end && (!mine(a, i) || load<u64>(<usize>a.times + ((<usize>i) << 3)) < limit)) i++;
    return i;
  }
  if (a.tids == 0) return <u32>min<u64>(<u64>a.end, <u64>a.first + (limit - a.done));
  for (let left = limit - a.done; i < a.end && left != 0; i++) if (mine(a, i)) left--;
  return i;
}
// @ts-ignore: decorator
@inline
function mine(a: Accesses, i: u32): bool {
  return a.tids == 0 || load<u32>(<usize>a.tids + ((<usize>i) << 2)) == a.tid;
}

/** Adds to the clock what the engine has taken since it was last charged (M6.4). */
function charge(clock: usize): void {
  for (let layer: u32 = 0; layer < 32; layer++) {
    const slot = CHARGED + ((<usize>layer) << 3),
      now = layerTime(layer),
      before = load<u64>(slot);
    if (now == before) continue;
    clockAdd(clock, layer, now - before);
    store<u64>(slot, now);
  }
}

/** memlink: a region that was registered is linked, one that was deregistered unlinked (M6.7, M6.8). */
export function relink(t: Thread, call: usize, links: bool): void {
  if (!linksRegions || t.node != linkedNode || load<u16>(call, CALL_STATUS) != 0) return;
  const mr = changetype<Mr>(<usize>load<u32>(call, CALL_INDEX));
  if (changetype<usize>(mr) == 0 || mr.bytes == 0) return;
  const first = mr.start >> 12,
    pages = ((mr.start + mr.bytes + 4095) >> 12) - first;
  const page = first & (((<u64>1) << (9 * guestLevels)) - 1);
  if (links) linkPages(page, pages, true);
  else unlinkPages(page, pages, timeOf(clockOf(t)));
}
