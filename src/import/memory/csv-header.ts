import { KIND, type MemoryColumn } from "../../trace/memory/memory-rows.js";
import { Cursor } from "./access-text.js";

/** What a column of a table of accesses is, by the names that people give it. */
const NAMES: readonly (readonly [RegExp, Field])[] = [
  [/^(op|kind|type|rw|access)$/, "kind"],
  [/^addr_hex$/, "hexadecimal"],
  [/^(v?addr(ess)?|va)$/, "vaddr"],
  [/^(size|bytes|length|len)$/, "size"],
  [/^i?gap$/, "gap"],
  [/^(tid|thread|thread_id)$/, "tid"],
  [/^(pc|ip)$/, "pc"],
  [/^(t|t_ns|time_ns)$/, "t"],
];
type Field = MemoryColumn | "hexadecimal";
const KINDS: ReadonlyMap<string, number> = new Map([
  ...["l", "r", "load", "read", "0"].map((word) => [word, KIND.load] as const),
  ...["s", "w", "store", "write", "1"].map((word) => [word, KIND.store] as const),
  ...["m", "modify", "2"].map((word) => [word, KIND.modify] as const),
]);
const COMMA = 44,
  ASSUMED_BYTES = 8,
  TEXT = new TextDecoder();
const WANT: Readonly<Record<Field, string>> = {
  kind: "L, S, M, R, W, load, store, modify, read or write",
  hexadecimal: "hexadecimal digits (without 0x) of 64 bits",
  vaddr: "a number of 64 bits, decimal or 0x and hexadecimal digits",
  size: "a decimal number",
  gap: "a decimal number of at most 4294967295",
  tid: "a decimal number of at most 4294967295",
  pc: "a number of 64 bits, decimal or 0x and hexadecimal digits",
  t: "a decimal number of 64 bits",
};

/** Reads rows of a table whose header names its columns, in any order; the last row read is in the fields. */
export class CsvHeader {
  low = 0;
  high = 0;
  size = ASSUMED_BYTES;
  kind = 0;
  gap = 0;
  tid = 0;
  pcLow = 0;
  pcHigh = 0;
  timeLow = 0;
  timeHigh = 0;
  /** Why the last row was refused: the column and what it must be. */
  wrong: { column: string; want: string } = { column: "", want: "" };
  readonly left: readonly string[];
  private readonly fields: readonly (Field | undefined)[];
  private readonly names: readonly string[];
  private readonly cursor = new Cursor();

  private constructor(names: readonly string[], fields: readonly (Field | undefined)[]) {
    this.names = names;
    this.fields = fields;
    this.left = names.filter((_, i) => fields[i] === undefined);
  }
  /** The header that a line is: it names a kind and an address; undefined for anything else. */
  static of(line: string): CsvHeader | undefined {
    const names = line.split(",").map((n) => n.trim().replace(/^"(.*)"$/, "$1")),
      fields = names.map((n) => NAMES.find(([pattern]) => pattern.test(n.toLowerCase()))?.[1]);
    const has = (...wanted: Field[]): boolean => wanted.some((f) => fields.includes(f));
    const twice = fields.some((f, i) => f !== undefined && fields.indexOf(f) !== i);
    return has("kind") && has("vaddr", "hexadecimal") && !twice ? new CsvHeader(names, fields) : undefined;
  }
  /** Whether this is a recording of lackey's, filtered, with its columns named. */
  get plain(): boolean {
    return this.names.join() === "op,addr_hex,size,igap";
  }
  has(column: MemoryColumn): boolean {
    return this.fields.includes(column) || (column === "vaddr" && this.fields.includes("hexadecimal"));
  }
  /** Reads a row; false when it does not fit, and `wrong` says why. */
  row(bytes: Uint8Array, from: number, to: number): boolean {
    const { cursor, fields } = this;
    cursor.at = from;
    for (let i = 0; i < fields.length; i++) {
      if (i > 0 && !cursor.byte(bytes, to, COMMA)) return this.refuse(i, "there: the row is too short");
      const field = fields[i];
      if (field === undefined) {
        while (cursor.at < to && bytes[cursor.at] !== COMMA) cursor.at++;
        continue;
      }
      if (!this.value(field, bytes, to) || (cursor.at < to && bytes[cursor.at] !== COMMA))
        return this.refuse(i, WANT[field]);
    }
    return cursor.at === to || this.refuse(fields.length - 1, "the last: the row is too long");
  }
  private refuse(i: number, want: string): false {
    this.wrong = { column: this.names[i]!, want };
    return false;
  }
  private value(field: Field, bytes: Uint8Array, to: number): boolean {
    const { cursor } = this;
    switch (field) {
      case "kind": {
        const start = cursor.at;
        while (cursor.at < to && bytes[cursor.at] !== COMMA) cursor.at++;
        const kind = this.kindOf(bytes, start);
        this.kind = kind ?? 0;
        return kind !== undefined;
      }
      case "hexadecimal":
        if (!cursor.hex(bytes, to)) return false;
        break;
      case "vaddr":
        if (!this.number(bytes, to)) return false;
        break;
      case "pc":
        if (!this.number(bytes, to)) return false;
        this.pcLow = cursor.low;
        this.pcHigh = cursor.high;
        return true;
      case "t":
        if (!cursor.wide(bytes, to)) return false;
        this.timeLow = cursor.low;
        this.timeHigh = cursor.high;
        return true;
      default: {
        const value = cursor.decimal(bytes, to);
        this[field] = value;
        return value >= 0 && (field === "size" || value <= 0xffffffff);
      }
    }
    this.low = cursor.low;
    this.high = cursor.high;
    return true;
  }
  /** One letter is the usual case, which makes no text. */
  private kindOf(bytes: Uint8Array, start: number): number | undefined {
    const end = this.cursor.at;
    return end - start === 1
      ? LETTERS[bytes[start]!]
      : KINDS.get(TEXT.decode(bytes.subarray(start, end)).toLowerCase());
  }
  private number(bytes: Uint8Array, to: number): boolean {
    const { cursor } = this;
    return (bytes[cursor.at + 1]! | 32) === 120 ? cursor.prefixed(bytes, to) : cursor.wide(bytes, to);
  }
}
const LETTERS: readonly (number | undefined)[] = Array.from({ length: 256 }, (_, byte) =>
  KINDS.get(String.fromCharCode(byte).toLowerCase()),
);
