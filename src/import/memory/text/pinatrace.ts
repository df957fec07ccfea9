import { KIND } from "../../../trace/memory/memory-rows.js";
import { Cursor } from "../access-text.js";
import { ACCESS, FOREIGN, type LineAccess, type LineReader, lineFormat, SILENT } from "../line-format.js";

const COLON = 58,
  HASH = 35,
  READ = 82,
  WRITE = 87;
/** What an x86-64 access is, where its size is not recorded: the width of a register. */
const ASSUMED_BYTES = 8;

/**
 * Output of Pin's example tool pinatrace and of the variants that people print: `0xip: R 0xaddr`,
 * `0xip: W 0xaddr SIZE` and `0xip: W 0xaddr SIZE VALUE` (Pin kit, source/tools/ManualExamples/pinatrace.cpp,
 * whose printf is "%p: R %p"; the size comes from IARG_MEMORYREAD_SIZE, the value is what lies there).
 * A line ends the file as `#eof`. Instructions without an access are not printed.
 */
class PinatraceReader implements LineReader {
  private readonly cursor = new Cursor();
  private sized = 0;
  private bare = 0;

  line(bytes: Uint8Array, from: number, to: number, access: LineAccess): number {
    if (bytes[from] === HASH) return SILENT;
    const { cursor } = this;
    cursor.at = from;
    cursor.spaces(bytes, to);
    if (!cursor.prefixed(bytes, to)) return FOREIGN;
    access.pcLow = cursor.low;
    access.pcHigh = cursor.high;
    if (!cursor.byte(bytes, to, COLON) || !cursor.spaces(bytes, to)) return FOREIGN;
    const op = bytes[cursor.at++];
    if ((op !== READ && op !== WRITE) || !cursor.spaces(bytes, to) || !cursor.prefixed(bytes, to))
      return FOREIGN;
    access.kind = op === READ ? KIND.load : KIND.store;
    access.low = cursor.low;
    access.high = cursor.high;
    access.size = ASSUMED_BYTES;
    if (cursor.at === to) {
      this.bare++;
      return ACCESS;
    }
    if (!cursor.spaces(bytes, to)) return FOREIGN;
    if (cursor.at === to) {
      this.bare++;
      return ACCESS;
    }
    const size = cursor.decimal(bytes, to);
    if (size < 0 || (cursor.at < to && !cursor.spaces(bytes, to))) return FOREIGN;
    access.size = size;
    this.sized++;
    return ACCESS;
  }
  notes(): string[] {
    if (this.bare === 0) return [];
    return [
      (this.sized === 0 ? "sizes are not recorded" : `the sizes of ${this.bare} accesses are not recorded`) +
        `: ${ASSUMED_BYTES} bytes are assumed`,
    ];
  }
  origins(): { size?: "assumed" } {
    return this.bare > 0 ? { size: "assumed" } : {};
  }
}

export const pinatrace = lineFormat({
  name: "pinatrace",
  says: "output of Pin's pinatrace, lines of 0xip: R 0xaddr, with or without a size",
  example: ["pinatrace.out.gz -o run.arrow", "what pin -t pinatrace.so printed"],
  shape: "0xip: R 0xaddr, or W, and a size in bytes if there is one",
  columns: ["vaddr", "size", "kind", "pc"],
  origins: { size: "recorded", pc: "recorded" },
  lost: [
    "values that the tool printed are left out",
    "an instruction that loads and stores one operand is two rows, a load and a store",
    "accesses of the kernel are not recorded",
  ],
  sure: 0.97,
  reader: () => new PinatraceReader(),
});
