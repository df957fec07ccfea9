import { UserError } from "../../errors.js";
import type { MemoryColumn } from "../../trace/memory/memory-rows.js";
import type { MemorySource } from "../../trace/memory/memory-write.js";
import type { FieldOrigin, MemoryMetadata } from "../../trace/table/metadata.js";
import type { AccessOptions, MemoryFormat } from "../shared/format.js";
import { likeLines } from "../shared/likeness.js";
import { eachLine, quote } from "../shared/lines.js";
import { absentNote, droppedNote } from "./absent.js";
import type { AccessFormat, AccessReader } from "./access-format.js";
import { Accesses } from "./accesses.js";
import { refuseLate } from "./late.js";

/** What a line is: one of another tool, one without a data access, an access. */
export const FOREIGN = -1,
  SILENT = 0,
  ACCESS = 1;

/** An access as its line says it; one object serves all lines. */
export class LineAccess {
  low = 0;
  high = 0;
  size = 0;
  kind = 0;
  gap = 0;
  tid = 0;
  pcLow = 0;
  pcHigh = 0;
}
/** Reads the lines of one recording, in order. */
export interface LineReader extends AccessReader {
  /** Fills `access` where the line is an ACCESS. */
  line(bytes: Uint8Array, from: number, to: number, access: LineAccess): number;
  /** How its columns came about, where that is not what the format says. */
  origins?(): Partial<Record<MemoryColumn, FieldOrigin>>;
}
export interface LineFormat extends AccessFormat {
  /** What its lines look like, for sentences. */
  readonly shape: string;
  /** Confidence when every line is one of its own: less than 1 where other formats look alike. */
  readonly sure: number | ((reader: LineReader) => number);
  /** Its tool prints to a terminal, among lines of others, which are counted. */
  readonly mixed?: boolean;
  reader(): LineReader;
}

const LIKENESS = { [FOREIGN]: "foreign", [SILENT]: "other", [ACCESS]: "access" } as const;

/** A format whose recordings are lines of text, each an access or none. */
export function lineFormat(format: LineFormat): MemoryFormat {
  return {
    kind: "memory",
    name: format.name,
    says: format.says,
    example: format.example,
    pieces: false,
    sniff: (head) => {
      const reader = format.reader(),
        access = new LineAccess();
      const share = likeLines(
        head,
        (bytes, from, to) => LIKENESS[reader.line(bytes, from, to, access) as keyof typeof LIKENESS],
      );
      return (typeof format.sure === "number" ? format.sure : format.sure(reader)) * share;
    },
    read: (path, options) => readLines(format, path, options),
  };
}

function readLines(
  format: LineFormat,
  path: string,
  options: AccessOptions,
): MemorySource<Promise<MemoryMetadata>> {
  const source = async (rows: Parameters<MemorySource>[0]): Promise<MemoryMetadata> => {
    const accesses = new Accesses(path, rows, { ...options, coalesce: false }),
      reader = format.reader(),
      access = new LineAccess();
    let own = 0,
      foreign = 0,
      cut = false,
      example = "";
    rows.absent = () => (reader.instructions === 0 ? ["gap"] : []);
    await eachLine(path, (bytes, from, to, line, whole) => {
      if (!whole) {
        cut = true; // it may have lost digits
        return false;
      }
      const is = reader.line(bytes, from, to, access);
      if (is === ACCESS) {
        own++;
        accesses.tid = access.tid;
        accesses.pcLow = access.pcLow;
        accesses.pcHigh = access.pcHigh;
        return accesses.take(line, access.low, access.high, access.size, access.kind, access.gap);
      }
      if (is === SILENT) own++;
      else if (to > from) {
        if (!format.mixed)
          throw new UserError(
            `${path}: line ${line}: is ${quote(bytes, from, to)}, but lines of ${format.name} are ` +
              `${format.shape}: correct the line or remove it`,
          );
        if (foreign++ === 0) example = `line ${line} is ${quote(bytes, from, to)}`;
        if (own === 0 && foreign > PATIENCE) throw refused(format, path, own, foreign, example);
      }
      return false;
    });
    refuseLate(path, reader.instructions, rows.columns);
    if (foreign > own) throw refused(format, path, own, foreign, example);
    const notes = [
      ...droppedNote(foreign, "line", `of other output, ${example}`),
      ...(reader.notes?.() ?? []),
      ...(cut ? ["the last line has no end and was dropped: it may have lost digits"] : []),
    ];
    return accesses.finish(format.name, notes, () => [...format.lost, ...absentNote(rows.columns)], {
      ...format.origins,
      ...reader.origins?.(),
    });
  };
  return Object.assign(source, { columns: format.columns });
}

/** So many lines without any of the format's are enough to give up. */
const PATIENCE = 1_000_000;
function refused({ name, shape }: LineFormat, path: string, own: number, foreign: number, example: string) {
  return new UserError(
    `${path}: ${own} of ${own + foreign} lines are ${name}'s, ${example}: give lines of ${shape}`,
  );
}
