import { type Column, WIDTH } from "../../abi/columns.js";
import { UserError } from "../../errors.js";
import type { ArrowField, ArrowSchema } from "../container/messages.js";
import { TEXT_WIDTH } from "../container/text.js";
import { CHILDREN, type Table } from "./tables.js";

/** Integers as the file has them. */
export interface StoredInt {
  bytes: 1 | 2 | 4 | 8;
  signed: boolean;
}
/** How a file stores a column: integers, indices of words, words themselves, or lists of integers. */
export type Stored =
  | { as: "int"; int: StoredInt }
  | { as: "index"; int: StoredInt }
  | { as: "text"; width: 4 | 8 | 16 }
  | { as: "list"; offsets: 4 | 8; children: readonly StoredInt[] };

/** A column of the file, checked against its table. */
export interface FileColumn {
  name: string;
  /** Bytes of one value in each data buffer that the table wants; a list has its 4-byte offsets first. */
  widths: readonly number[];
  list: boolean;
  dictionary: number | undefined;
  stored: Stored;
  /** The file stores it as the table wants it. */
  plain: boolean;
}
/** A field of the file in the file's order; without a column it is left out. */
export interface FileField {
  field: ArrowField;
  column: FileColumn | undefined;
}

export function checkSchema(name: string, schema: ArrowSchema, table: Table): FileField[] {
  const known = new Map(table.columns.map((c) => [c.name, c]));
  const seen = new Set<string>();
  const fields = schema.fields.map((field): FileField => {
    const column = known.get(field.name);
    if (!column) return { field, column };
    if (seen.has(field.name))
      throw new UserError(`${name}: column ${JSON.stringify(field.name)} is there twice: remove it`);
    seen.add(field.name);
    const stored = storedAs(field, column);
    if (!stored)
      throw new UserError(
        `${name}: column ${field.name} has type ${describe(field)}, ` +
          `but ${table.schema} wants ${wanted(column)}: convert it`,
      );
    const widths = list(column) ? CHILDREN[column.type].widths : [WIDTH[column.type]];
    return {
      field,
      column: {
        name: column.name,
        widths,
        list: list(column),
        dictionary: field.dictionary,
        stored,
        plain: isPlain(stored, widths),
      },
    };
  });
  for (const c of table.columns)
    if (!c.optional && !seen.has(c.name))
      throw new UserError(
        `${name}: column ${c.name} of ${table.schema} is missing: add it, or import the trace again with this version`,
      );
  return fields;
}

function list(column: Column): column is Column & { type: "sge" | "runs" } {
  return column.type === "sge" || column.type === "runs";
}
function int(field: ArrowField): StoredInt | undefined {
  const bytes = field.bits / 8;
  if (field.type !== "int" || field.dictionary !== undefined) return undefined;
  return bytes === 1 || bytes === 2 || bytes === 4 || bytes === 8
    ? { bytes, signed: field.signed }
    : undefined;
}
function storedAs(field: ArrowField, column: Column): Stored | undefined {
  if (column.type === "dict") {
    const width = TEXT_WIDTH[field.type];
    if (width === undefined) return undefined;
    if (field.dictionary === undefined) return { as: "text", width };
    const index = int({ ...field, type: "int", dictionary: undefined });
    return index && { as: "index", int: index };
  }
  if (!list(column)) {
    const found = int(field);
    return found && { as: "int", int: found };
  }
  const item = field.children[0],
    { names } = CHILDREN[column.type];
  if (
    (field.type !== "list" && field.type !== "large_list") ||
    field.children.length !== 1 ||
    item?.type !== "struct" ||
    item.children.length !== names.length ||
    !item.children.every((c, i) => c.name === names[i])
  )
    return undefined;
  const children = item.children.map(int).filter((c) => c !== undefined);
  return children.length === names.length
    ? { as: "list", offsets: field.type === "list" ? 4 : 8, children }
    : undefined;
}
function isPlain(stored: Stored, widths: readonly number[]): boolean {
  const uint = (found: StoredInt, width: number): boolean => found.bytes === width && !found.signed;
  if (stored.as === "int") return uint(stored.int, widths[0]!);
  // all of its words must be known, so there are fewer than 128 and the sign does not matter
  if (stored.as === "index") return stored.int.bytes === 1;
  return stored.as === "list" && stored.offsets === 4 && stored.children.every((c, i) => uint(c, widths[i]!));
}

/** The Arrow type of a field in words. */
export function describe(field: ArrowField): string {
  const sign = field.signed ? "" : "u";
  if (field.dictionary !== undefined) return `dictionary<${sign}int${field.bits}, ${field.type}>`;
  if (field.type === "int") return `${sign}int${field.bits}`;
  if (field.type === "float") return `float${field.bits}`;
  return field.children.length > 0
    ? `${field.type}<${field.children.map((c) => `${c.name} ${describe(c)}`).join(", ")}>`
    : field.type;
}
function wanted(column: Column): string {
  if (column.type === "dict") return "dictionary<int8, utf8>";
  if (!list(column)) return `uint${8 * WIDTH[column.type]}`;
  const { names, widths } = CHILDREN[column.type];
  return `list<struct<${names.map((n, i) => `${n} uint${8 * widths[i]!}`).join(", ")}>>`;
}
