/** Bytes of a stream in the pieces that its reader asks for. What ends too early is an "unexpected end". */
export class Bytes {
  private readonly chunks: AsyncIterator<Uint8Array>;
  private chunk = new Uint8Array();
  private at = 0;

  constructor(chunks: AsyncIterator<Uint8Array>) {
    this.chunks = chunks;
  }
  /** Whether nothing follows. */
  async ended(): Promise<boolean> {
    while (this.at === this.chunk.length) {
      const next = await this.chunks.next();
      if (next.done) return true;
      this.chunk = next.value as Uint8Array<ArrayBuffer>;
      this.at = 0;
    }
    return false;
  }
  /** The next `n` bytes. */
  async take(n: number): Promise<Uint8Array> {
    if (this.chunk.length - this.at >= n) {
      this.at += n;
      return this.chunk.subarray(this.at - n, this.at);
    }
    const bytes = new Uint8Array(n);
    for (let got = 0; got < n; ) {
      if (await this.ended()) throw new Error("unexpected end");
      const piece = this.chunk.subarray(this.at, this.at + n - got);
      bytes.set(piece, got);
      got += piece.length;
      this.at += piece.length;
    }
    return bytes;
  }
  /** The next `n` bytes, or those that are left. */
  async upTo(n: number): Promise<Uint8Array> {
    if (this.chunk.length - this.at >= n) return this.take(n);
    const bytes = new Uint8Array(n);
    let got = 0;
    while (got < n && !(await this.ended())) {
      const piece = this.chunk.subarray(this.at, this.at + n - got);
      bytes.set(piece, got);
      got += piece.length;
      this.at += piece.length;
    }
    return bytes.subarray(0, got);
  }
  /** The bytes before the next `stop`, which is passed; what there is, up to about `most`, where it does not come. */
  async until(stop: number, most: number): Promise<{ bytes: Uint8Array; found: boolean }> {
    const pieces: Uint8Array[] = [];
    let length = 0,
      found = false;
    while (!found && length < most && !(await this.ended())) {
      const end = this.chunk.indexOf(stop, this.at),
        piece = this.chunk.slice(this.at, end < 0 ? undefined : end);
      found = end >= 0;
      pieces.push(piece);
      length += piece.length;
      this.at += piece.length + (found ? 1 : 0);
    }
    const bytes = new Uint8Array(length);
    let at = 0;
    for (const piece of pieces) {
      bytes.set(piece, at);
      at += piece.length;
    }
    return { bytes, found };
  }
  async past(n: number): Promise<void> {
    for (let left = n; left > 0; ) {
      if (await this.ended()) throw new Error("unexpected end");
      const step = Math.min(left, this.chunk.length - this.at);
      this.at += step;
      left -= step;
    }
  }
  /** Four bytes, little-endian. */
  async u32(): Promise<number> {
    const b = await this.take(4);
    return (b[0]! | (b[1]! << 8) | (b[2]! << 16) | (b[3]! << 24)) >>> 0;
  }
}
