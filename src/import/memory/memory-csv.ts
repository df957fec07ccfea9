import { UserError } from "../../errors.js";
import { KIND, type MemoryColumn, type MemoryRows } from "../../trace/memory/memory-rows.js";
import type { MemorySource } from "../../trace/memory/memory-write.js";
import type { MemoryMetadata } from "../../trace/table/metadata.js";
import type { AccessOptions, MemoryFormat } from "../shared/format.js";
import { firstLine, type Likeness, likeLines } from "../shared/likeness.js";
import { eachLine, quote } from "../shared/lines.js";
import { absentNote } from "./absent.js";
import { Cursor } from "./access-text.js";
import { Accesses } from "./accesses.js";
import { CsvHeader } from "./csv-header.js";
import { valgrindNotes } from "./valgrind.js";

const HASH = 35,
  COMMA = 44,
  MAX_GAP = 0xffffffff;
const OPS: Record<number, number> = {
  [code("L")]: KIND.load,
  [code("S")]: KIND.store,
  [code("M")]: KIND.modify,
};
const WINDOW = /^#window,\d+(,\w+=\d+)*$/;

const COLUMNS: readonly MemoryColumn[] = ["vaddr", "size", "kind", "gap", "tid", "t", "pc"],
  OF_LACKEY: ReadonlySet<MemoryColumn> = new Set(["vaddr", "size", "kind", "gap"]);
const TEXT = new TextDecoder();

/**
 * Filtered lackey output: `op,addr_hex,size,igap` a data access;
 * `#window,…` starts each window of a sampled recording. A first line may name the columns; where they are
 * others than these four, the file is any table of accesses, and its rows stay as they are.
 */
export function importMemoryCsv(
  path: string,
  options: AccessOptions = {},
): MemorySource<Promise<MemoryMetadata>> {
  const source = async (rows: MemoryRows): Promise<MemoryMetadata> => {
    const cursor = new Cursor();
    let accesses = new Accesses(path, rows, { coalesce: true, ...options }, false),
      windows = 0,
      header: CsvHeader | undefined;
    rows.absent = () => COLUMNS.filter((c) => !(header ? c === "size" || header.has(c) : OF_LACKEY.has(c)));
    await eachLine(path, (bytes, from, to, line) => {
      if (line === 1 && OPS[bytes[from]!] === undefined) {
        header = CsvHeader.of(TEXT.decode(bytes.subarray(from, to)));
        if (header?.plain) {
          header = undefined;
          return false;
        }
        if (header) {
          accesses = new Accesses(path, rows, { ...options, coalesce: false }, false);
          return false;
        }
      }
      if (header) return named(header, path, accesses, bytes, from, to, line);
      const refuse = (column: string, why: string): never => {
        throw new UserError(
          `${path}: line ${line}: column ${column} ${why} in ` +
            `${quote(bytes, from, to)}: correct the line (op,addr_hex,size,igap)`,
        );
      };
      if (bytes[from] === HASH) {
        if (!WINDOW.test(TEXT.decode(bytes.subarray(from, to))))
          throw new UserError(
            `${path}: line ${line}: ${quote(bytes, from, to)} is not a #window line: remove it`,
          );
        windows++;
        accesses.interrupt();
        return false;
      }
      const kind = OPS[bytes[from]!];
      if (to === from || kind === undefined || bytes[from + 1] !== COMMA) refuse("op", "is not L, S or M");
      cursor.at = from + 2;
      if (!cursor.hex(bytes, to) || !cursor.comma(bytes, to))
        refuse("addr_hex", "is not hexadecimal digits (without 0x) of 64 bits");
      const size = cursor.decimal(bytes, to);
      if (size < 0 || !cursor.comma(bytes, to)) refuse("size", "is not a decimal number");
      const gap = cursor.decimal(bytes, to);
      if (gap < 0 || gap > MAX_GAP || cursor.at !== to)
        refuse("igap", `is not a decimal number of at most ${MAX_GAP} at the end`);
      return accesses.take(line, cursor.low, cursor.high, size, kind!, gap);
    });
    if (header) return tableMetadata(header, accesses, rows);
    const notes =
      windows === 0
        ? []
        : [
            `the recording is sampled: ${windows} window${windows === 1 ? "" : "s"}; ` +
              "what was between them is missing, and a replay carries its state over from one to the " +
              "next",
          ];
    return accesses.finish("memory-csv", notes, (of) => [
      ...valgrindNotes(of),
      "instructions are not named: what rep stos stores stays byte by byte, and a load and a store " +
        "of one instruction, two or more in a row and ascending, are taken for rep movs",
    ]);
  };
  return Object.assign(source, { columns: COLUMNS });
}

function named(
  header: CsvHeader,
  path: string,
  accesses: Accesses,
  bytes: Uint8Array,
  from: number,
  to: number,
  line: number,
): boolean {
  if (!header.row(bytes, from, to))
    throw new UserError(
      `${path}: line ${line}: column ${header.wrong.column} is not ${header.wrong.want} in ` +
        `${quote(bytes, from, to)}: correct the line`,
    );
  accesses.tid = header.tid;
  accesses.pcLow = header.pcLow;
  accesses.pcHigh = header.pcHigh;
  accesses.timeLow = header.timeLow;
  accesses.timeHigh = header.timeHigh;
  return accesses.take(line, header.low, header.high, header.size, header.kind, header.gap);
}

function tableMetadata(header: CsvHeader, accesses: Accesses, rows: MemoryRows): MemoryMetadata {
  const sized = header.has("size");
  const notes = [
    ...(header.left.length === 0
      ? []
      : [`columns that memory/1 does not have are left out: ${header.left.join(", ")}`]),
    ...(sized ? [] : [`sizes are not recorded: ${header.size} bytes are assumed`]),
  ];
  const metadata = accesses.finish("memory-csv", notes, () => absentNote(rows.columns), {
    size: sized ? "recorded" : "assumed",
    tid: "recorded",
    t: "recorded",
    pc: "recorded",
  });
  return header.has("t") ? { ...metadata, clock: "ns" } : metadata;
}

function likeness(bytes: Uint8Array, from: number, to: number): Likeness {
  const text = String.fromCharCode(...bytes.subarray(from, Math.min(to, from + 120)));
  if (/^[LSM],[0-9a-fA-F]+,\d+,\d+$/.test(text)) return "access";
  return WINDOW.test(text) ? "other" : "foreign";
}
function code(letter: string): number {
  return letter.charCodeAt(0);
}

export const memoryCsv: MemoryFormat = {
  kind: "memory",
  name: "memory-csv",
  says: "a table of accesses, lines of op,addr_hex,size,igap (lackey's, filtered) or below a header",
  example: ["sort.csv.xz -o sort.arrow", "each line a data access"],
  pieces: true,
  sniff: (head) => {
    const header = CsvHeader.of(firstLine(head));
    if (!header) return 0.97 * likeLines(head, likeness);
    let line = 0;
    const fits = (bytes: Uint8Array, from: number, to: number): Likeness =>
      line++ === 0 ? "other" : header.row(bytes, from, to) || header.plain ? "access" : "foreign";
    return 0.97 * likeLines(head, fits);
  },
  read: importMemoryCsv,
};
