/** Protocol Buffers' wire format (protobuf.dev, "Encoding"): varints in halves, without bigints. */
export class Wire {
  at = 0;
  /** The halves of the last varint. */
  low = 0;
  high = 0;

  /** Reads a varint of at most 64 bits; false when it runs over the end or is longer than ten bytes. */
  varint(bytes: Uint8Array, to: number): boolean {
    let i = this.at,
      low = 0,
      high = 0;
    for (let shift = 0; shift < 70; shift += 7) {
      if (i >= to) return false;
      const byte = bytes[i++]!,
        part = byte & 127;
      if (shift < 28) low |= part << shift;
      else if (shift === 28) {
        low |= part << 28;
        high = part >> 4;
      } else high |= part << (shift - 32);
      if (byte < 128) {
        this.low = low >>> 0;
        this.high = high >>> 0;
        this.at = i;
        return true;
      }
    }
    return false;
  }
  /** Passes over a field's value by its wire type; false for types that are none and values that run over. */
  skip(type: number, bytes: Uint8Array, to: number): boolean {
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
