import { UserError } from "../../errors.js";
import { KIND } from "../../trace/memory/memory-rows.js";
import type { MemorySource } from "../../trace/memory/memory-write.js";
import type { MemoryMetadata } from "../../trace/table/metadata.js";
import type { AccessOptions, MemoryFormat } from "../shared/format.js";
import { eachLine, quote } from "../shared/lines.js";
import { Cursor } from "./access-text.js";
import { Accesses } from "./accesses.js";
import { valgrindNotes } from "./valgrind.js";

const SPACE = 32,
  EQUALS = 61,
  DASH = 45,
  INSTRUCTION = 73;
/** Kinds of data accesses by their letter. */
const KINDS = new Int8Array(256).fill(-1);
KINDS["L".charCodeAt(0)] = KIND.load;
KINDS["S".charCodeAt(0)] = KIND.store;
KINDS["M".charCodeAt(0)] = KIND.modify;
/** So many lines without any of lackey's are enough to give up. */
const PATIENCE = 1_000_000;

/**
 * The output of `valgrind --tool=lackey --trace-mem=yes`: `I  addr,size`
 * for an instruction, ` L addr,size`, ` S …`, ` M …` for its
 * data accesses, mixed with valgrind's own lines and the program's output, which are dropped.
 */
export function importLackey(
  path: string,
  options: AccessOptions = {},
): MemorySource<Promise<MemoryMetadata>> {
  return async (rows) => {
    const accesses = new Accesses(path, rows, { coalesce: true, ...options }),
      cursor = new Cursor();
    let gap = 0,
      lackey = 0,
      own = 0,
      other = 0,
      cut = false,
      example = "";
    await eachLine(path, (bytes, from, to, line, whole) => {
      const first = bytes[from],
        instruction = first === INSTRUCTION;
      const kind = instruction ? KIND.ifetch : first === SPACE ? KINDS[bytes[from + 1]!]! : -1;
      if (
        to - from < 3 ||
        kind < 0 ||
        bytes[from + 2] !== SPACE ||
        (instruction && bytes[from + 1] !== SPACE)
      ) {
        if (!whole) cut = true;
        else if (isOwn(bytes, from, to)) own++;
        else if (to > from) {
          if (other++ === 0) example = `line ${line} is ${quote(bytes, from, to)}`;
          if (lackey === 0 && other > PATIENCE) throw foreign(path, other, 0, example);
        }
        return false;
      }
      if (!whole) {
        // it may have lost digits
        cut = true;
        return false;
      }
      lackey++;
      cursor.at = from + 3;
      if (!cursor.hex(bytes, to) || !cursor.comma(bytes, to))
        throw wrong(
          path,
          line,
          "address",
          bytes,
          from,
          to,
          "is not hexadecimal digits of 64 bits with a comma behind them",
        );
      const size = cursor.decimal(bytes, to);
      if (size < 0 || cursor.at !== to)
        throw wrong(path, line, "size", bytes, from, to, "is not a decimal number");
      gap += instruction ? 1 : 0;
      if (instruction) return false;
      const enough = accesses.take(line, cursor.low, cursor.high, size, kind, gap);
      gap = 0;
      return enough;
    });
    if (other > lackey) throw foreign(path, other, lackey, example);
    const notes: string[] = [];
    const dropped = (n: number, what: string): void => {
      if (n > 0) notes.push(`${n} line${n === 1 ? "" : "s"} of ${what} ${n === 1 ? "was" : "were"} dropped`);
    };
    dropped(own, "valgrind itself");
    dropped(other, "other output");
    if (cut) notes.push("the last line has no end and was dropped: the recording was cut off");
    if (gap > 0) notes.push(`${gap} instructions after the last data access are not in the trace`);
    return accesses.finish("lackey", notes, valgrindNotes);
  };
}

export const lackey: MemoryFormat = {
  kind: "memory",
  name: "lackey",
  says: "the output of valgrind --tool=lackey --trace-mem=yes",
  example: ["sort.txt.zst --limit 10000000 -o sort.arrow", "the first 10 million data accesses of sort"],
  pieces: true,
  read: importLackey,
};

/** Lines that start with `==pid==` or `--pid--`. */
function isOwn(bytes: Uint8Array, from: number, to: number): boolean {
  const mark = bytes[from];
  if ((mark !== EQUALS && mark !== DASH) || bytes[from + 1] !== mark) return false;
  let at = from + 2;
  while (at < to && bytes[at]! >= 48 && bytes[at]! <= 57) at++;
  return at > from + 2 && bytes[at] === mark && bytes[at + 1] === mark;
}
function wrong(
  path: string,
  line: number,
  what: string,
  bytes: Uint8Array,
  from: number,
  to: number,
  why: string,
): UserError {
  return new UserError(
    `${path}: line ${line}: the ${what} in ${quote(bytes, from, to)} ` +
      `${why}: correct the line or record it again`,
  );
}
function foreign(path: string, other: number, lackey: number, example: string): UserError {
  return new UserError(
    `${path}: ${lackey} of ${other + lackey} lines are lackey's, ${example}: ` +
      "give the output of valgrind --tool=lackey --trace-mem=yes",
  );
}
