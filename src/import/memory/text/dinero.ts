import { KIND } from "../../../trace/memory/memory-rows.js";
import { droppedNote } from "../absent.js";
import { Cursor } from "../access-text.js";
import { ACCESS, FOREIGN, type LineAccess, type LineReader, lineFormat, SILENT } from "../line-format.js";

/** The size that Dinero takes for every access of a din trace. */
const WORD_BYTES = 4;
const READ = 0,
  FETCH = 2,
  LAST_LABEL = 4;
const LOWER = 32,
  [INSTRUCTION, COPY_BACK, INVALIDATE] = [..."icv"].map((c) => c.charCodeAt(0));
/** Kinds of xdin by their letter. */
const KINDS = new Int8Array(256).fill(-1);
for (const [letter, kind] of [
  ["r", KIND.load],
  ["m", KIND.load],
  ["w", KIND.store],
] as const)
  KINDS[letter.charCodeAt(0)] = kind;

/**
 * Dinero IV's traditional input: `label address`, both hexadecimal, what follows on the line is a comment
 * (dinfmt.c). Labels: 0 read, 1 write, 2 instruction fetch; others are orders to the simulator.
 */
class DinReader implements LineReader {
  instructions = 0;
  private gap = 0;
  private orders = 0;
  private readonly cursor = new Cursor();

  line(bytes: Uint8Array, from: number, to: number, access: LineAccess): number {
    const { cursor } = this;
    cursor.at = from;
    cursor.spaces(bytes, to);
    if (!cursor.prefixed(bytes, to) || cursor.high > 0 || cursor.low > LAST_LABEL) return FOREIGN;
    const label = cursor.low;
    if (!cursor.spaces(bytes, to) || !cursor.prefixed(bytes, to)) return FOREIGN;
    if (cursor.at < to && !cursor.spaces(bytes, to)) return FOREIGN;
    if (label === FETCH) {
      this.instructions++;
      this.gap++;
      return SILENT;
    }
    if (label > FETCH) {
      this.orders++;
      return SILENT;
    }
    access.kind = label === READ ? KIND.load : KIND.store;
    access.low = cursor.low;
    access.high = cursor.high;
    access.size = WORD_BYTES;
    access.gap = this.gap;
    this.gap = 0;
    return ACCESS;
  }
  notes(): string[] {
    return droppedNote(this.orders, "line", "labels 3 and 4 are orders to the simulator, not accesses");
  }
}

/**
 * Dinero IV's extended input: `r|w|i|m|c|v address size`, both hexadecimal (xdinfmt.c): read, write,
 * instruction, miscellaneous (a read that starts no prefetch), copy back, invalidate.
 */
class XdinReader implements LineReader {
  instructions = 0;
  private gap = 0;
  private orders = 0;
  private readonly cursor = new Cursor();

  line(bytes: Uint8Array, from: number, to: number, access: LineAccess): number {
    const { cursor } = this;
    cursor.at = from;
    cursor.spaces(bytes, to);
    const letter = bytes[cursor.at++]! | LOWER;
    if (!cursor.spaces(bytes, to) || !cursor.prefixed(bytes, to)) return FOREIGN;
    access.low = cursor.low;
    access.high = cursor.high;
    if (!cursor.spaces(bytes, to) || !cursor.prefixed(bytes, to) || cursor.high > 0) return FOREIGN;
    access.size = cursor.low;
    if (cursor.at < to && !cursor.spaces(bytes, to)) return FOREIGN;
    if (letter === INSTRUCTION) {
      this.instructions++;
      this.gap++;
      return SILENT;
    }
    if (letter === COPY_BACK || letter === INVALIDATE) {
      this.orders++;
      return SILENT;
    }
    const kind = KINDS[letter]!;
    if (kind < 0) return FOREIGN;
    access.kind = kind;
    access.gap = this.gap;
    this.gap = 0;
    return ACCESS;
  }
  notes(): string[] {
    return droppedNote(this.orders, "line", "c and v are orders to caches, not accesses");
  }
}

const LOST = ["addresses are those that the trace's maker took, which nothing says are virtual ones"];

export const dineroDin = lineFormat({
  name: "dinero-din",
  says: "a din trace of Dinero III and IV, lines of label (0, 1, 2) and hexadecimal address",
  example: ["cc1.din.gz -o cc1.arrow", "loads and stores of a din trace"],
  shape: "a label of 0 to 4 and a hexadecimal address",
  columns: ["vaddr", "size", "kind", "gap"],
  origins: { size: "assumed" },
  lost: [`sizes are not recorded: ${WORD_BYTES} bytes are assumed, as Dinero does`, ...LOST],
  sure: 0.8,
  reader: () => new DinReader(),
});

export const dineroXdin = lineFormat({
  name: "dinero-xdin",
  says: "an extended din trace of Dinero IV, lines of r, w or i, hexadecimal address and size",
  example: ["run.xdin -o run.arrow", "-informat D of Dinero IV"],
  shape: "r, w, i, m, c or v, a hexadecimal address and a hexadecimal size",
  columns: ["vaddr", "size", "kind", "gap"],
  origins: {},
  lost: LOST,
  sure: 0.92,
  reader: () => new XdinReader(),
});
