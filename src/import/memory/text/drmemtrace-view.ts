import { KIND } from "../../../trace/memory/memory-rows.js";
import { droppedNote } from "../absent.js";
import { Cursor } from "../access-text.js";
import { DRMEMTRACE_LOST, GapByThread } from "../drmemtrace.js";
import { ACCESS, FOREIGN, type LineAccess, type LineReader, lineFormat, SILENT } from "../line-format.js";

const COLON = 58,
  AT = 64,
  LESS = 60,
  LOWER_I = 105,
  LOWER_R = 114,
  LOWER_W = 119,
  DIGIT = 48;
const word = (text: string): Uint8Array => Uint8Array.from(text, (c) => c.charCodeAt(0));
const BYTES = word("byte(s) "),
  BY_PC = word("by PC "),
  FETCH = word("ifetch"),
  FLUSH = word("iflush"),
  READ = word("read"),
  WRITE = word("write"),
  PREFETCH = word("pref"),
  DATA_FLUSH = word("dflush");

/**
 * What drmemtrace's view tool prints, on standard error: record, instruction, `:`, thread, then
 * `read 8 byte(s) @ 0x… by PC 0x…`, `write …`, `ifetch 3 byte(s) @ 0x… disassembly`, or `<marker: …>`
 * (DynamoRIO, clients/drcachesim/tools/view.cpp and view.h). Long encodings run over to a second line, which
 * has the numbers and no word; rules of dashes stand where threads change.
 */
class ViewReader implements LineReader {
  instructions = 0;
  private readonly gaps = new GapByThread();
  private readonly cursor = new Cursor();
  private prefetches = 0;
  private markers = 0;

  line(bytes: Uint8Array, from: number, to: number, access: LineAccess): number {
    const { cursor, gaps } = this;
    cursor.at = from;
    cursor.spaces(bytes, to);
    if (cursor.decimal(bytes, to) < 0 || !cursor.spaces(bytes, to)) return FOREIGN;
    if (cursor.decimal(bytes, to) < 0 || !cursor.byte(bytes, to, COLON)) return FOREIGN;
    cursor.spaces(bytes, to);
    const tid = cursor.decimal(bytes, to);
    if (tid < 0 || tid > 0xffffffff || !cursor.spaces(bytes, to)) return FOREIGN;
    gaps.to(tid);
    const first = bytes[cursor.at];
    if (first === LESS) {
      this.markers++;
      return SILENT;
    }
    if (first === LOWER_I && cursor.word(bytes, to, FETCH)) {
      gaps.gap++;
      this.instructions++;
      return SILENT;
    }
    if (first === LOWER_R && cursor.word(bytes, to, READ)) access.kind = KIND.load;
    else if (first === LOWER_W && cursor.word(bytes, to, WRITE)) access.kind = KIND.store;
    else return this.other(bytes, to);
    if (!cursor.spaces(bytes, to)) return FOREIGN;
    access.size = cursor.decimal(bytes, to);
    if (access.size < 0 || !cursor.spaces(bytes, to) || !cursor.word(bytes, to, BYTES)) return FOREIGN;
    if (!cursor.byte(bytes, to, AT) || !cursor.spaces(bytes, to) || !cursor.prefixed(bytes, to))
      return FOREIGN;
    access.low = cursor.low;
    access.high = cursor.high;
    if (!cursor.spaces(bytes, to) || !cursor.word(bytes, to, BY_PC)) return FOREIGN;
    if (!cursor.prefixed(bytes, to) || cursor.at !== to) return FOREIGN;
    access.pcLow = cursor.low;
    access.pcHigh = cursor.high;
    access.tid = tid;
    access.gap = gaps.gap;
    gaps.gap = 0;
    return ACCESS;
  }
  private other(bytes: Uint8Array, to: number): number {
    const { cursor } = this;
    if ([PREFETCH, FLUSH, DATA_FLUSH].some((w) => cursor.word(bytes, to, w))) {
      this.prefetches++;
      return SILENT;
    }
    const byte = bytes[cursor.at]!;
    // the rest of an encoding, in hexadecimal digits
    return (byte >= DIGIT && byte <= DIGIT + 9) || (byte >= 97 && byte <= 102) ? SILENT : FOREIGN;
  }
  notes(): string[] {
    return [
      `${this.gaps.seen.size} thread${this.gaps.seen.size === 1 ? "" : "s"} and ` +
        `${this.instructions} instructions were read`,
      ...droppedNote(this.markers, "marker", "memory/1 has no place for them"),
      ...droppedNote(this.prefetches, "prefetch or flush", "these are not accesses"),
    ];
  }
}

export const drmemtraceView = lineFormat({
  name: "drmemtrace-view",
  says: "what drmemtrace's view tool prints (drrun -t drmemtrace -tool view), on standard error",
  example: ["view.txt.zst -o app.arrow", "all threads of a program, in the order of the view"],
  shape: "record, instruction:, thread, then read, write or ifetch, N byte(s) @ 0xaddr",
  columns: ["vaddr", "size", "kind", "gap", "tid", "pc"],
  origins: { tid: "recorded", pc: "recorded" },
  lost: DRMEMTRACE_LOST,
  sure: 0.97,
  mixed: true,
  reader: () => new ViewReader(),
});
