import { basename } from "node:path";
import { UserError } from "../../errors.js";
import type { Container } from "../../trace/container/container.js";
import { TABLES, type TraceKind } from "../../trace/table/tables.js";
import type { TableOptions } from "../shared/format.js";

const KINDS = Object.keys(TABLES) as TraceKind[];

/** Metadata that a table is given, and sentences on what of it is assumed. */
export interface Assumed {
  kind: TraceKind;
  metadata: Map<string, string>;
  notes: string[];
}

/** What a table without verbscope's metadata is taken for: its own keys, if any, then options, then what is usual. */
export function assume(path: string, { schema, batches }: Container, options: TableOptions): Assumed {
  const columns = new Set(schema.fields.map((f) => f.name)),
    own = new Map([...schema.metadata].filter(([key]) => key.startsWith("verbscope.")));
  const notes: string[] = [];
  const kind = kindOf(path, columns, options.schema ?? own.get("verbscope.schema"), notes);
  const rows = batches.reduce((n, { batch }) => n + batch.rows, 0);
  const value = (key: string, given: unknown, usual: unknown, says: string): [string, string] => {
    const name = `verbscope.${key}`,
      text = (v: unknown): string => (typeof v === "string" ? v : JSON.stringify(v));
    if (given !== undefined) return [name, text(given)];
    const there = own.get(name);
    if (there !== undefined) return [name, there];
    notes.push(says);
    return [name, text(usual)];
  };
  const clock = columns.has("t") && kind !== "mapping" ? "ns" : "none",
    names = options.node ?? [kind === "verbs" ? "node0" : basename(path)];
  const fields = Object.fromEntries(
    TABLES[kind].columns.filter((c) => columns.has(c.name)).map((c) => [c.name, "recorded"]),
  );
  const metadata = new Map([
    ["verbscope.schema", TABLES[kind].schema],
    value("clock", options.clock, clock, `the clock is ${clock} (assumed; --clock says otherwise)`),
    value(
      "emulated",
      options.emulated,
      false,
      "devices and machine were real ones (assumed; --emulated says otherwise)",
    ),
    value("fields", undefined, { ...fields, notes: [] }, "every column is recorded (assumed)"),
    value(
      "nodes",
      options.node?.map((name) => ({ name })),
      names.map((name) => ({ name })),
      kind === "verbs"
        ? "nodes are named by their numbers (assumed; --node names them, one after the other)"
        : `the process is named ${names[0]!} (assumed; --node names it)`,
    ),
    [
      "verbscope.source",
      JSON.stringify({ format: "arrow", files: [basename(path)], ...from(own.get("verbscope.source")) }),
    ],
    // The threads of verbs/1 are counted as its rows are read; until then they are one.
    ["verbscope.threads", JSON.stringify(rows === 0 ? [] : [[0, 0, rows]])],
  ]);
  const regions = own.get("verbscope.regions");
  if (regions !== undefined) metadata.set("verbscope.regions", regions);
  return { kind, metadata, notes };
}

/** The source that the file names itself, if it does. */
function from(text: string | undefined): { of?: unknown } {
  try {
    return text === undefined ? {} : { of: JSON.parse(text) };
  } catch {
    return {}; // what is no JSON says nothing
  }
}

function kindOf(
  path: string,
  columns: ReadonlySet<string>,
  schema: string | undefined,
  notes: string[],
): TraceKind {
  if (schema !== undefined) {
    const kind = KINDS.find((k) => TABLES[k].schema === schema);
    if (kind) return kind;
  } else {
    const fitting = KINDS.filter((k) =>
      TABLES[k].columns.every((c) => c.optional || columns.has(c.name) || DEFAULTED.has(`${k} ${c.name}`)),
    );
    if (fitting.length === 1) {
      notes.push(
        `the table is of ${TABLES[fitting[0]!].schema}, by its columns (assumed; --schema says otherwise)`,
      );
      return fitting[0]!;
    }
  }
  throw new UserError(
    `${path}: ` +
      (schema === undefined
        ? "its columns are those of no schema"
        : `schema ${JSON.stringify(schema)} is not known`) +
      `: give --schema ${KINDS.map((k) => TABLES[k].schema).join(", ")} and the columns of docs/trace-format.md`,
  );
}
/** Columns that options stand for. */
const DEFAULTED = new Set(["mapping leaf", "mapping domain"]);
