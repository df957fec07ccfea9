import { UserError } from "../../errors.js";
import { KIND } from "../../trace/memory/memory-rows.js";
import type { MemorySource } from "../../trace/memory/memory-write.js";
import type { MemoryMetadata } from "../../trace/table/metadata.js";
import type { AccessOptions, MemoryFormat } from "../shared/format.js";
import { type Likeness, likeLines } from "../shared/likeness.js";
import { eachLine, quote } from "../shared/lines.js";
import { Cursor } from "./access-text.js";
import { Accesses } from "./accesses.js";
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

/**
 * Filtered lackey output: `op,addr_hex,size,igap` a data access;
 * `#window,…` starts each window of a sampled recording.
 */
export function importMemoryCsv(
  path: string,
  options: AccessOptions = {},
): MemorySource<Promise<MemoryMetadata>> {
  return async (rows) => {
    const accesses = new Accesses(path, rows, { coalesce: true, ...options }, false),
      cursor = new Cursor();
    let windows = 0;
    await eachLine(path, (bytes, from, to, line) => {
      const refuse = (column: string, why: string): never => {
        throw new UserError(
          `${path}: line ${line}: column ${column} ${why} in ` +
            `${quote(bytes, from, to)}: correct the line (op,addr_hex,size,igap)`,
        );
      };
      if (bytes[from] === HASH) {
        if (!WINDOW.test(new TextDecoder().decode(bytes.subarray(from, to))))
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
  says: "data accesses filtered from lackey's output, lines of op,addr_hex,size,igap",
  example: ["sort.csv.xz -o sort.arrow", "each line a data access"],
  pieces: true,
  sniff: (head) => 0.97 * likeLines(head, likeness),
  read: importMemoryCsv,
};
