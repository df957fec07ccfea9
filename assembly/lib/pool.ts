// Free lists of fixed-size records. A record's first word links it
// while it is free; everything else keeps its last content.
import { alloc } from "./arena";

/** Takes a record from the list at `head` (address of a u32), or cuts a new one. */
// @ts-ignore: decorator
@inline
export function take(head: usize, bytes: usize): usize {
  const ptr = <usize>load<u32>(head);
  if (ptr == 0) return alloc(bytes);
  store<u32>(head, load<u32>(ptr));
  return ptr;
}

// @ts-ignore: decorator
@inline
export function give(head: usize, ptr: usize): void {
  store<u32>(ptr, load<u32>(head));
  store<u32>(head, <u32>ptr);
}
