import { readFileSync } from "node:fs";
import { basename } from "node:path";
import { type DuckDBAppender, type DuckDBConnection, DuckDBInstance } from "@duckdb/node-api";
import { type DataType, tableFromIPC } from "apache-arrow";

type Value = string | number | bigint;
export interface Database {
  query(sql: string): Promise<Record<string, unknown>[]>;
  close(): void;
}

const SQL: Record<string, string> = { Utf8: "VARCHAR", Int64: "BIGINT", Float64: "DOUBLE" };
const sqlType = (type: DataType): string => SQL[String(type)] ?? `no type for ${String(type)}`;
function append(to: DuckDBAppender, type: DataType, value: Value): void {
  if (String(type) === "Utf8") to.appendVarchar(value as string);
  else if (String(type) === "Int64") to.appendBigInt(value as bigint);
  else to.appendDouble(value as number);
}

/** A database in memory with a table for each Arrow file, named as the file is. */
export async function databaseOf(files: readonly string[]): Promise<Database> {
  const instance = await DuckDBInstance.create(":memory:", { threads: "1" }),
    connection = await instance.connect();
  for (const file of files) await load(connection, file);
  return {
    query: async (sql) => (await connection.runAndReadAll(sql)).getRowObjects(),
    close: () => {
      connection.closeSync();
      instance.closeSync();
    },
  };
}
/**
 * DuckDB's own Arrow reader is an extension that it downloads: rows are
 * handed over as Arrow's reader gives them, type by type.
 */
async function load(connection: DuckDBConnection, file: string): Promise<void> {
  const table = tableFromIPC(readFileSync(file)),
    name = basename(file, ".arrow"),
    { fields } = table.schema;
  await connection.run(
    `CREATE TABLE ${name} (${fields.map((f) => `"${f.name}" ${sqlType(f.type)}`).join(", ")})`,
  );
  const columns = fields.map((f) => table.getChild(f.name)!),
    appender = await connection.createAppender(name);
  for (let row = 0; row < table.numRows; row++) {
    columns.forEach((c, i) => append(appender, fields[i]!.type, c.get(row) as Value));
    appender.endRow();
  }
  appender.closeSync();
}
