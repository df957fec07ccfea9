import { UserError } from "../../errors.js";
import { KIND } from "../../trace/memory/memory-rows.js";
import type { MemorySource } from "../../trace/memory/memory-write.js";
import type { MemoryMetadata } from "../../trace/table/metadata.js";
import type { AccessOptions, MemoryFormat } from "../shared/format.js";
import { type Likeness, likeLines } from "../shared/likeness.js";
import { eachLine, quote } from "../shared/lines.js";
import { Cursor } from "./access-text.js";
import { Accesses } from "./accesses.js";
import { OwnLines, valgrindNotes } from "./valgrind.js";

const SPACE = 32,
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
      cursor = new Cursor(),
      own = new OwnLines(path);
    let gap = 0,
      lackey = 0,
      instructions = 0,
      other = 0,
      alike = 0,
      cut = false,
      example = "",
      likeness = "";
    // The instruction at hand, and whether it is the one before once more.
    let low = -1,
      high = -1,
      again = false;
    rows.absent = () => (instructions === 0 ? ["gap"] : []);
    await eachLine(path, (bytes, from, to, line, whole) => {
      const first = bytes[from],
        instruction = first === INSTRUCTION && bytes[from + 1] === SPACE;
      const kind = instruction ? KIND.ifetch : first === SPACE ? KINDS[bytes[from + 1]!]! : -1;
      if (!whole) {
        // it may have lost digits
        cut = true;
        return false;
      }
      const access = to - from >= 3 && kind >= 0 && bytes[from + 2] === SPACE;
      cursor.at = from + 3;
      const size =
        access && cursor.hex(bytes, to) && cursor.comma(bytes, to) ? cursor.decimal(bytes, to) : -1;
      if (size < 0 || cursor.at !== to) {
        if (access && alike++ === 0) likeness = `line ${line} is ${quote(bytes, from, to)}`;
        if (!access && own.take(bytes, from, to, line)) return false;
        if (to > from) {
          if (other++ === 0) example = `line ${line} is ${quote(bytes, from, to)}`;
          if (lackey === 0 && other > PATIENCE) throw foreign(path, other, 0, example);
        }
        return false;
      }
      lackey++;
      if (instruction) {
        if (instructions++ === 0 && !rows.columns.has("gap")) throw late(path, line, accesses.seen);
        again = cursor.low === low && cursor.high === high;
        low = cursor.low;
        high = cursor.high;
        gap++;
        return false;
      }
      const enough = accesses.take(line, cursor.low, cursor.high, size, kind, gap, again);
      gap = 0;
      return enough;
    });
    if (other > lackey) throw foreign(path, other, lackey, example);
    const notes: string[] = [];
    const dropped = (n: number, what: string, more = ""): void => {
      if (n > 0)
        notes.push(`${n} line${n === 1 ? "" : "s"} of ${what} ${n === 1 ? "was" : "were"} dropped${more}`);
    };
    dropped(own.count, "valgrind itself");
    dropped(
      other,
      "other output",
      alike > 0 ? `; ${alike} of them begin like an access and do not go on like one: ${likeness}` : "",
    );
    if (cut) notes.push("the last line has no end and was dropped: the recording was cut off");
    if (instructions === 0)
      notes.push(
        "the recording has no I lines, so instructions are not known: there is no column gap, " +
          "and the elements of string instructions are not joined",
      );
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
  sniff: (head) => 0.97 * likeLines(head, likeness),
  read: importLackey,
};

function likeness(bytes: Uint8Array, from: number, to: number): Likeness {
  const text = String.fromCharCode(...bytes.subarray(from, Math.min(to, from + 40)));
  if (/^ [LSM] [0-9a-f]{2,16},\d+$/.test(text)) return "access";
  return /^(I {2}[0-9a-f]{2,16},\d+$|==\d+==|--\d+--)/.test(text) ? "other" : "foreign";
}
function late(path: string, line: number, seen: number): UserError {
  return new UserError(
    `${path}: line ${line}: the first I line comes after ${seen} data accesses, whose instructions are ` +
      "missing: give a recording with all of its I lines, or with none",
  );
}
function foreign(path: string, other: number, lackey: number, example: string): UserError {
  return new UserError(
    `${path}: ${lackey} of ${other + lackey} lines are lackey's, ${example}: ` +
      "give the output of valgrind --tool=lackey --trace-mem=yes",
  );
}
