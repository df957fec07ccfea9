import {
  Float64,
  Int64,
  RecordBatchFileWriter,
  Table,
  Utf8,
  type Vector,
  vectorFromArray,
} from "apache-arrow";
import { UserError } from "../../errors.js";

type Column = {
  readonly name: string;
  readonly type: "text" | "i64" | "f64";
  readonly values: readonly (string | number | bigint)[];
};

/** A whole number as a column holds it: what 64 bits cannot hold would be stored as another number. */
function whole({ name }: Column, value: string | number | bigint): bigint {
  const v = BigInt(value);
  if (BigInt.asIntN(64, v) !== v)
    throw new UserError(`column ${name}: ${v} is not a number of 64 bits; it did not come from a replay`);
  return v;
}

/** A table for other programs, as an Arrow IPC file. */
export function arrowFile(columns: readonly Column[]): Uint8Array {
  const vector = (c: Column): Vector => {
    if (c.type === "text") return vectorFromArray(c.values.map(String), new Utf8());
    if (c.type === "f64") return vectorFromArray(c.values.map(Number), new Float64());
    return vectorFromArray(
      c.values.map((v) => whole(c, v)),
      new Int64(),
    );
  };
  const writer = new RecordBatchFileWriter();
  writer.writeAll(new Table(Object.fromEntries(columns.map((c) => [c.name, vector(c)]))));
  return writer.finish().toUint8Array(true);
}
