// Page walks in one and two dimensions (docs/memory-model.md 5, walk and nested).
import { FRAME_TABLES, M_EPWC_ROUNDS, M_NTLB_HITS, M_NTLB_LOOKUPS, M_PWC_PDE_HITS, M_EPWC_PDE_HITS, M_PWC_ROUNDS, M_WALKS_4K, S_EPWC_PDE, S_NTLB, S_PWC_PDE } from "../gen/abi";
import { BY_GUEST, BY_HOST, ref } from "./caches";
import { Assoc, setOf, setOfPage, structure, touch } from "./assoc";
import { hostLeaf, hostLeafLevel } from "./host";
import { guestLevels, hostLevels, nested, tally } from "./state";
import { LEAF, entryAt, frameOf, guestRoot, hostRoot, lineOfEntry, tableOf } from "./tables";

let guestPwc: bool = false; // any structure of that dimension exists
let hostPwc: bool = false;
let ntlb: Assoc = changetype<Assoc>(0);

/** Frame of the table at each level on the way to a page, and the table as a tag: 8 bytes a level. */
const GUEST_WAY: usize = memory.data(64);
const HOST_WAY: usize = memory.data(64);

/**
 * gpa frames whose host leaf is known, so that what the nested TLB would answer need not be looked up in the tables.
 *   slot: gpa frame u32 | hpa frame u32 (26 bits), leaf level in the bits above
 */
// @ts-ignore: decorator
@inline const KNOWN: u32 = 1024;
const KNOWN_PTR: usize = memory.data(8192, 16);

export function walkInit(): void {
  guestPwc = hostPwc = false;
  for (let i: u32 = 0; i < 4; i++) {
    if (structure(S_PWC_PDE + i).sets != 0) guestPwc = true;
    if (structure(S_EPWC_PDE + i).sets != 0) hostPwc = true;
  }
  ntlb = structure(S_NTLB);
  walkForget();
}
/** After host leaves changed. */
export function walkForget(): void {
  memory.fill(KNOWN_PTR, 0xff, KNOWN << 3);
}

/** Follows the tables of one dimension to the leaf of `page`; the way is kept. Everything is mapped. */
// @ts-ignore: decorator
@inline
function follow(way: usize, root: usize, levels: u32, page: u64): u32 {
  let table = root, frame = FRAME_TABLES, level = levels;
  while (true) {
    const at = way + (<usize>level << 3);
    store<u32>(at, frame);
    store<u32>(at, <u32>(table >> 6), 4);
    const e = load<u64>(entryAt(table, page, level));
    if (e & LEAF) {
      leafEntry = e;
      return level;
    }
    table = tableOf(e);
    frame = frameOf(e);
    level--;
  }
}
let leafEntry: u64 = 0;

/** Probes the walk caches from the leaf's parent up; the level at which the walk starts. */
// @ts-ignore: decorator
@inline
function probe(first: u32, counters: u32, way: usize, leaf: u32, levels: u32, page: u64): u32 {
  for (let k = leaf + 1; k <= levels; k++) {
    const s = structure(first + k - 2);
    if (s.sets == 0) continue;
    const tag = load<u32>(way + (<usize>(k - 1) << 3), 4);
    const counter = counters + 2 * (k - 2);
    if (touch(s, setOfPage(s, page >> (9 * (k - 1))), tag)) {
      tally(counter, 1);
      return k - 1;
    }
    tally(counter + 1, 1);
  }
  return levels;
}

/** The walk of a page that no TLB has; `size` is 0, 1, 2 for 4k, 2m, 1g. */
export function walk(page: u64, size: u32): void {
  tally(M_WALKS_4K + size, 1);
  const leaf = follow(GUEST_WAY, guestRoot, guestLevels, page);
  const last = leafEntry;
  let start = guestLevels;
  let known = false; // the hpa of the table at `start`
  if (guestPwc) {
    tally(M_PWC_ROUNDS, 1);
    start = probe(S_PWC_PDE, M_PWC_PDE_HITS, GUEST_WAY, leaf, guestLevels, page);
    known = start != guestLevels;
  }
  if (!nested) {
    for (let level = start; level >= leaf; level--) ref(lineOfEntry(load<u32>(GUEST_WAY + (<usize>level << 3)), page, level), BY_GUEST);
    return;
  }
  for (let level = start; level >= leaf; level--) {
    const frame = load<u32>(GUEST_WAY + (<usize>level << 3));
    const place = known ? hpaOf(frame) : toHost(frame);
    known = false;
    ref(lineOfEntry(place, page, level), BY_GUEST);
  }
  toHost(frameOf(last) + (<u32>page & ((1 << (9 * (leaf - 1))) - 1)));
}

/** hpa frame of a gpa frame, without a look-up that the machine would do. */
export function hpaOf(frame: u32): u32 {
  return known(frame) & 0x3ffffff;
}
/** hpa frame and, above bit 26, level of the leaf. The leaf becomes present. */
// @ts-ignore: decorator
@inline
export function known(frame: u32): u32 {
  const slot = KNOWN_PTR + (<usize>(frame & (KNOWN - 1)) << 3);
  return load<u32>(slot) == frame ? load<u32>(slot, 4) : learn(slot, frame);
}
function learn(slot: usize, frame: u32): u32 {
  const e = hostLeaf(frame);
  const place = (frameOf(e) + (frame & ((1 << (9 * (hostLeafLevel - 1))) - 1))) | (hostLeafLevel << 26);
  store<u32>(slot, frame);
  store<u32>(slot, place, 4);
  return place;
}

/** The host translation of a gpa frame as the machine does it; its hpa frame. */
function toHost(frame: u32): u32 {
  const found = known(frame), leaf = found >> 26, place = found & 0x3ffffff;
  const page = <u64>frame;
  if (ntlb.sets != 0) {
    tally(M_NTLB_LOOKUPS, 1);
    const index = frame >> (9 * (leaf - 1));
    if (touch(ntlb, setOf(ntlb, index), index | (leaf << 26))) {
      tally(M_NTLB_HITS, 1);
      return place;
    }
    tally(M_NTLB_HITS + 1, 1);
  }
  follow(HOST_WAY, hostRoot, hostLevels, page);
  let start = hostLevels;
  if (hostPwc) {
    tally(M_EPWC_ROUNDS, 1);
    start = probe(S_EPWC_PDE, M_EPWC_PDE_HITS, HOST_WAY, leaf, hostLevels, page);
  }
  for (let level = start; level >= leaf; level--) ref(lineOfEntry(load<u32>(HOST_WAY + (<usize>level << 3)), page, level), BY_HOST);
  return place;
}
