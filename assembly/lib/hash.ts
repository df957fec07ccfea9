// Open-addressing hash map from u64 keys to u32 values. Key 0 is reserved: callers keep keys non-zero.
//   table: capacity (power of two) entries of 16 bytes { key u64, value u32, pad u32 }
import { alloc } from "./arena";

@unmanaged
export class HashMap {
  table: u32;
  mask: u32;
  count: u32;
  pad: u32;
}

// @ts-ignore: decorator
@inline
function slotOf(key: u64, mask: u32): u32 {
  return <u32>((key * 0x9e3779b97f4a7c15) >> 32) & mask;
}

export function hashNew(capacity: u32): HashMap {
  const map = changetype<HashMap>(alloc(offsetof<HashMap>()));
  map.table = <u32>alloc((<usize>capacity) << 4);
  map.mask = capacity - 1;
  map.count = 0;
  return map;
}

/** Value of `key`, or `none`. */
export function hashGet(map: HashMap, key: u64, none: u32): u32 {
  let i = slotOf(key, map.mask);
  const table = <usize>map.table;
  while (true) {
    const entry = table + ((<usize>i) << 4);
    const k = load<u64>(entry);
    if (k == key) return load<u32>(entry, 8);
    if (k == 0) return none;
    i = (i + 1) & map.mask;
  }
}

export function hashSet(map: HashMap, key: u64, value: u32): void {
  if (map.count * 4 >= map.mask * 3) grow(map);
  let i = slotOf(key, map.mask);
  while (true) {
    const entry = <usize>map.table + ((<usize>i) << 4);
    const k = load<u64>(entry);
    if (k == 0 || k == key) {
      if (k == 0) map.count++;
      store<u64>(entry, key);
      store<u32>(entry, value, 8);
      return;
    }
    i = (i + 1) & map.mask;
  }
}

function grow(map: HashMap): void {
  const old = <usize>map.table;
  const entries = map.mask + 1;
  map.table = <u32>alloc((<usize>entries) << 5);
  map.mask = entries * 2 - 1;
  map.count = 0;
  for (let i: u32 = 0; i < entries; i++) {
    const entry = old + ((<usize>i) << 4);
    const k = load<u64>(entry);
    if (k != 0) hashSet(map, k, load<u32>(entry, 8));
  }
}
