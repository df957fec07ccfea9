import { CorruptError } from "./flatbuffer.js";
import type { ArrowType } from "./messages.js";

/** Types whose values are words, and how their buffers lie: offsets of 4 or 8 bytes, or views of 16. */
export const TEXT_WIDTH: Partial<Record<ArrowType, 4 | 8 | 16>> = { utf8: 4, large_utf8: 8, utf8_view: 16 };
/** A view holds so many bytes itself; more lie in a buffer of their own. */
const INLINE = 12;

/**
 * Words of a column or dictionary. `index` are its offsets or views, `data` the
 * buffers that they point into; what points elsewhere is a CorruptError.
 */
export class Words {
  private readonly width: 4 | 8 | 16;
  private readonly index: DataView;
  private readonly data: readonly Uint8Array[];
  private readonly text = new TextDecoder("utf-8", { fatal: true });

  constructor(width: 4 | 8 | 16, count: number, index: Uint8Array, data: readonly Uint8Array[]) {
    const entries = count === 0 ? 0 : width === 16 ? count : count + 1;
    if (index.length < width * entries) throw new CorruptError("offsets of words are cut off");
    this.width = width;
    this.index = new DataView(index.buffer, index.byteOffset, index.byteLength);
    this.data = data;
  }
  at(i: number): string {
    const bytes = this.width === 16 ? this.view(16 * i) : this.between(this.offset(i), this.offset(i + 1));
    if (!bytes) throw new CorruptError(`word ${i} is outside its text`);
    try {
      return this.text.decode(bytes);
    } catch {
      throw new CorruptError(`word ${i} is not UTF-8`);
    }
  }
  private offset(i: number): number {
    return this.width === 4 ? this.index.getInt32(4 * i, true) : Number(this.index.getBigInt64(8 * i, true));
  }
  private between(from: number, to: number, data = this.data[0]): Uint8Array | undefined {
    if (from === to && from === 0) return new Uint8Array();
    return data && from >= 0 && from <= to && to <= data.length ? data.subarray(from, to) : undefined;
  }
  private view(at: number): Uint8Array | undefined {
    const length = this.index.getInt32(at, true);
    if (length <= INLINE)
      return length < 0
        ? undefined
        : new Uint8Array(this.index.buffer, this.index.byteOffset + at + 4, length);
    const from = this.index.getInt32(at + 12, true);
    return this.between(from, from + length, this.data[this.index.getInt32(at + 8, true)]);
  }
}
