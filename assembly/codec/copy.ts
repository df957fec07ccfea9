// Copies in steps, which pass their end by up to SLACK bytes: the host leaves so much room after the output
// and around the input. Whoever calls has checked the length itself.
export const SLACK: usize = 32;

/** Copies `length` bytes that do not overlap. */
// @ts-ignore: decorator
@inline
export function copy(to: usize, from: usize, length: usize): void {
  const end = to + length;
  do {
    v128.store(to, v128.load(from));
    to += 16;
    from += 16;
  } while (to < end);
}

/** Copies `length` bytes from `distance` before, a byte at a time as it were: they may overlap. */
// @ts-ignore: decorator
@inline
export function repeat(to: usize, distance: usize, length: usize): void {
  if (distance >= 16) copy(to, to - distance, length);
  else repeatNear(to, distance, length);
}

function repeatNear(to: usize, distance: usize, length: usize): void {
  const end = to + length;
  let from = to - distance;
  if (distance >= 8 && length <= 32) {
    while (to < end) {
      store<u64>(to, load<u64>(from));
      to += 8;
      from += 8;
    }
    return;
  }
  // What repeats every `distance` repeats every multiple of it: from 16 on, vectors can be copied.
  const step: usize = ((15 + distance) / distance) * distance,
    head = min<usize>(to + step, end);
  while (to < head) store<u8>(to++, load<u8>(from++));
  if (to < end) copy(to, to - step, end - to);
}
