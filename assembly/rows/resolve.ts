// Rows to call records: finds objects, checks what a row refers to, measures the call (R2.1 to R2.36).

import {
  B_AWAIT_WRITES,
  B_CALL,
  B_CONTROL,
  B_CONTROL_COUNT,
  B_DUR,
  B_MARK_COUNT,
  B_MARKS,
  B_NODE,
  B_ROWS,
  B_T,
  B_TID,
  B_VERB,
  B_VERB_MAP,
  CONTROL_ROW,
  CONTROL_SIZE,
  E_BAD_VERB,
  E_MIXED_CALL,
  E_TOO_LATE,
  E_UNKNOWN_THREAD,
  MARK_SIZE_AT,
  V_ACK_CQ_EVENTS,
  V_GET_CQ_EVENT,
  V_POLL_CQ,
  V_POLL_CQ_EMPTY,
  V_POST_RECV,
  V_POST_SEND,
  V_POST_SRQ_RECV,
  V_REQ_NOTIFY_CQ,
} from "../gen/abi";
import { hashGet } from "../lib/hash";
import { column, rowError, setMark, setRow, threadMap } from "../world/batch";
import { CALL_AWAIT_QP, CALL_AWAIT_WRITES } from "../world/call";
import { failed, LATEST, TOTAL_SPIN, total } from "../world/state";
import { Thread } from "../world/thread";
import { closeCall, openCall, openHeader } from "./resolve-call";
import { resolveControl } from "./resolve-control";
import { resolveCqe, resolveSimple } from "./resolve-poll";
import { resolveRecv, resolveSend } from "./resolve-post";
import { rowQp } from "./row-objects";

/** What `dur` holds of a call that took longer than it can say (R3.6). */
// @ts-ignore: decorator
@inline
const SATURATED: u32 = 0xffffffff;

/**
 * Rows that are resolved at once. Their call records are run while they are in the caches, and go back to the pool
 * before the next ones are made: a whole batch of 65,536 rows leaves both the caches and 95 MB behind.
 */
// @ts-ignore: decorator
@inline
const PIECE: u32 = 512;

/** Of the batch described at BATCH_PTR: the next row, control record and mark. */
let nextRow: u32 = 0;
let nextControl: u32 = 0;
let nextMark: u32 = 0;

export function beginBatch(): void {
  nextRow = 0;
  nextControl = column(B_CONTROL);
  nextMark = column(B_MARKS);
}
export function rowsLeft(): bool {
  return nextRow < column(B_ROWS);
}

/** Resolves the batch's next rows. False on the first one that cannot be (R2.1, R2.3, R3.6). */
export function resolvePiece(): bool {
  const first = nextRow,
    left = column(B_ROWS) - first;
  const end = first + (left < PIECE ? left : PIECE);
  nextRow = end;
  const nodes = column(B_NODE),
    tids = column(B_TID),
    calls = column(B_CALL),
    verbs = column(B_VERB),
    map = column(B_VERB_MAP),
    t0 = column(B_T),
    durs = column(B_DUR),
    waits = column(B_AWAIT_WRITES);
  let control = nextControl;
  const controlEnd = column(B_CONTROL) + column(B_CONTROL_COUNT) * <u32>CONTROL_SIZE;
  let mark = nextMark;
  const markEnd = column(B_MARKS) + column(B_MARK_COUNT) * <u32>MARK_SIZE_AT;
  let lastKey: u64 = 0;
  let thread: Thread | null = null;
  for (let i: u32 = first; i < end; i++) {
    setRow(i);
    const key = (((<u64>load<u16>(nodes + (i << 1))) << 32) | <u64>load<u32>(tids + (i << 2))) + 1;
    if (key != lastKey) {
      const found = hashGet(threadMap, key, 0);
      if (found == 0) return rowError(E_UNKNOWN_THREAD, key - 1, 0);
      thread = changetype<Thread>(<usize>found);
      lastKey = key;
    }
    const t = thread!;
    const verb = <u32>load<u8>(map + load<u8>(verbs + i));
    const call = load<u32>(calls + (i << 2));
    if (t.open && call == t.open_call) {
      if (verb != t.open_verb) return rowError(E_MIXED_CALL, call, 0);
    } else {
      if (t.open) closeCall(t);
      const start = load<u64>(t0 + (i << 3));
      if (t.has_prev && start != 0 && start > t.prev_end) {
        t.gap += start - t.prev_end;
        if (t.gap > LATEST / 1000 || start - t.prev_end > LATEST / 1000)
          return rowError(E_TOO_LATE, start, start - t.prev_end);
      }
      const dur = load<u32>(durs + (i << 2));
      t.has_prev = start != 0 ? 1 : 0; // 0: not recorded
      t.prev_end = dur == SATURATED ? u64.MAX_VALUE : start + <u64>dur;
      if (verb == V_POLL_CQ_EMPTY) {
        total(TOTAL_SPIN, 1);
        if (!seen(t)) return false;
        continue;
      }
      openCall(t, verb, call);
    }
    setMark(0);
    if (mark < markEnd && load<u32>(mark) == i) {
      setMark(mark);
      mark += <u32>MARK_SIZE_AT;
    }
    const awaited = load<u32>(waits + (i << 2));
    if (awaited != 0) awaitWrites(t, awaited);
    let ok: bool;
    if (verb == V_POST_SEND) ok = resolveSend(t);
    else if (verb == V_POST_RECV || verb == V_POST_SRQ_RECV) ok = resolveRecv(t, verb);
    else if (verb == V_POLL_CQ) ok = resolveCqe(t);
    else if (verb == V_REQ_NOTIFY_CQ || verb == V_GET_CQ_EVENT || verb == V_ACK_CQ_EVENTS)
      ok = resolveSimple(t, verb);
    else {
      ok = control < controlEnd && load<u32>(control, CONTROL_ROW) == i && resolveControl(t, control, verb);
      control += <u32>CONTROL_SIZE;
    }
    if (!ok) {
      if (!failed()) return rowError(E_BAD_VERB, verb, 0);
      return false;
    }
    if (!seen(t)) return false;
  }
  nextControl = control;
  nextMark = mark;
  return true;
}

/** Counts a row of the thread; its last one closes its last call. */
function seen(t: Thread): bool {
  t.rows_seen++;
  if (t.rows_seen > t.rows_total)
    return rowError(E_UNKNOWN_THREAD, ((<u64>t.node) << 32) | <u64>t.tid, t.rows_total);
  if (t.rows_seen == t.rows_total && t.open) closeCall(t);
  return true;
}

/** The call starts only after `n` RDMA WRITEs came in through the row's QP (R2.37). */
function awaitWrites(t: Thread, n: u32): void {
  const qp = rowQp(t);
  if (qp == null) return;
  const h = openHeader(t);
  if (n > load<u32>(h, CALL_AWAIT_WRITES)) store<u32>(h, n, CALL_AWAIT_WRITES);
  store<u32>(h, <u32>changetype<usize>(qp), CALL_AWAIT_QP);
}
