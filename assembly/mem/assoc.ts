// Set-associative structures of tags (docs/memory-model.md 2).
//   A set is `ways` tags u32, padded to vectors of four. Empty is 0xffffffff, which no tag is.
//   lru: tags are in order of recency, so that a touch is a search that shifts as it goes: one vector compare and one lane shift per four ways,
//        no stamps, and the victim falls off the end. A repeated touch is one scalar compare.
//   plru, random: tags stay where they are; a tree of bits, or a random state, names the victim.
import { alloc } from "../lib/arena";
import { GEOMETRY_WORDS, G_POLICY, G_SETS, G_SHARED, G_WAYS, STRUCTURES } from "../gen/abi";

@unmanaged
export class Assoc {
  sets: u32; // 0: absent
  ways: u32;
  mask: u32; // sets - 1 when sets is a power of two, else 0
  stride: u32; // bytes of a set
  tags: u32;
  policy: u32;
  trees: u32; // plru: u64 a set
  random: u32; // random: state
  pad0: u64; // lanes of the last vector that are no ways
  pad1: u64;
}
// @ts-ignore: decorator
@inline const ASSOC_BYTES: usize = 64;
// @ts-ignore: decorator
@inline export const EMPTY: u32 = 0xffffffff;
// @ts-ignore: decorator
@inline const LRU: u32 = 0;
// @ts-ignore: decorator
@inline const PLRU: u32 = 1;

/** u32 words in the order of GEOMETRY_WORDS, for each of STRUCTURES; written by the driver. */
export const GEOMETRY_PTR: usize = memory.data(512);
const RECORDS: usize = memory.data(2048);
/** Structure that serves each number: itself, or the one whose entries it shares. */
const SERVED_BY: usize = memory.data(128);
/** Lanes up to and including lane i, i = 0..3. */
const UP_TO: usize = memory.data<u32>([EMPTY, 0, 0, 0, EMPTY, EMPTY, 0, 0, EMPTY, EMPTY, EMPTY, 0, EMPTY, EMPTY, EMPTY, EMPTY], 16);

// @ts-ignore: decorator
@inline
export function structure(i: u32): Assoc {
  return changetype<Assoc>(<usize>load<u32>(SERVED_BY + (<usize>i << 2)));
}

export function structuresInit(): void {
  for (let i: u32 = 0; i < STRUCTURES; i++) {
    const words = GEOMETRY_PTR + <usize>(i * GEOMETRY_WORDS << 2);
    const s = changetype<Assoc>(RECORDS + <usize>i * ASSOC_BYTES);
    const sets = load<u32>(words + (G_SETS << 2)), ways = load<u32>(words + (G_WAYS << 2));
    s.sets = sets;
    s.ways = ways;
    s.mask = sets != 0 && (sets & (sets - 1)) == 0 ? sets - 1 : 0;
    s.stride = ((ways + 3) & ~3) << 2;
    s.policy = load<u32>(words + (G_POLICY << 2));
    s.random = 0x9e3779b9 ^ (i + 1);
    const spare = s.stride / 4 - ways;
    s.pad0 = spare > 2 ? 0xffffffff00000000 : 0;
    s.pad1 = spare > 1 ? 0xffffffffffffffff : spare == 1 ? 0xffffffff00000000 : 0;
    if (sets != 0) {
      s.tags = <u32>alloc(<usize>sets * <usize>s.stride);
      if (s.policy == PLRU) s.trees = <u32>alloc(<usize>sets << 3);
      structureFlush(s);
    }
    const shared = load<u32>(words + (G_SHARED << 2));
    const server = shared == 0 ? i : shared - 1;
    store<u32>(SERVED_BY + (<usize>i << 2), <u32>(RECORDS + <usize>server * ASSOC_BYTES));
  }
}

export function structureFlush(s: Assoc): void {
  if (s.sets == 0) return;
  memory.fill(<usize>s.tags, 0xff, <usize>s.sets * <usize>s.stride);
  if (s.policy == PLRU) memory.fill(<usize>s.trees, 0, <usize>s.sets << 3);
}

/** Address of the set of a 32-bit index. */
// @ts-ignore: decorator
@inline
export function setOf(s: Assoc, index: u32): usize {
  const set = s.mask != 0 ? index & s.mask : index % s.sets;
  return <usize>s.tags + <usize>set * <usize>s.stride;
}
/** Address of the set of a page number, which may need more than 32 bits. */
// @ts-ignore: decorator
@inline
export function setOfPage(s: Assoc, page: u64): usize {
  const set = s.mask != 0 ? <u32>page & s.mask : <u32>(page % <u64>s.sets);
  return <usize>s.tags + <usize>set * <usize>s.stride;
}

/** Looks `tag` up in the set at `base`; a miss puts it there. True on a hit. */
// @ts-ignore: decorator
@inline
export function touch(s: Assoc, base: usize, tag: u32): bool {
  if (load<u32>(base) == tag && s.policy == LRU) return true;
  return s.policy == LRU ? touchLru(s, base, tag) : touchFixed(s, base, tag);
}

function touchLru(s: Assoc, base: usize, tag: u32): bool {
  const wanted = i32x4.splat(tag);
  const end = base + <usize>s.stride;
  let before = wanted;
  for (let at = base; at < end; at += 16) {
    const here = v128.load(at);
    const shifted = v128.shuffle<u32>(before, here, 3, 4, 5, 6);
    const found = i32x4.bitmask(i32x4.eq(here, wanted));
    if (found != 0) {
      v128.store(at, v128.bitselect(shifted, here, v128.load(UP_TO + (<usize>ctz<u32>(found) << 4))));
      return true;
    }
    v128.store(at, shifted);
    before = here;
  }
  if (s.pad1 != 0) v128.store(end - 16, v128.or(v128.load(end - 16), v128.load(changetype<usize>(s) + offsetof<Assoc>("pad0"))));
  return false;
}

function touchFixed(s: Assoc, base: usize, tag: u32): bool {
  const ways = s.ways;
  let way: u32 = 0, empty = ways;
  for (; way < ways; way++) {
    const here = load<u32>(base + (<usize>way << 2));
    if (here == tag) break;
    if (here == EMPTY && empty == ways) empty = way;
  }
  const hit = way < ways;
  const tree = <usize>s.trees + (((base - <usize>s.tags) / <usize>s.stride) << 3);
  if (!hit) {
    way = empty < ways ? empty : s.policy == PLRU ? plruVictim(tree, ways) : randomVictim(s);
    store<u32>(base + (<usize>way << 2), tag);
  }
  if (s.policy == PLRU) plruTouch(tree, ways, way);
  return hit;
}

function plruVictim(tree: usize, ways: u32): u32 {
  const bits = load<u64>(tree);
  let n: u32 = 1;
  while (n < ways) n = 2 * n + <u32>((bits >> n) & 1);
  return n - ways;
}
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
function randomVictim(s: Assoc): u32 {
  let x = s.random;
  x ^= x << 13;
  x ^= x >> 17;
  x ^= x << 5;
  s.random = x;
  return x % s.ways;
}
