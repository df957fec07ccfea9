// Bump allocation in linear memory. Nothing is given back to the
// arena: records return to the free lists of lib/pool.ts,
// so memory grows with what is in flight, not with the trace.

let cursor: usize = 0;

/** `bytes` of zeroed memory at a 64-byte boundary. Traps when the host refuses to grow the memory. */
export function alloc(bytes: usize): usize {
  if (cursor == 0) cursor = (__heap_base + 63) & ~63;
  const ptr = cursor;
  cursor = (cursor + bytes + 63) & ~63;
  if (cursor < ptr) unreachable();
  const have = (<usize>memory.size()) << 16;
  if (cursor > have) {
    // Grow by a quarter at least: each growth detaches the host's views.
    let pages = <i32>((cursor - have + 0xffff) >> 16);
    const extra = <i32>(memory.size() >> 2);
    if (extra > pages && <u32>memory.size() + <u32>extra < 65536) pages = extra;
    if (memory.grow(pages) < 0) unreachable();
  }
  return ptr;
}
