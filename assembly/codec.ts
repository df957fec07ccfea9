// Entry of build/codec.wasm: decoders of compressed Arrow buffers. It knows addresses only, imports nothing and
// keeps no state between calls. Its memory: what the compiler placed, then what the host puts there.

export { lz4_block } from "./codec/lz4";
export { zstd } from "./codec/zstd";

/** First byte that is the host's. */
export function heap(): usize {
  return __heap_base;
}
