// Translating a page: the two TLB levels in front of the walk (docs/memory-model.md 5, translate).
import { M_TLB_L1_4K_HITS, M_TLB_L2_4K_HITS, M_TLB_L2_LOOKUPS, S_TLB_L1_4K, S_TLB_L2_4K } from "../gen/abi";
import { Assoc, setOfPage, structure, touch } from "./assoc";
import { guestLeaf, guestLeafLevel } from "./guest";
import { bump, counterAt, nested, tally } from "./state";
import { frameOf, payloadOf } from "./tables";
import { known, walk } from "./walk";

/**
 * What a page translates to, kept by this program (not by the machine that it models): most look-ups never see the tables.
 *   slot: page u64 | hpa frame u32 (26 bits), size of the TLB entry in the two bits above | tag u32
 */
// @ts-ignore: decorator
@inline const PAGES: u32 = 1024;
const PAGES_PTR: usize = memory.data(16384, 16);

let anyL2: bool = false;
export function translateInit(): void {
  anyL2 = false;
  for (let size: u32 = 0; size < 3; size++) if (structure(S_TLB_L2_4K + size).sets != 0) anyL2 = true;
  translateForget();
}
/** After tables changed. */
export function translateForget(): void {
  memory.fill(PAGES_PTR, 0xff, PAGES << 4);
}

/** Size (0, 1, 2 for 4k, 2m, 1g) of the page translated last, and whether the L1 TLB has no place for it. */
export let pageSize: u32 = 0;
export let uncached: bool = false;

/** The hpa frame of a page, with all that the machine does to find it. */
// @ts-ignore: decorator
@inline
export function translate(page: u64): u32 {
  const slot = PAGES_PTR + (<usize>(<u32>page & (PAGES - 1)) << 4);
  if (load<u64>(slot) != page) findPage(slot, page);
  const found = load<u32>(slot, 8), tag = load<u32>(slot, 12), size = found >> 26;
  pageSize = size;
  const tlb = structure(S_TLB_L1_4K + size);
  uncached = tlb.sets == 0;
  if (tlb.sets != 0 && touch(tlb, setOfPage(tlb, page >> (9 * size)), tag)) bump(counterAt(M_TLB_L1_4K_HITS + 2 * size), 1);
  else beyondL1(page, size, tag);
  return found & 0x3ffffff;
}

function beyondL1(page: u64, size: u32, tag: u32): void {
  tally(M_TLB_L1_4K_HITS + 2 * size + 1, 1);
  if (anyL2) {
    tally(M_TLB_L2_LOOKUPS, 1);
    const tlb: Assoc = structure(S_TLB_L2_4K + size);
    if (tlb.sets != 0 && touch(tlb, setOfPage(tlb, page >> (9 * size)), tag)) {
      tally(M_TLB_L2_4K_HITS + 2 * size, 1);
      return;
    }
    tally(M_TLB_L2_4K_HITS + 2 * size + 1, 1);
  }
  walk(page, size);
}

/** Maps the page if need be, and fills its slot. Tags of the three sizes differ in their top bits. */
function findPage(slot: usize, page: u64): void {
  const e = guestLeaf(page);
  const into = <u32>page & ((1 << (9 * (guestLeafLevel - 1))) - 1);
  let frame = frameOf(e) + into, leaf = guestLeafLevel;
  if (nested) {
    const host = known(frame);
    frame = host & 0x3ffffff;
    leaf = min(leaf, host >> 26);
  }
  const size = leaf - 1;
  store<u64>(slot, page);
  store<u32>(slot, frame | (size << 26), 8);
  store<u32>(slot, ((payloadOf(e) + into) >> (9 * size)) | (size << 30), 12);
}
