// The stage rules fifo, ctl, occupy and lat (R4.4 to R4.8), and the closed forms for TLPs and packets.

import {
  C_DMA_WRITE_BYTES,
  C_DMA_WRITES,
  C_PCIE_TLPS,
  CAUSE_RESOURCE,
  P_C_PCIE,
  P_C_WIRE,
  P_CHUNK,
  P_HEADER_BYTES,
  P_MPS,
  P_MRRS,
  P_READ_RTT,
  P_RX_PACKET,
} from "../gen/abi";
import { atStage, CHARGES, chargeWait, costOf, markOf, setMark } from "../model/charges";
import { clockAdd, clockCopy, scaled, takeOver } from "../model/clock";
import { ownCopy, ownService, ownWait } from "../model/own";
import { logStage, NO_OPERATION } from "../world/log";
import { Flow, HEAD, HEAD_OWN, TAIL, TAIL_OWN } from "../world/operation";
import { count, param } from "../world/state";

// @ts-ignore: decorator
@inline
export function headOf(fl: Flow): usize {
  return changetype<usize>(fl) + HEAD;
}

/** Charges that follow are for this stage of the flow; `c`: see atStage. */
// @ts-ignore: decorator
@inline
function at(fl: Flow, resource: usize, c: u64): void {
  atStage(fl.stage, fl.burst, fl.bytes, resource, c);
}

/** Both clocks += c on `layer` (R4.5). */
export function lat(fl: Flow, layer: u32, c: u64): void {
  if (c == 0) return;
  const p = changetype<usize>(fl);
  if (CHARGES) at(fl, 0, u64.MAX_VALUE);
  clockAdd(p + HEAD, layer, c);
  ownService(p + HEAD_OWN, layer, c);
  if (!fl.single) {
    clockAdd(p + TAIL, layer, c);
    ownService(p + TAIL_OWN, layer, c);
  }
}

/** FIFO stage: p ps for the first unit, o ≥ p ps for all (R4.4). */
export function fifo(resource: usize, fl: Flow, layer: u32, p: u64, o: u64): void {
  const f = changetype<usize>(fl);
  const head = f + HEAD,
    own = f + HEAD_OWN;
  takeOver(head, own, resource, layer, CAUSE_RESOURCE);
  if (CHARGES) at(fl, resource, p != o ? p : u64.MAX_VALUE);
  const start = load<u64>(head);
  if (fl.single) {
    if (p != o) {
      clockCopy(f + TAIL, head);
      ownCopy(f + TAIL_OWN, own);
      fl.single = 0;
      clockAdd(f + TAIL, layer, o);
      ownService(f + TAIL_OWN, layer, o);
      clockCopy(resource, f + TAIL);
      clockAdd(head, layer, p);
      ownService(own, layer, p);
    } else {
      clockAdd(head, layer, p);
      ownService(own, layer, p);
      clockCopy(resource, head);
    }
    logStage(resource, layer, start, fl.tie);
    return;
  }
  if (load<u64>(head) + o >= load<u64>(f + TAIL) + p) {
    clockCopy(f + TAIL, head);
    ownCopy(f + TAIL_OWN, own);
    clockAdd(f + TAIL, layer, o);
    ownService(f + TAIL_OWN, layer, o);
  } else {
    clockAdd(f + TAIL, layer, p);
    ownService(f + TAIL_OWN, layer, p);
  }
  clockCopy(resource, f + TAIL);
  clockAdd(head, layer, p);
  ownService(own, layer, p);
  logStage(resource, layer, start, fl.tie);
}

/** Head becomes the tail: what follows needs the whole burst. */
export function join(fl: Flow): void {
  if (fl.single) return;
  const f = changetype<usize>(fl);
  clockCopy(f + HEAD, f + TAIL);
  ownCopy(f + HEAD_OWN, f + TAIL_OWN);
  fl.single = 1;
}

/**
 * Control packet: waits for at most `full` ps, and pushes the
 * resource's clock back by its own time (R4.6, R4.7).
 */
export function ctl(resource: usize, fl: Flow, layer: u32, c: u64, full: u64): void {
  join(fl);
  const f = changetype<usize>(fl);
  const head = f + HEAD,
    own = f + HEAD_OWN;
  if (CHARGES) at(fl, resource, c);
  const h = load<u64>(head),
    free = load<u64>(resource);
  if (h >= free) {
    clockAdd(head, layer, c);
    ownService(own, layer, c);
    clockCopy(resource, head);
    logStage(resource, layer, h, fl.tie);
    return;
  }
  const behind = free - h;
  const wait = behind < full ? behind : full;
  clockAdd(head, layer, wait + c);
  ownWait(own, layer, wait);
  if (CHARGES) chargeWait(own, layer, wait, CAUSE_RESOURCE, resource);
  ownService(own, layer, c);
  clockAdd(resource, layer, c);
  if (CHARGES) setMark(resource, markOf(head));
  logStage(resource, layer, free, fl.tie);
}

/** Takes `c` ps of the resource without delaying anybody now (R4.8). */
export function occupy(resource: usize, layer: u32, c: u64, clock: usize): void {
  if (load<u64>(resource) <= load<u64>(clock)) clockCopy(resource, clock);
  const start = load<u64>(resource);
  clockAdd(resource, layer, c);
  if (CHARGES) setMark(resource, markOf(clock));
  logStage(resource, layer, start, NO_OPERATION);
}

// @ts-ignore: decorator
@inline
function ceilDiv(n: u64, by: u64): u64 {
  // MPS and its kin are powers of two nearly always: a shift instead of a 64-bit division
  return (by & (by - 1)) == 0 ? (n + by - 1) >> ctz(by) : (n + by - 1) / by;
}
/** One PCIe read round trip (R4.2.1, R4.23). */
export function readRtt(): u64 {
  return param(P_READ_RTT) >> 16;
}
/** Receive engine time of `n` packets (R4.2.12). */
export function receiveTime(n: u64): u64 {
  if (CHARGES) costOf(n);
  return scaled(n, param(P_RX_PACKET));
}
/** Time of bytes on PCIe (R4.10). */
// @ts-ignore: decorator
@inline
export function pcieTime(bytes: u64): u64 {
  return scaled(bytes, param(P_C_PCIE));
}
/** TLP header bytes: docs/closed-forms.md (R4.11). */
// @ts-ignore: decorator
@inline
const MWR: u64 = 24;
// @ts-ignore: decorator
@inline
const MRD: u64 = 24;
// @ts-ignore: decorator
@inline
const CPLD: u64 = 20;

export function writeTlps(n: u64): u64 {
  return ceilDiv(n, param(P_MPS));
}
export function requestTlps(n: u64): u64 {
  return ceilDiv(n, param(P_MRRS));
}
export function completionTlps(n: u64): u64 {
  return ceilDiv(n, param(P_CHUNK));
}
/** t_mwr: a memory write of `n` bytes (R4.11). */
export function writeTime(n: u64): u64 {
  if (CHARGES) costOf(n);
  return pcieTime(n + MWR * writeTlps(n));
}
/** t_mrd: the requests of a read of `n` bytes (R4.11). */
export function requestTime(n: u64): u64 {
  if (CHARGES) costOf(n);
  return pcieTime(MRD * requestTlps(n));
}
/** t_cpl: the completions of a read of `n` bytes (R4.11). */
export function completionTime(n: u64): u64 {
  if (CHARGES) costOf(n);
  return pcieTime(n + CPLD * completionTlps(n));
}
/** Writes of the doorbell, or of BlueFlame, as one cost (R4.1.2). */
export function doorbellTime(bytes: u64, tlps: u64): u64 {
  if (CHARGES) costOf(bytes);
  return pcieTime(bytes + MWR * tlps);
}
/** t_wire: bytes at the rate of the link (R4.16). */
export function wireTime(bytes: u64): u64 {
  if (CHARGES) costOf(bytes);
  return scaled(bytes, param(P_C_WIRE));
}
/**
 * Bytes of n payload bytes in packets of `mtu`, each with
 * `perPacket` overhead; payloads padded to 4 (R4.15, R4.16).
 */
export function wireBytes(n: u64, mtu: u64, perPacket: u64): u64 {
  const full = n / mtu;
  const rest = n - full * mtu;
  const packets = rest != 0 || full == 0 ? full + 1 : full;
  return full * mtu + ((rest + 3) & ~3) + packets * perPacket;
}
/** The longest that a control packet waits for the link (R4.7). */
export function fullPacketTime(mtu: u64): u64 {
  return wireTime(mtu + param(P_HEADER_BYTES));
}

/** Counts a DMA write of `n` bytes (R4.13). */
export function countWrite(n: u64): void {
  count(C_DMA_WRITES, 1);
  count(C_DMA_WRITE_BYTES, n);
  count(C_PCIE_TLPS, writeTlps(n));
}
