/** Data of the frames in fixtures/zstd, which the zstd tool (1.5.4) packed with the options that the names say. */
export const PACKED: Readonly<
  Record<string, { readonly data: () => Uint8Array; readonly frames: readonly string[] }>
> = {
  // Blocks of four streams of literals, trees and tables that later blocks use again.
  lines: {
    data: () => text(7000, (i) => `row ${i} vaddr 0x${((i * 2654435761) >>> 12).toString(16)}\n`),
    frames: ["lines-1", "lines-19-check"],
  },
  // A tree with compressed weights, one stream, lengths beyond the given tables.
  words: {
    data: () => text(160, (i) => `${["load", "store", "fetch", "modify"][((i * i) % 7) & 3]!} ${i % 13};`),
    frames: ["words-3", "words-19"],
  },
  // Blocks of one byte, and of bytes as they are.
  zeros: { data: () => new Uint8Array(300_000), frames: ["zeros-3", "zeros-fast"] },
  noise: {
    data: () => Uint8Array.from({ length: 900 }, (_, i) => Math.imul(i + 1, 2654435761) >>> 23),
    frames: ["noise-3"],
  },
};

function text(n: number, line: (i: number) => string): Uint8Array {
  return new TextEncoder().encode(Array.from({ length: n }, (_, i) => line(i)).join(""));
}
