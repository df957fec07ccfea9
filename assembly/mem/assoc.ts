// Set-associative structures of tags (M2.1 to M2.11).
//   A set is `ways` tags u32, padded to vectors of four. Empty is 0xffffffff, which no tag is.
//   lru: tags are in order of recency, so that a touch is a search that shifts as it goes: one vector compare and one lane shift per four ways,
//        no stamps, and the victim falls off the end. A repeated touch is one scalar compare.
//   plru, random: tags stay where they are; a tree of bits, or a random state, names the victim. Their sets begin with a word that is always empty, and
//        absent structures are a single such word, so that one compare answers the frequent case for all of them.

import { G_POLICY, G_SETS, G_SHARED, G_WAYS, GEOMETRY_WORDS, STRUCTURES } from "../gen/abi";
import { alloc } from "../lib/arena";

@unmanaged
export class Assoc {
  sets: u32; // 0: absent
  ways: u32;
  mask: u32; // sets - 1 when sets is a power of two, else 0
  stride: u32; // bytes of a set; 0 when absent
  tags: u32;
  policy: u32;
  trees: u32; // plru: u64 a set
  random: u32; // random: state
  pad0: u64; // lanes of the last vector that are no ways
  pad1: u64;
}
// @ts-ignore: decorator
@inline
const ASSOC_BYTES: usize = 64;
// @ts-ignore: decorator
@inline
export const EMPTY: u32 = 0xffffffff;
// @ts-ignore: decorator
@inline
const LRU: u32 = 0;
// @ts-ignore: decorator
@inline
const PLRU: u32 = 1;
/** Of an absent structure: nothing is ever found. */
// @ts-ignore: decorator
@inline
const NOTHING: u32 = 255;

/** u32 words in the order of GEOMETRY_WORDS, for each of STRUCTURES; written by the driver. */
export const GEOMETRY_PTR: usize = memory.data(512);
const RECORDS: usize = memory.data(2048);
/** Structure that serves each number: itself, or the one whose entries it shares. */
const SERVED_BY: usize = memory.data(128);
const ABSENT: usize = memory.data<u32>([EMPTY]);
/** Lanes up to and including lane i, i = 0..3. */
const UP_TO: usize = memory.data<u32>(
  [EMPTY, 0, 0, 0, EMPTY, EMPTY, 0, 0, EMPTY, EMPTY, EMPTY, 0, EMPTY, EMPTY, EMPTY, EMPTY],
  16,
);

// @ts-ignore: decorator
@inline
export function structure(i: u32): Assoc {
  return changetype<Assoc>(<usize>load<u32>(SERVED_BY + ((<usize>i) << 2)));
}

/** Builds the structures of GEOMETRY_PTR (M2.1, M2.3, M2.7, M2.10). */
export function structuresInit(): void {
  for (let i: u32 = 0; i < STRUCTURES; i++) {
    const words = GEOMETRY_PTR + <usize>((i * GEOMETRY_WORDS) << 2);
    const s = changetype<Assoc>(RECORDS + <usize>i * ASSOC_BYTES);
    const sets = load<u32>(words + (G_SETS << 2)),
      ways = load<u32>(words + (G_WAYS << 2));
    s.sets = sets;
    s.ways = ways;
    s.mask = sets != 0 && (sets & (sets - 1)) == 0 ? sets - 1 : 0;
    s.policy = sets == 0 ? NOTHING : load<u32>(words + (G_POLICY << 2));
    s.stride = sets == 0 ? 0 : s.policy == LRU ? ((ways + 3) & ~3) << 2 : (ways + 1) << 2;
    s.tags = <u32>ABSENT;
    s.random = 0x9e3779b9 ^ (i + 1);
    const spare = ((ways + 3) & ~3) - ways;
    s.pad0 = spare > 2 ? 0xffffffff00000000 : 0;
    s.pad1 = spare > 1 ? 0xffffffffffffffff : spare == 1 ? 0xffffffff00000000 : 0;
    if (sets != 0) {
      s.tags = <u32>alloc(<usize>sets * <usize>s.stride);
      if (s.policy == PLRU) s.trees = <u32>alloc((<usize>sets) << 3);
      structureFlush(s);
    }
    const shared = load<u32>(words + (G_SHARED << 2));
    const server = shared == 0 ? i : shared - 1;
    store<u32>(SERVED_BY + ((<usize>i) << 2), <u32>(RECORDS + <usize>server * ASSOC_BYTES));
  }
}

/** Empties a structure (M2.11). */
export function structureFlush(s: Assoc): void {
  if (s.sets == 0) return;
  memory.fill(<usize>s.tags, 0xff, <usize>s.sets * <usize>s.stride);
  if (s.policy == PLRU) memory.fill(<usize>s.trees, 0, (<usize>s.sets) << 3);
}

/** Address of the set of a 32-bit index (M2.2). */
// @ts-ignore: decorator
@inline
export function setOf(s: Assoc, index: u32): usize {
  return <usize>s.tags + <usize>(s.mask != 0 ? index & s.mask : remainder(s, index)) * <usize>s.stride;
}
/** Address of the set of a page number, which may need more than 32 bits. */
// @ts-ignore: decorator
@inline
export function setOfPage(s: Assoc, page: u64): usize {
  return <usize>s.tags + <usize>(s.mask != 0 ? <u32>page & s.mask : remainder(s, page)) * <usize>s.stride;
}
// @ts-ignore: decorator
@inline
function remainder<T>(s: Assoc, index: T): u32 {
  return s.sets <= 1 ? 0 : <u32>(index % <T>s.sets);
}

/**
 * Looks `tag` up in the set at `base`; a miss puts it there. True on a hit. Inlined as a whole: on
 * a walk there are a dozen of these, and a call costs as much as the search (M2.2).
 */
// @ts-ignore: decorator
@inline
export function touch(s: Assoc, base: usize, tag: u32): bool {
  return load<u32>(base) == tag ? true : s.policy == LRU ? search(s, base, tag) : touchFixed(s, base, tag);
}

/**
 * The search when the tag is not the first. Sets of up to 4 ways, as most TLBs have,
 * need no decision at all; those of 5 to 8 and of 13 to 16 ways, as most
 * caches have, are compared as a whole, so that a miss is one decision and
 * no loop. Others, and hits, go vector by vector (M2.5).
 */
// @ts-ignore: decorator
@inline
function search(s: Assoc, base: usize, tag: u32): bool {
  const wanted = i32x4.splat(tag),
    width = s.stride;
  if (width == 16) {
    const a = v128.load(base),
      found = i32x4.bitmask(i32x4.eq(a, wanted));
    // A miss shifts all four lanes, as a hit in the last one does.
    v128.store(
      base,
      v128.or(
        v128.bitselect(shift(wanted, a), a, v128.load(UP_TO + ((<usize>ctz<u32>(found | 8)) << 4))),
        padOf(s),
      ),
    );
    return found != 0;
  }
  if (width == 32) {
    const a = v128.load(base),
      b = v128.load(base, 16);
    if (!v128.any_true(v128.or(i32x4.eq(a, wanted), i32x4.eq(b, wanted)))) {
      v128.store(base, shift(wanted, a));
      v128.store(base, v128.or(shift(a, b), padOf(s)), 16);
      return false;
    }
  } else if (width == 64) {
    const a = v128.load(base),
      b = v128.load(base, 16),
      c = v128.load(base, 32),
      d = v128.load(base, 48);
    if (
      !v128.any_true(
        v128.or(
          v128.or(i32x4.eq(a, wanted), i32x4.eq(b, wanted)),
          v128.or(i32x4.eq(c, wanted), i32x4.eq(d, wanted)),
        ),
      )
    ) {
      v128.store(base, shift(wanted, a));
      v128.store(base, shift(a, b), 16);
      v128.store(base, shift(b, c), 32);
      v128.store(base, v128.or(shift(c, d), padOf(s)), 48);
      return false;
    }
  }
  return searchByVector(s, base, wanted);
}
function searchByVector(s: Assoc, base: usize, wanted: v128): bool {
  const end = base + <usize>s.stride;
  let before = wanted;
  for (let at = base; at < end; at += 16) {
    const here = v128.load(at);
    const shifted = shift(before, here);
    const found = i32x4.bitmask(i32x4.eq(here, wanted));
    if (found != 0) {
      v128.store(at, v128.bitselect(shifted, here, v128.load(UP_TO + ((<usize>ctz<u32>(found)) << 4))));
      return true;
    }
    v128.store(at, shifted);
    before = here;
  }
  v128.store(end - 16, v128.or(v128.load(end - 16), padOf(s)));
  return false;
}
// @ts-ignore: decorator
@inline
function padOf(s: Assoc): v128 {
  return v128.load(changetype<usize>(s) + offsetof<Assoc>("pad0"));
}
/** Four tags moved on by one, after the last of the four before. */
// @ts-ignore: decorator
@inline
function shift(before: v128, here: v128): v128 {
  return v128.shuffle<u32>(before, here, 3, 4, 5, 6);
}
/** touch where tags stay in their ways (M2.4). */
function touchFixed(s: Assoc, set: usize, tag: u32): bool {
  if (s.policy == NOTHING) return false;
  const base = set + 4,
    ways = s.ways;
  let way: u32 = 0,
    empty = ways;
  for (; way < ways; way++) {
    const here = load<u32>(base + ((<usize>way) << 2));
    if (here == tag) break;
    if (here == EMPTY && empty == ways) empty = way;
  }
  const hit = way < ways;
  const tree = <usize>s.trees + (((set - <usize>s.tags) / <usize>s.stride) << 3);
  if (!hit) {
    way = empty < ways ? empty : s.policy == PLRU ? plruVictim(tree, ways) : randomVictim(s);
    store<u32>(base + ((<usize>way) << 2), tag);
  }
  if (s.policy == PLRU) plruTouch(tree, ways, way);
  return hit;
}

/** The way that the tree points to (M2.6). */
function plruVictim(tree: usize, ways: u32): u32 {
  const bits = load<u64>(tree);
  let n: u32 = 1;
  while (n < ways) n = 2 * n + <u32>((bits >> n) & 1);
  return n - ways;
}
/** The tree points away from the way (M2.6). */
function plruTouch(tree: usize, ways: u32, way: u32): void {
  let bits = load<u64>(tree);
  let n: u32 = 1;
  for (let half = ways >> 1; half != 0; half >>= 1) {
    const d = (way & half) != 0 ? 1 : 0;
    bits = d != 0 ? bits & ~((<u64>1) << n) : bits | ((<u64>1) << n);
    n = 2 * n + d;
  }
  store<u64>(tree, bits);
}
/** A step of xorshift32 (M2.7). */
function randomVictim(s: Assoc): u32 {
  let x = s.random;
  x ^= x << 13;
  x ^= x >> 17;
  x ^= x << 5;
  s.random = x;
  return x % s.ways;
}
