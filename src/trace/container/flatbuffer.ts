/** A flatbuffer that does not add up; whoever knows the file turns it into a sentence. */
export class CorruptError extends Error {
  /** What to do about it, where the file is not simply damaged. */
  readonly advice: string | undefined;
  constructor(message: string, advice?: string) {
    super(message);
    this.advice = advice;
  }
}

/**
 * Bounds-checked reading of a flatbuffer. Generated accessors
 * trust offsets and lengths, so that one flipped byte
 * can make them loop over 2^31 elements; here every read is checked and
 * the number of reads is bounded by the input's size.
 */
export class FlatBuffer {
  private readonly view: DataView;
  private budget: number;

  constructor(bytes: Uint8Array) {
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.budget = 64 + 8 * bytes.byteLength;
  }
  private check(at: number, length: number): void {
    if (--this.budget < 0 || !(at >= 0 && length >= 0 && at + length <= this.view.byteLength))
      throw new CorruptError(`metadata offset ${at} is out of bounds`);
  }
  u8(at: number): number {
    this.check(at, 1);
    return this.view.getUint8(at);
  }
  i16(at: number): number {
    this.check(at, 2);
    return this.view.getInt16(at, true);
  }
  u16(at: number): number {
    this.check(at, 2);
    return this.view.getUint16(at, true);
  }
  i32(at: number): number {
    this.check(at, 4);
    return this.view.getInt32(at, true);
  }
  u32(at: number): number {
    this.check(at, 4);
    return this.view.getUint32(at, true);
  }
  /** A 64-bit length or offset, which must be a safe integer. */
  i64(at: number): number {
    this.check(at, 8);
    const value = Number(this.view.getBigInt64(at, true));
    if (!Number.isSafeInteger(value)) throw new CorruptError(`number ${value} is too large`);
    return value;
  }
  bytes(at: number, length: number): Uint8Array {
    this.check(at, length);
    return new Uint8Array(this.view.buffer, this.view.byteOffset + at, length);
  }
  root(): FlatTable {
    return new FlatTable(this, this.u32(0));
  }
}

export interface FlatVector {
  at: number;
  length: number;
}

export class FlatTable {
  private readonly fb: FlatBuffer;
  private readonly at: number;
  private readonly vtable: number;

  constructor(fb: FlatBuffer, at: number) {
    this.fb = fb;
    this.at = at;
    this.vtable = at - fb.i32(at);
  }
  /** Position of a field's value; 0 when it is absent. */
  private slot(field: number): number {
    const entry = 4 + 2 * field;
    if (entry + 2 > this.fb.u16(this.vtable)) return 0;
    const offset = this.fb.u16(this.vtable + entry);
    return offset === 0 ? 0 : this.at + offset;
  }
  u8(field: number, otherwise = 0): number {
    const p = this.slot(field);
    return p ? this.fb.u8(p) : otherwise;
  }
  i16(field: number): number {
    const p = this.slot(field);
    return p ? this.fb.i16(p) : 0;
  }
  i32(field: number): number {
    const p = this.slot(field);
    return p ? this.fb.i32(p) : 0;
  }
  i64(field: number): number {
    const p = this.slot(field);
    return p ? this.fb.i64(p) : 0;
  }
  bool(field: number): boolean {
    return this.u8(field) !== 0;
  }
  table(field: number): FlatTable | undefined {
    const p = this.slot(field);
    return p ? new FlatTable(this.fb, p + this.fb.u32(p)) : undefined;
  }
  /** A vector whose elements take `size` bytes each, all within the buffer. */
  vector(field: number, size: number): FlatVector {
    const p = this.slot(field);
    if (!p) return { at: 0, length: 0 };
    const start = p + this.fb.u32(p);
    const length = this.fb.u32(start);
    this.fb.bytes(start + 4, length * size);
    return { at: start + 4, length };
  }
  tables(field: number): FlatTable[] {
    const { at, length } = this.vector(field, 4);
    return Array.from({ length }, (_, i) => new FlatTable(this.fb, at + 4 * i + this.fb.u32(at + 4 * i)));
  }
  string(field: number): string {
    const { at, length } = this.vector(field, 1);
    try {
      return new TextDecoder("utf-8", { fatal: true }).decode(this.fb.bytes(at, length));
    } catch (error) {
      if (error instanceof CorruptError) throw error;
      throw new CorruptError(`text at metadata offset ${at} is not UTF-8`);
    }
  }
}
