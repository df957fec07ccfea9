import { Float64, Int64, RecordBatchFileWriter, Table, Uint64, Utf8, vectorFromArray, type Vector } from "apache-arrow";
import { writeWhole } from "./write-whole.js";

type Column = { readonly name: string; readonly type: "text" | "u64" | "i64" | "f64"; readonly values: readonly (string | number | bigint)[] };

/** Writes a table for other programs as an Arrow IPC file. */
export function writeTable(path: string, columns: readonly Column[]): void {
  const vector = ({ type, values }: Column): Vector => {
    if (type === "text") return vectorFromArray(values.map(String), new Utf8());
    if (type === "f64") return vectorFromArray(values.map(Number), new Float64());
    return vectorFromArray(values.map((v) => BigInt(v)), type === "u64" ? new Uint64() : new Int64());
  };
  const table = new Table(Object.fromEntries(columns.map((c) => [c.name, vector(c)])));
  const writer = new RecordBatchFileWriter();
  writer.writeAll(table);
  const bytes = writer.finish().toUint8Array(true);
  writeWhole(path, (sink) => sink(bytes));
}
