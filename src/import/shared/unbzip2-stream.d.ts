// The parts of unbzip2-stream that decode one block at a time; its types describe the stream only.
declare module "unbzip2-stream/lib/bit_iterator.js" {
  /** Reads bits of the buffers that it asks for; null goes on to the next whole byte. */
  interface BitReader {
    (bits: number | null): number;
    /** Bytes that were begun. */
    readonly bytesRead: number;
  }
  export default function bitIterator(nextBuffer: () => Uint8Array | undefined): BitReader;
}
declare module "unbzip2-stream/lib/bzip2.js" {
  type BitReader = import("unbzip2-stream/lib/bit_iterator.js").BitReader;
  const bzip2: {
    /** Reads the head of a stream: the size of its blocks in units of 100 kB. */
    header(bits: BitReader): number;
    /** Decodes a block; returns the checksum of the stream so far, or null at its end. */
    decompress(
      bits: BitReader,
      onByte: (byte: number) => void,
      buffer: Int32Array,
      size: number,
      checksum: number,
    ): number | null;
  };
  export default bzip2;
}
