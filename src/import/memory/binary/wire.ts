/** Protocol Buffers' wire format (protobuf.dev, "Encoding"): varints in halves, without bigints. */
export class Wire {
  at = 0;
  /** The halves of the last varint. */
  low = 0;
  high = 0;

  /**
   * Reads a varint of at most 64 bits; false when it runs over the end or is longer than ten bytes.
   * Four bytes of seven bits fill most of the lower half, the fifth reaches into the upper one.
   */
  varint(bytes: Uint8Array, to: number): boolean {
    let i = this.at,
      byte = bytes[i++]!,
      low = byte & 127,
      high = 0;
    for (let shift = 7; byte > 127 && shift < 28 && i < to; shift += 7) {
      byte = bytes[i++]!;
      low |= (byte & 127) << shift;
    }
    if (byte > 127 && i < to) {
      byte = bytes[i++]!;
      low |= (byte & 127) << 28;
      high = (byte & 127) >> 4;
      for (let shift = 3; byte > 127 && shift < 32 && i < to; shift += 7) {
        byte = bytes[i++]!;
        high |= (byte & 127) << shift;
      }
    }
    this.low = low >>> 0;
    this.high = high >>> 0;
    this.at = i;
    return byte < 128 && i <= to;
  }
  /** Passes over a field's value by its wire type; false for types that are none and values that run over. */
  past(type: number, bytes: Uint8Array, to: number): boolean {
    if (type === 0) return this.varint(bytes, to);
    if (type === 2) {
      if (!this.varint(bytes, to) || this.high > 0) return false;
      this.at += this.low;
    } else if (type === 5) this.at += 4;
    else if (type === 1) this.at += 8;
    else return false;
    return this.at <= to;
  }
}
