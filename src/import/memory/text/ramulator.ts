import { KIND } from "../../../trace/memory/memory-rows.js";
import { Cursor } from "../access-text.js";
import { ACCESS, FOREIGN, type LineAccess, type LineReader, lineFormat } from "../line-format.js";

const [L, D, S, T, R, W] = [..."LDSTRW"].map((c) => c.charCodeAt(0)) as [
  number,
  number,
  number,
  number,
  number,
  number,
];
/** What a load or store is, where its size is not recorded: the width of a register. */
const WORD_BYTES = 8;
/** A transaction of DRAM: a burst of eight on 64 bits. */
const LINE_BYTES = 64;

/**
 * Ramulator's memory traces: `LD 0xADDR` and `ST 0xADDR` of Ramulator 2, whose address is decimal without 0x
 * (frontend/impl/memory_trace/loadstore_trace.cpp), and `0xADDR R`, `0xADDR W` of Ramulator 1's DRAM mode
 * (README of CMU-SAFARI/ramulator).
 */
class RamulatorReader implements LineReader {
  private readonly cursor = new Cursor();
  private loads = 0;
  private lines = 0;

  line(bytes: Uint8Array, from: number, to: number, access: LineAccess): number {
    const { cursor } = this,
      first = bytes[from];
    cursor.at = from;
    if (first === L || first === S) {
      if (bytes[from + 1] !== (first === L ? D : T)) return FOREIGN;
      cursor.at += 2;
      if (!cursor.spaces(bytes, to) || !this.address(bytes, to)) return FOREIGN;
      access.kind = first === L ? KIND.load : KIND.store;
      access.size = WORD_BYTES;
      access.low = cursor.low;
      access.high = cursor.high;
      cursor.spaces(bytes, to);
      if (cursor.at !== to) return FOREIGN;
      this.loads++;
      return ACCESS;
    }
    if (!this.address(bytes, to)) return FOREIGN;
    access.low = cursor.low;
    access.high = cursor.high;
    if (!cursor.spaces(bytes, to)) return FOREIGN;
    const op = bytes[cursor.at++];
    if (op !== R && op !== W) return FOREIGN;
    cursor.spaces(bytes, to);
    if (cursor.at !== to) return FOREIGN;
    access.kind = op === R ? KIND.load : KIND.store;
    access.size = LINE_BYTES - (cursor.low % LINE_BYTES);
    this.lines++;
    return ACCESS;
  }
  /** Hexadecimal with 0x, decimal without. */
  private address(bytes: Uint8Array, to: number): boolean {
    const { cursor } = this,
      start = cursor.at;
    return (bytes[start + 1]! | 32) === 120 ? cursor.prefixed(bytes, to) : cursor.wide(bytes, to);
  }
  notes(): string[] {
    return [
      ...(this.loads > 0 ? [`sizes of LD and ST are not recorded: ${WORD_BYTES} bytes are assumed`] : []),
      ...(this.lines > 0
        ? [`sizes of R and W are not recorded: the rest of a line of ${LINE_BYTES} bytes is assumed`]
        : []),
    ];
  }
}

export const ramulator = lineFormat({
  name: "ramulator",
  says: "a memory trace of Ramulator 1 or 2, lines of LD 0xaddr, ST 0xaddr, or 0xaddr R, 0xaddr W",
  example: ["dram.trace -o dram.arrow", "what Ramulator replays as LoadStoreTrace"],
  shape: "LD or ST and an address, or an address and R or W",
  columns: ["vaddr", "size", "kind"],
  origins: { size: "assumed" },
  lost: ["addresses are those that DRAM sees: physical ones, behind the caches of whoever made the trace"],
  sure: 0.95,
  reader: () => new RamulatorReader(),
});
