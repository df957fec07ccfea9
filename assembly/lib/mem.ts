// Small moves and fills in 16-byte steps: the engine's bulk instructions
// are calls, dearer than the few stores they would replace.

/** Zeroes `bytes`, rounded up to 16. */
// @ts-ignore: decorator
@inline
export function zero(ptr: usize, bytes: usize): void {
  const z = i64x2.splat(0);
  for (let i: usize = 0; i < bytes; i += 16) v128.store(ptr + i, z);
}
/** Copies `bytes`, rounded up to 16. */
// @ts-ignore: decorator
@inline
export function move(dst: usize, src: usize, bytes: usize): void {
  for (let i: usize = 0; i < bytes; i += 16) v128.store(dst + i, v128.load(src + i));
}
