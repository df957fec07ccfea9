// The memory engine as a whole: set-up, links, runs, time (M4.1 to M4.12, M6.1 to M6.3).
import {
  L_APP_THINK,
  L_MEM_DATA,
  L_MEM_TLB,
  L_VM_EPT_FAULT,
  L_WALK_GUEST,
  L_WALK_HOST,
  M_EPWC_ROUNDS,
  M_MEM_EPT_VIOLATIONS,
  M_MEM_INSTRUCTIONS,
  M_MEM_REFS_L1,
  M_MEM_TLB_FLUSHES,
  M_NTLB_LOOKUPS,
  M_PWC_ROUNDS,
  M_TLB_L2_LOOKUPS,
  M_WALK_REFS_GUEST_L1,
  M_WALK_REFS_HOST_L1,
  MP_C_INSTRUCTION,
  MP_DRAM_LATENCY,
  MP_EPT_VIOLATION,
  MP_GUEST_LEVELS,
  MP_HOST_LEVELS,
  MP_L1_LATENCY,
  MP_L2_LATENCY,
  MP_L3_LATENCY,
  MP_NESTED,
  MP_NTLB_LATENCY,
  MP_PWC_LATENCY,
  MP_TLB_L2_LATENCY,
  S_CACHE_L1,
} from "../gen/abi";
import { scaled } from "../model/clock";
import { accessForget } from "./access";
import { structure, structureFlush, structuresInit } from "./assoc";
import { cachesInit } from "./caches";
import { guestInit, guestLeaf, guestLeafLevel } from "./guest";
import { collapse, hostInit, linkFrame, unlinkFrame } from "./host";
import { placeInit } from "./place";
import { counterAt, countersReset, memParam, readShape, tally } from "./state";
import { frameOf, tablesInit } from "./tables";
import { translateForget, translateInit } from "./translate";
import { walkForget, walkInit } from "./walk";

/** Builds the machine from parameters and geometry (M1.1). */
export function engineInit(): void {
  countersReset();
  readShape(memParam(MP_NESTED) != 0, <u32>memParam(MP_GUEST_LEVELS), <u32>memParam(MP_HOST_LEVELS));
  structuresInit();
  tablesInit();
  placeInit();
  guestInit();
  hostInit();
  cachesInit();
  walkInit();
  translateInit();
  accessForget();
}

/** Empties TLBs, walk caches and nested TLB, and forgets what this program knows of host leaves (M2.11). */
function flush(): void {
  for (let i: u32 = 0; i < S_CACHE_L1; i++) structureFlush(structure(i));
  tally(M_MEM_TLB_FLUSHES, 1);
  walkForget();
  translateForget();
  accessForget();
}

/** Links pages, ascending, then flushes (M4.1, M4.11). */
export function linkPages(page: u64, n: u64, present: bool): void {
  for (const end = page + n; page < end; page++) linkFrame(frameOfPage(page), present);
  flush();
}
/** Unlinks pages, ascending, then flushes (M4.7, M4.11). */
export function unlinkPages(page: u64, n: u64, now: u64): void {
  for (const end = page + n; page < end; page++) unlinkFrame(frameOfPage(page), now);
  flush();
}
/** gpa frame of a page, never one of a page table (M4.1, M4.12). */
function frameOfPage(page: u64): u32 {
  const e = guestLeaf(page);
  return frameOf(e) + (<u32>page & ((1 << (9 * (guestLeafLevel - 1))) - 1));
}

/** A run of accesses begins: blocks that are due become large again (M4.9, M6.6). */
export function beginRun(now: u64): void {
  if (collapse(now)) flush();
}

/** ps that a layer has taken so far; 0 for layers that memory does not use (M6.2). */
export function layerTime(layer: u32): u64 {
  if (layer == L_MEM_DATA) return refsTime(M_MEM_REFS_L1);
  if (layer == L_MEM_TLB) return times(M_TLB_L2_LOOKUPS, MP_TLB_L2_LATENCY);
  if (layer == L_WALK_GUEST) return refsTime(M_WALK_REFS_GUEST_L1) + times(M_PWC_ROUNDS, MP_PWC_LATENCY);
  if (layer == L_WALK_HOST)
    return (
      refsTime(M_WALK_REFS_HOST_L1) +
      times(M_EPWC_ROUNDS, MP_PWC_LATENCY) +
      times(M_NTLB_LOOKUPS, MP_NTLB_LATENCY)
    );
  if (layer == L_VM_EPT_FAULT) return times(M_MEM_EPT_VIOLATIONS, MP_EPT_VIOLATION);
  if (layer == L_APP_THINK)
    return scaled(load<u64>(counterAt(M_MEM_INSTRUCTIONS)), memParam(MP_C_INSTRUCTION));
  return 0;
}
const CLOCK: usize = memory.data(272, 16);
/** Address of the engine's clock: what all layers have taken so far (M6.2). */
export function memClock(): usize {
  let time: u64 = 0;
  for (let layer: u32 = 0; layer < 32; layer++) {
    const t = layerTime(layer);
    store<u64>(CLOCK + ((<usize>layer) << 3), t, 16);
    time += t;
  }
  store<u64>(CLOCK, time);
  return CLOCK;
}

function times(counter: u32, latency: u32): u64 {
  return load<u64>(counterAt(counter)) * memParam(latency);
}
function refsTime(first: u32): u64 {
  return (
    times(first, MP_L1_LATENCY) +
    times(first + 1, MP_L2_LATENCY) +
    times(first + 2, MP_L3_LATENCY) +
    times(first + 3, MP_DRAM_LATENCY)
  );
}
