// Entry of build/probe.wasm, for tests only: scalars and raw addresses, so
// that closed forms and stage rules can be tried one at a time.

import {
  completionTime,
  ctl,
  fifo,
  join,
  lat,
  occupy,
  requestTime,
  wireBytes,
  wireTime,
  writeTime,
} from "./device/stage";
import { CAUSE_RESOURCE } from "./gen/abi";
import { alloc } from "./lib/arena";
import { Cache, cacheLookup, cacheNew } from "./model/cache";
import { CLOCK_BYTES, clockAdd, takeOver } from "./model/clock";
import { OWN_ROOM, ownCopy, ownEntry, ownService, ownZero, WAITS } from "./model/own";
import { sizeClass } from "./world/account";
import {
  CQ_BYTES,
  CQ_READY,
  Cq,
  MR_BYTES,
  Mr,
  QP_BYTES,
  QP_GATE,
  Qp,
  RecvQueue,
  RQ_READY,
} from "./world/objects";
import {
  FLOW_BYTES,
  Flow,
  HEAD,
  HEAD_OWN,
  OP_BYTES,
  OP_SGES,
  Op,
  RECV_SGES,
  RecvWqe,
  TAIL,
  TAIL_OWN,
} from "./world/operation";
import { deviceClock, Node, PARAMS_PTR } from "./world/state";
import { T_CLOCK, T_OWN, Thread } from "./world/thread";

export function set_param(slot: u32, value: u64): void {
  store<u64>(PARAMS_PTR + ((<usize>slot) << 3), value);
}

// closed forms
export function write_time(n: u64): u64 {
  return writeTime(n);
}
export function request_time(n: u64): u64 {
  return requestTime(n);
}
export function completion_time(n: u64): u64 {
  return completionTime(n);
}
export function wire_bytes(n: u64, mtu: u64, perPacket: u64): u64 {
  return wireBytes(n, mtu, perPacket);
}
export function wire_time(bytes: u64): u64 {
  return wireTime(bytes);
}
export function size_class(n: u64): u32 {
  return sizeClass(n);
}

// caches
export function cache_new(lines: u32, ways: u32): usize {
  return changetype<usize>(cacheNew(lines, ways));
}
export function cache_lookup(cache: usize, key: u64): u32 {
  return cacheLookup(changetype<Cache>(cache), key) ? 1 : 0;
}

// clocks and own ledgers
export function clock_new(): usize {
  return alloc(CLOCK_BYTES);
}
export function own_new(): usize {
  return alloc(OWN_ROOM);
}
export function own_zero(own: usize): void {
  ownZero(own);
}
export function clock_add(clock: usize, own: usize, layer: u32, c: u64): void {
  clockAdd(clock, layer, c);
  ownService(own, layer, c);
}
export function take_over(x: usize, own: usize, f: usize, layer: u32): void {
  takeOver(x, own, f, layer, CAUSE_RESOURCE);
}
export function time_of(clock: usize): u64 {
  return load<u64>(clock);
}
export function clock_layer(clock: usize, layer: u32): u64 {
  return load<u64>(clock + 16 + ((<usize>layer) << 3));
}
export function own_service(own: usize, layer: u32): u64 {
  return ownEntry(own, layer);
}
export function own_wait(own: usize, layer: u32): u64 {
  return ownEntry(own, layer + WAITS);
}

/** A flow whose head and tail are both at `clock`. */
export function flow_new(clock: usize, own: usize): usize {
  const f = alloc(FLOW_BYTES);
  memory.copy(f + HEAD, clock, CLOCK_BYTES);
  ownCopy(f + HEAD_OWN, own);
  changetype<Flow>(f).single = 1;
  return f;
}
export function flow_head(f: usize): usize {
  return f + HEAD;
}
export function flow_head_own(f: usize): usize {
  return f + HEAD_OWN;
}
export function flow_tail(f: usize): usize {
  return f + (changetype<Flow>(f).single ? HEAD : TAIL);
}
export function flow_tail_own(f: usize): usize {
  return f + (changetype<Flow>(f).single ? HEAD_OWN : TAIL_OWN);
}

// stage rules
export function flow_fifo(resource: usize, f: usize, layer: u32, p: u64, o: u64): void {
  fifo(resource, changetype<Flow>(f), layer, p, o);
}
export function flow_lat(f: usize, layer: u32, c: u64): void {
  lat(changetype<Flow>(f), layer, c);
}
export function flow_ctl(resource: usize, f: usize, layer: u32, c: u64, full: u64): void {
  ctl(resource, changetype<Flow>(f), layer, c, full);
}
export function flow_join(f: usize): void {
  join(changetype<Flow>(f));
}
export function resource_occupy(resource: usize, layer: u32, c: u64, clock: usize): void {
  occupy(resource, layer, c, clock);
}

// records: where the scalars end and where what is embedded behind them begins
export function clock_bytes(): usize {
  return CLOCK_BYTES;
}
export function node_scalars(): usize {
  return offsetof<Node>();
}
export function node_embedded(): usize {
  return deviceClock(changetype<Node>(0), 0);
}
export function queue_scalars(): usize {
  return offsetof<RecvQueue>();
}
export function queue_embedded(): usize {
  return RQ_READY;
}
export function cq_scalars(): usize {
  return offsetof<Cq>();
}
export function cq_embedded(): usize {
  return CQ_READY;
}
export function cq_bytes(): usize {
  return CQ_BYTES;
}
export function qp_scalars(): usize {
  return offsetof<Qp>();
}
export function qp_embedded(): usize {
  return QP_GATE;
}
export function qp_bytes(): usize {
  return QP_BYTES;
}
export function wqe_scalars(): usize {
  return offsetof<RecvWqe>();
}
export function wqe_embedded(): usize {
  return RECV_SGES;
}
export function op_scalars(): usize {
  return offsetof<Op>();
}
export function op_embedded(): usize {
  return OP_SGES;
}
export function op_bytes(): usize {
  return OP_BYTES;
}
export function flow_scalars(): usize {
  return offsetof<Flow>();
}
export function flow_embedded(): usize {
  return HEAD;
}
export function flow_bytes(): usize {
  return FLOW_BYTES;
}
export function thread_scalars(): usize {
  return offsetof<Thread>();
}
export function thread_embedded(): usize {
  return T_CLOCK;
}
export function thread_own(): usize {
  return T_OWN;
}
export function mr_scalars(): usize {
  return offsetof<Mr>();
}
export function mr_bytes(): usize {
  return MR_BYTES;
}

/**
 * What the driver writes into an MR record, field by field as
 * src/replay/run.ts orders it: start, bytes, ordinal, large, node, rkey, ctx.
 */
export function mr_field(i: u32): usize {
  if (i == 0) return offsetof<Mr>("start");
  if (i == 1) return offsetof<Mr>("bytes");
  if (i == 2) return offsetof<Mr>("ordinal");
  if (i == 3) return offsetof<Mr>("large");
  if (i == 4) return offsetof<Mr>("node");
  if (i == 5) return offsetof<Mr>("rkey");
  return offsetof<Mr>("ctx");
}
