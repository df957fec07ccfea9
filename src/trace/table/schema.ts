import { type Column, WIDTH } from "../../abi/columns.js";
import { UserError } from "../../errors.js";
import type { ArrowField, ArrowSchema } from "../container/messages.js";
import { CHILDREN, type Table } from "./tables.js";

/** A column of the file in the file's order, checked against its table. */
export interface FileColumn {
  name: string;
  /** Bytes of one value in each data buffer; a list has its 4-byte offsets first, then its children. */
  widths: readonly number[];
  list: boolean;
  dictionary: number | undefined;
}

export function checkSchema(name: string, schema: ArrowSchema, table: Table): FileColumn[] {
  const known = new Map(table.columns.map((c) => [c.name, c]));
  const seen = new Set<string>();
  const columns = schema.fields.map((field): FileColumn => {
    const column = known.get(field.name);
    if (!column || seen.has(field.name))
      throw new UserError(
        `${name}: column ${JSON.stringify(field.name)} ` +
          `${column ? "is there twice" : `is not part of ${table.schema}`}: ` +
          "remove it",
      );
    seen.add(field.name);
    if (!fits(field, column))
      throw new UserError(
        `${name}: column ${field.name} has type ${describe(field)}, ` +
          `but ${table.schema} wants ${wanted(column)}: convert it`,
      );
    if (column.type === "sge" || column.type === "runs")
      return { name: column.name, widths: CHILDREN[column.type].widths, list: true, dictionary: undefined };
    return { name: column.name, widths: [WIDTH[column.type]], list: false, dictionary: field.dictionary };
  });
  for (const c of table.columns)
    if (!c.optional && !seen.has(c.name))
      throw new UserError(
        `${name}: column ${c.name} of ${table.schema} is missing: import the trace again with this version`,
      );
  return columns;
}

function isUint(field: ArrowField, bits: number): boolean {
  return field.type === "int" && field.dictionary === undefined && field.bits === bits && !field.signed;
}
function fits(field: ArrowField, column: Column): boolean {
  if (column.type === "dict")
    return field.type === "utf8" && field.dictionary !== undefined && field.bits === 8;
  if (column.type !== "sge" && column.type !== "runs") return isUint(field, 8 * WIDTH[column.type]);
  const item = field.children[0];
  const { names, widths } = CHILDREN[column.type];
  return (
    field.type === "list" &&
    field.children.length === 1 &&
    item?.type === "struct" &&
    item.children.length === names.length &&
    item.children.every((c, i) => c.name === names[i] && isUint(c, 8 * widths[i]!))
  );
}
function describe(field: ArrowField): string {
  if (field.dictionary !== undefined)
    return `dictionary<${field.signed ? "" : "u"}int${field.bits}, ${field.type}>`;
  if (field.type === "int") return `${field.signed ? "" : "u"}int${field.bits}`;
  return field.children.length > 0
    ? `${field.type}<${field.children.map((c) => `${c.name} ${describe(c)}`).join(", ")}>`
    : field.type;
}
function wanted(column: Column): string {
  if (column.type === "dict") return "dictionary<int8, utf8>";
  if (column.type !== "sge" && column.type !== "runs") return `uint${8 * WIDTH[column.type]}`;
  const { names, widths } = CHILDREN[column.type];
  return `list<struct<${names.map((n, i) => `${n} uint${8 * widths[i]!}`).join(", ")}>>`;
}
