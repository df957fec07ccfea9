import { KIND } from "../../../trace/memory/memory-rows.js";
import { Cursor } from "../access-text.js";
import { ACCESS, FOREIGN, type LineAccess, type LineReader, lineFormat, SILENT } from "../line-format.js";
import { OBJECT_LOST, Objects } from "../objects.js";

const COMMA = 44;
const ID = /^(obj(ect)?[_-]?(id)?|id|key|lba)$/i,
  SIZE = /^((obj(ect)?[_-]?)?size|bytes|length|len)$/i;
/** libCacheSim's usual columns where there is no header: time, object, size. */
const USUAL = { id: 1, size: 2 } as const;

/**
 * CSV as libCacheSim reads it (traceReader/generalReader/csv.c): which column is what is told it on the
 * command line, so here a header must, or the columns are time, object, size. Objects are decimal numbers.
 */
class CsvReader implements LineReader {
  private readonly cursor = new Cursor();
  private readonly objects = new Objects();
  private columns: { id: number; size: number } | undefined;
  private assumed = false;

  line(bytes: Uint8Array, from: number, to: number, access: LineAccess): number {
    if (this.columns === undefined) {
      const header = this.header(new TextDecoder().decode(bytes.subarray(from, to)));
      if (header !== undefined) return header;
    }
    const { id, size } = this.columns!,
      { cursor } = this,
      last = Math.max(id, size);
    let low = 0,
      high = 0,
      length = -1;
    cursor.at = from;
    for (let column = 0; column <= last; column++) {
      cursor.spaces(bytes, to);
      if (column === id) {
        if (!cursor.wide(bytes, to)) return FOREIGN;
        ({ low, high } = cursor);
      } else if (column === size) {
        length = cursor.decimal(bytes, to);
        if (length < 0) return FOREIGN;
      } else while (cursor.at < to && bytes[cursor.at] !== COMMA) cursor.at++;
      cursor.spaces(bytes, to);
      const end = cursor.at >= to;
      if (end ? column < last : bytes[cursor.at++] !== COMMA) return FOREIGN;
    }
    if (!this.objects.place(low, high, length)) return SILENT;
    access.kind = KIND.load;
    ({ low: access.low, high: access.high, size: access.size } = this.objects);
    return ACCESS;
  }
  /** What the first line is, or undefined when it is a request. */
  private header(text: string): number | undefined {
    const names = text.split(",").map((n) => n.trim().replace(/^[#"' ]+|["']$/g, "")),
      id = names.findIndex((n) => ID.test(n)),
      size = names.findIndex((n) => SIZE.test(n));
    if (id >= 0 && size >= 0) {
      this.columns = { id, size };
      return SILENT;
    }
    if (names.length < 3 || !/^\d/.test(text)) return FOREIGN;
    this.columns = USUAL;
    this.assumed = true;
    return undefined;
  }
  notes(): string[] {
    return [
      ...this.objects.notes(),
      ...(this.assumed ? ["there is no header: columns are time, object, size (assumed)"] : []),
      "times and other columns are left out",
    ];
  }
  get named(): boolean {
    return this.columns !== undefined && !this.assumed;
  }
}

export const libcachesimCsv = lineFormat({
  name: "libcachesim-csv",
  says: "a cache trace as CSV, with a header that names object and size; each object gets pages",
  example: ["requests.csv -o requests.arrow", "a header such as time,obj_id,obj_size"],
  shape: "numbers between commas, object and size among them, below a header that names these",
  columns: ["vaddr", "size", "kind"],
  origins: { vaddr: "inferred", size: "recorded", kind: "assumed" },
  lost: OBJECT_LOST,
  // Without a header any table of numbers looks like one.
  sure: (reader) => ((reader as CsvReader).named ? 0.85 : 0.4),
  reader: () => new CsvReader(),
});
