// Page walks in one and two dimensions (M5.9 to M5.16).
import {
  M_EPWC_PDE_HITS,
  M_EPWC_ROUNDS,
  M_NTLB_HITS,
  M_NTLB_LOOKUPS,
  M_PWC_PDE_HITS,
  M_PWC_ROUNDS,
  M_WALKS_4K,
  S_EPWC_PDE,
  S_NTLB,
  S_PWC_PDE,
} from "../gen/abi";
import { Assoc, setOf, setOfPage, structure, touch } from "./assoc";
import { BY_GUEST, BY_HOST, ref } from "./caches";
import { GUEST_WAY, guestLeaf, guestLeafLevel, guestWay, guestWayLeaf } from "./guest";
import { HOST_WAY, hostLeaf, hostLeafLevel, hostWay } from "./host";
import { guestLevels, hostLevels, nested, tally } from "./state";
import { frameOf, lineOfEntry, stepFrame, stepTag } from "./tables";

let guestPwc: bool = false; // any structure of that dimension exists
let hostPwc: bool = false;
let ntlb: Assoc = changetype<Assoc>(0);

/**
 * gpa frames whose host leaf is known, so that what the nested TLB
 * would answer need not be looked up in the tables.
 *   slot: gpa frame u32 | hpa frame u32 (26 bits), leaf level in the bits above
 */
// @ts-ignore: decorator
@inline
const KNOWN: u32 = 1024;
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

/** Probes the walk caches from the leaf's parent up; the level at which the walk starts (M5.10, M5.15). */
// @ts-ignore: decorator
@inline
function probe(first: u32, counters: u32, way: usize, leaf: u32, levels: u32, page: u64): u32 {
  for (let k = leaf + 1; k <= levels; k++) {
    const s = structure(first + k - 2);
    if (s.sets == 0) continue;
    const counter = counters + 2 * (k - 2);
    if (touch(s, setOfPage(s, page >> (9 * (k - 1))), stepTag(way, k - 1))) {
      tally(counter, 1);
      return k - 1;
    }
    tally(counter + 1, 1);
  }
  return levels;
}

/**
 * The walk of a page that no TLB has; `size` is 0, 1, 2 for 4k, 2m, 1g (M5.9,
 * M5.10, M5.11, M5.12). A cold one refers as often as M8.2 says.
 */
export function walk(page: u64, size: u32): void {
  tally(M_WALKS_4K + size, 1);
  if (guestWay != page) guestLeaf(page);
  const leaf = guestLeafLevel;
  let start = guestLevels;
  let known = false; // the hpa of the table at `start`
  if (guestPwc) {
    tally(M_PWC_ROUNDS, 1);
    start = probe(S_PWC_PDE, M_PWC_PDE_HITS, GUEST_WAY, leaf, guestLevels, page);
    known = start != guestLevels;
  }
  if (!nested) {
    for (let level = start; level >= leaf; level--)
      ref(lineOfEntry(stepFrame(GUEST_WAY, level), page, level), BY_GUEST);
    return;
  }
  const last = frameOf(guestWayLeaf) + (<u32>page & ((1 << (9 * (leaf - 1))) - 1));
  for (let level = start; level >= leaf; level--) {
    const frame = stepFrame(GUEST_WAY, level),
      place = known ? hpaOf(frame) : toHost(frame);
    known = false;
    ref(lineOfEntry(place, page, level), BY_GUEST);
  }
  toHost(last);
}

/** hpa frame of a gpa frame, without a look-up that the machine would do. */
function hpaOf(frame: u32): u32 {
  return known(frame) & 0x3ffffff;
}
/** hpa frame and, above bit 26, level of the leaf. The leaf becomes present (M5.13). */
// @ts-ignore: decorator
@inline
export function known(frame: u32): u32 {
  const slot = KNOWN_PTR + ((<usize>(frame & (KNOWN - 1))) << 3);
  return load<u32>(slot) == frame ? load<u32>(slot, 4) : learn(slot, frame);
}
function learn(slot: usize, frame: u32): u32 {
  const e = hostLeaf(frame);
  const place = (frameOf(e) + (frame & ((1 << (9 * (hostLeafLevel - 1))) - 1))) | (hostLeafLevel << 26);
  store<u32>(slot, frame);
  store<u32>(slot, place, 4);
  return place;
}

/** The host translation of a gpa frame as the machine does it; its hpa frame (M5.14, M5.15, M5.16). */
function toHost(frame: u32): u32 {
  const found = known(frame),
    leaf = found >> 26,
    place = found & 0x3ffffff;
  if (ntlb.sets != 0) {
    tally(M_NTLB_LOOKUPS, 1);
    const index = frame >> (9 * (leaf - 1));
    if (touch(ntlb, setOf(ntlb, index), index | (leaf << 26))) {
      tally(M_NTLB_HITS, 1);
      return place;
    }
    tally(M_NTLB_HITS + 1, 1);
  }
  const page = <u64>frame;
  if (hostWay != page) hostLeaf(frame);
  let start = hostLevels;
  if (hostPwc) {
    tally(M_EPWC_ROUNDS, 1);
    start = probe(S_EPWC_PDE, M_EPWC_PDE_HITS, HOST_WAY, leaf, hostLevels, page);
  }
  for (let level = start; level >= leaf; level--)
    ref(lineOfEntry(stepFrame(HOST_WAY, level), page, level), BY_HOST);
  return place;
}
