// Set-associative cache with true LRU (R4.20).
//   header { sets u32, ways u32, tags u32 } ; a set is `ways` tags u64, most recent first; tag = key + 1, 0 is empty.
// Keeping a set in recency order makes a hit on the last key one compare, and needs no stamps.
import { alloc } from "../lib/arena";

@unmanaged
export class Cache {
  sets: u32;
  ways: u32;
  tags: u32;
  pad: u32;
}

/** A cache without entries (R4.20). */
export function cacheNew(lines: u32, ways: u32): Cache {
  const cache = changetype<Cache>(alloc(offsetof<Cache>()));
  if (ways == 0) ways = 1;
  let sets = lines / ways;
  if (sets == 0) sets = 1;
  cache.sets = sets;
  cache.ways = ways;
  cache.tags = <u32>alloc((<usize>sets * <usize>ways) << 3);
  return cache;
}

/** Looks `key` up and makes it the most recent of its set. True on a hit (R4.20). */
export function cacheLookup(cache: Cache, key: u64): bool {
  const set = <u32>((key * 0x9e3779b97f4a7c15) >> 32) % cache.sets;
  const base = <usize>cache.tags + ((<usize>set * <usize>cache.ways) << 3);
  const tag = key + 1;
  let carried = load<u64>(base);
  if (carried == tag) return true;
  const ways = cache.ways;
  for (let i: u32 = 1; i < ways; i++) {
    const slot = base + ((<usize>i) << 3);
    const here = load<u64>(slot);
    store<u64>(slot, carried);
    if (here == tag) {
      store<u64>(base, tag);
      return true;
    }
    carried = here;
  }
  store<u64>(base, tag);
  return false;
}
