import { KIND } from "../../../trace/memory/memory-rows.js";
import { Cursor } from "../access-text.js";
import { ACCESS, FOREIGN, type LineAccess, type LineReader, lineFormat } from "../line-format.js";
import { PROSPERO_LOST } from "../prospero.js";

const LOWER = 32,
  R = 114,
  W = 119;

/**
 * SST Prospero's text traces: `cycle R|W address bytes`, all numbers decimal: its reader scans
 * "%PRIu64 %c %PRIu64 %PRIu32" (sst-elements, prospero/prostextreader.cc) and would take 0x10 for 0.
 */
class ProsperoReader implements LineReader {
  private readonly cursor = new Cursor();

  line(bytes: Uint8Array, from: number, to: number, access: LineAccess): number {
    const { cursor } = this;
    cursor.at = from;
    cursor.spaces(bytes, to);
    if (!cursor.wide(bytes, to) || !cursor.spaces(bytes, to)) return FOREIGN;
    const op = bytes[cursor.at++]! | LOWER;
    if ((op !== R && op !== W) || !cursor.spaces(bytes, to) || !cursor.wide(bytes, to)) return FOREIGN;
    access.kind = op === R ? KIND.load : KIND.store;
    access.low = cursor.low;
    access.high = cursor.high;
    if (!cursor.spaces(bytes, to)) return FOREIGN;
    access.size = cursor.decimal(bytes, to);
    if (access.size < 0) return FOREIGN;
    cursor.spaces(bytes, to);
    return cursor.at === to ? ACCESS : FOREIGN;
  }
}

export const prosperoText = lineFormat({
  name: "prospero-text",
  says: "a text trace of SST Prospero, lines of cycle, R or W, decimal address, bytes",
  example: ["sstprospero-0-0.trace -o run.arrow", "what SST's Prospero reads as text"],
  shape: "a cycle, R or W, a decimal address and a number of bytes",
  columns: ["vaddr", "size", "kind"],
  origins: {},
  lost: PROSPERO_LOST,
  sure: 0.95,
  reader: () => new ProsperoReader(),
});
