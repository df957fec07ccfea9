import bitIterator from "unbzip2-stream/lib/bit_iterator.js";
import bzip2 from "unbzip2-stream/lib/bzip2.js";

const UNIT = 100_000;
/** No packed block is longer than its data and this: tables of symbols and codes. */
const TABLES = 25_000;
const HEAD = 4;

/**
 * Decodes bzip2, also several streams in a row; blocks (at most 900 kB before a run-length code) and streams
 * have checksums. A block at a time is decoded, since the package's own stream decodes all that it has been
 * given at once, which of well-packed data is gigabytes.
 */
export async function* unbz2(chunks: AsyncGenerator<Uint8Array>): AsyncGenerator<Uint8Array> {
  const queue: Uint8Array[] = [],
    out = new Growing();
  let got = 0,
    ended = false;
  const bits = bitIterator(() => queue.shift() ?? (got === 0 ? new Uint8Array() : undefined));
  /** Whether anything follows; so many bytes are at hand if the file has them. */
  const follow = async (bytes: number): Promise<boolean> => {
    while (!ended && got - bits.bytesRead < bytes) {
      const next = await chunks.next();
      if (next.done) ended = true;
      else if (next.value.length > 0) {
        queue.push(next.value);
        got += next.value.length;
      }
    }
    return got > bits.bytesRead;
  };
  while (await follow(HEAD)) {
    const size = explained(() => bzip2.header(bits)) * UNIT,
      buffer = new Int32Array(size);
    for (let checksum: number | null = 0; checksum !== null; ) {
      if (!(await follow(size + TABLES))) throw new Error("unexpected end");
      const before: number = checksum;
      checksum = explained(() => bzip2.decompress(bits, out.add, buffer, size, before));
      if (out.length > 0) yield out.take();
    }
  }
}

/** Bytes as they come. */
class Growing {
  length = 0;
  private bytes = new Uint8Array(1 << 20);

  readonly add = (byte: number): void => {
    if (this.length === this.bytes.length) {
      const larger = new Uint8Array(2 * this.length);
      larger.set(this.bytes);
      this.bytes = larger;
    }
    this.bytes[this.length++] = byte;
  };
  take(): Uint8Array {
    const taken = this.bytes.slice(0, this.length);
    this.length = 0;
    return taken;
  }
}

/** The package's own messages are jokes, but for the one about checksums. */
function explained<T>(decode: () => T): T {
  try {
    return decode();
  } catch (error) {
    const { name, message } = error as Error;
    // It reads bits of a buffer that is not there.
    if (name === "TypeError") throw new Error("unexpected end");
    throw new Error(/crc32/.test(message) ? "its checksum is not that of its data" : "its data are damaged");
  }
}
