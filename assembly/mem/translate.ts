// Translating a page: the two TLB levels in front of the walk (M5.4 to M5.8).
import { M_TLB_L1_4K_HITS, M_TLB_L2_4K_HITS, M_TLB_L2_LOOKUPS, S_TLB_L1_4K, S_TLB_L2_4K } from "../gen/abi";
import { setOfPage, structure, touch } from "./assoc";
import { guestLeaf, guestLeafLevel } from "./guest";
import { nested, tally } from "./state";
import { frameOf, payloadOf } from "./tables";
import { known, walk } from "./walk";

/**
 * What a page translates to, kept by this program (not by the machine
 * that it models): most look-ups never see the tables.
 * slot: 0 page u64 | 8 one hit of its size u64 | 16 tag u32 | 20 its set in the
 * L1 TLB u32 | 24 hpa frame u32 (26 bits), size above, UNCACHED
 */
// @ts-ignore: decorator
@inline
const PAGES: u32 = 2048;
const PAGES_PTR: usize = memory.data(65536, 64);
// @ts-ignore: decorator
@inline
export const ONE_HIT: usize = 8;
// @ts-ignore: decorator
@inline
export const TAG: usize = 16;
// @ts-ignore: decorator
@inline
export const SET: usize = 20;
// @ts-ignore: decorator
@inline
export const PLACE: usize = 24;
/** Size of the page: 0, 1, 2 for 4k, 2m, 1g. */
// @ts-ignore: decorator
@inline
const SIZE_SHIFT: u32 = 26;
/** The L1 TLB has no room for pages of this size. */
// @ts-ignore: decorator
@inline
export const UNCACHED: u32 = 1 << 28;
/** Bits between the counts of hits of the three sizes in one u64. */
// @ts-ignore: decorator
@inline
export const COUNT_BITS: u64 = 21;

// @ts-ignore: decorator
@inline
export function slotOf(page: u64): usize {
  return PAGES_PTR + ((<usize>(<u32>page & (PAGES - 1))) << 5);
}

let anyL2: bool = false;
/** Whether any L2 structure is used (M5.7). */
export function translateInit(): void {
  anyL2 = false;
  for (let size: u32 = 0; size < 3; size++) if (structure(S_TLB_L2_4K + size).sets != 0) anyL2 = true;
  translateForget();
}
/** After tables changed. */
export function translateForget(): void {
  memory.fill(PAGES_PTR, 0xff, PAGES << 5);
}

/** Translates a page, with all that the machine does to find it; its slot (M5.6, M5.8). */
// @ts-ignore: decorator
@inline
export function translate(page: u64): usize {
  const slot = slotOf(page);
  if (load<u64>(slot) != page) findPage(slot, page);
  const size = (load<u32>(slot, PLACE) >> SIZE_SHIFT) & 3,
    tag = load<u32>(slot, TAG);
  const hits = M_TLB_L1_4K_HITS + 2 * size;
  if (touch(structure(S_TLB_L1_4K + size), <usize>load<u32>(slot, SET), tag)) tally(hits, 1);
  else {
    tally(hits + 1, 1);
    beyondL1(page, size, tag);
  }
  return slot;
}

/** The L2 TLB, then the walk (M5.7, M5.8). */
function beyondL1(page: u64, size: u32, tag: u32): void {
  if (anyL2) {
    tally(M_TLB_L2_LOOKUPS, 1);
    const tlb = structure(S_TLB_L2_4K + size),
      hits = M_TLB_L2_4K_HITS + 2 * size;
    if (touch(tlb, setOfPage(tlb, page >> (9 * size)), tag)) {
      tally(hits, 1);
      return;
    }
    tally(hits + 1, 1);
  }
  walk(page, size);
}

/**
 * Maps the page if need be, and fills its slot. Tags of the three
 * sizes differ in their top bits (M2.9, M5.4, M5.5).
 */
function findPage(slot: usize, page: u64): void {
  const e = guestLeaf(page);
  const into = <u32>page & ((1 << (9 * (guestLeafLevel - 1))) - 1);
  let frame = frameOf(e) + into,
    leaf = guestLeafLevel;
  if (nested) {
    const host = known(frame);
    frame = host & 0x3ffffff;
    leaf = min(leaf, host >> 26);
  }
  const size = leaf - 1,
    tlb = structure(S_TLB_L1_4K + size);
  store<u64>(slot, page);
  store<u64>(slot, (<u64>1) << (COUNT_BITS * size), ONE_HIT);
  store<u32>(slot, ((payloadOf(e) + into) >> (9 * size)) | (size << 30), TAG);
  store<u32>(slot, <u32>setOfPage(tlb, page >> (9 * size)), SET);
  store<u32>(slot, frame | (size << SIZE_SHIFT) | (tlb.sets == 0 ? UNCACHED : 0), PLACE);
}
