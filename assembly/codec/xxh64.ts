// XXH64 with seed 0 (the xxHash specification): the checksum of zstd frames.
const P1: u64 = 0x9e3779b185ebca87,
  P2: u64 = 0xc2b2ae3d27d4eb4f,
  P3: u64 = 0x165667b19e3779f9,
  P4: u64 = 0x85ebca77c2b2ae63,
  P5: u64 = 0x27d4eb2f165667c5;

// @ts-ignore: decorator
@inline
function round(lane: u64, input: u64): u64 {
  return rotl<u64>(lane + input * P2, 31) * P1;
}
// @ts-ignore: decorator
@inline
function merge(hash: u64, lane: u64): u64 {
  return (hash ^ round(0, lane)) * P1 + P4;
}

/** The low half of the hash, which is what frames have. */
export function xxh64(at: usize, length: usize): u32 {
  const end = at + length;
  let hash = P5;
  if (length >= 32) {
    let a = P1 + P2,
      b = P2,
      c: u64 = 0,
      d: u64 = 0 - P1;
    for (; end - at >= 32; at += 32) {
      a = round(a, load<u64>(at));
      b = round(b, load<u64>(at, 8));
      c = round(c, load<u64>(at, 16));
      d = round(d, load<u64>(at, 24));
    }
    hash = rotl<u64>(a, 1) + rotl<u64>(b, 7) + rotl<u64>(c, 12) + rotl<u64>(d, 18);
    hash = merge(merge(merge(merge(hash, a), b), c), d);
  }
  hash += <u64>length;
  for (; end - at >= 8; at += 8) hash = rotl<u64>(hash ^ round(0, load<u64>(at)), 27) * P1 + P4;
  if (end - at >= 4) {
    hash = rotl<u64>(hash ^ (<u64>load<u32>(at) * P1), 23) * P2 + P3;
    at += 4;
  }
  for (; at < end; at++) hash = rotl<u64>(hash ^ (<u64>load<u8>(at) * P5), 11) * P1;
  hash = (hash ^ (hash >> 33)) * P2;
  hash = (hash ^ (hash >> 29)) * P3;
  return <u32>(hash ^ (hash >> 32));
}
