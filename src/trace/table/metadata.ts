import { UserError } from "../../errors.js";
import { TABLES, type TraceKind } from "./tables.js";

/** How a column's values came about. */
export type FieldOrigin = "recorded" | "inferred" | "assumed";

export interface TraceNode {
  name: string;
  [detail: string]: unknown;
}

/** Schema metadata that every trace has, decoded. */
export interface TraceMetadata {
  source: Record<string, unknown>;
  clock: string;
  fields: Record<string, FieldOrigin>;
  /** What the trace lacks or what was inferred, one sentence each: the loss report. */
  notes: string[];
  emulated: boolean;
  nodes: TraceNode[];
}
export type VerbsMetadata = TraceMetadata;
export type MappingMetadata = TraceMetadata;
export type ExitsMetadata = TraceMetadata;

export type ThreadRows = [node: number, tid: number, rows: number];

/** A named range of the process's addresses. */
export interface MemoryRegion {
  name: string;
  start: bigint;
  bytes: number;
}
export interface MemoryMetadata extends TraceMetadata {
  regions?: MemoryRegion[];
}

/** Metadata of a schema; `more` holds what only that schema has, by key without the prefix. */
export function encodeMetadata(
  kind: TraceKind,
  meta: TraceMetadata,
  more: Record<string, unknown> = {},
): Map<string, string> {
  return new Map([
    ["verbscope.schema", TABLES[kind].schema],
    ["verbscope.source", JSON.stringify(meta.source)],
    ["verbscope.clock", meta.clock],
    ["verbscope.fields", JSON.stringify({ ...meta.fields, notes: meta.notes })],
    ["verbscope.emulated", String(meta.emulated)],
    ["verbscope.nodes", JSON.stringify(meta.nodes)],
    ...Object.entries(more).map(([key, value]): [string, string] => [
      `verbscope.${key}`,
      JSON.stringify(value),
    ]),
  ]);
}
export function encodeMemoryMetadata(meta: MemoryMetadata, rows: number): Map<string, string> {
  const regions = meta.regions?.map((r) => ({ ...r, start: `0x${r.start.toString(16)}` }));
  return encodeMetadata("memory", meta, { rows, ...(regions ? { regions } : {}) });
}

/** The raw metadata of one file, with sentences for what is wrong with it. */
class Raw {
  private readonly name: string;
  private readonly map: ReadonlyMap<string, string>;
  constructor(name: string, map: ReadonlyMap<string, string>) {
    this.name = name;
    this.map = map;
  }
  has(key: string): boolean {
    return this.map.has(key);
  }
  text(key: string): string {
    const value = this.map.get(key);
    if (value === undefined)
      throw new UserError(
        `${this.name}: schema metadata has no ${key}: ` +
          "write the trace with verbscope import or add the key " +
          "(docs/trace-format.md)",
      );
    return value;
  }
  bad(key: string, why: string): never {
    throw new UserError(
      `${this.name}: schema metadata ${key} ${why}, ` +
        `but is ${JSON.stringify(this.text(key).slice(0, 80))}: ` +
        "import the trace again",
    );
  }
  json<T>(key: string, what: string, ok: (v: unknown) => v is T): T {
    let value: unknown;
    try {
      value = JSON.parse(this.text(key));
    } catch {
      return this.bad(key, "must be JSON");
    }
    return ok(value) ? value : this.bad(key, `must be ${what}`);
  }
}

/** Refuses a file that announces another number of rows than it has; older ones announce none. */
export function checkRows(name: string, map: ReadonlyMap<string, string>, rows: number): void {
  const raw = new Raw(name, map);
  if (!raw.has("verbscope.rows")) return;
  const announced = raw.json("verbscope.rows", "a number of rows", isCount);
  if (announced !== rows)
    throw new UserError(
      `${name}: verbscope.rows announces ${announced} rows, but the file has ${rows}: ` +
        "it was cut off or its rows were changed, write it again",
    );
}

/** Which schema a file says it has. */
export function decodeKind(name: string, map: ReadonlyMap<string, string>): TraceKind {
  const schema = new Raw(name, map).text("verbscope.schema");
  const kind = (Object.keys(TABLES) as TraceKind[]).find((k) => TABLES[k].schema === schema);
  if (!kind)
    throw new UserError(
      `${name}: verbscope.schema is ${JSON.stringify(schema)}; legal: ${Object.values(TABLES)
        .map((t) => t.schema)
        .join(", ")}: use a version of verbscope that knows it`,
    );
  return kind;
}

export function decodeMetadata(name: string, map: ReadonlyMap<string, string>): TraceMetadata {
  const raw = new Raw(name, map);
  const { notes, ...fields } = raw.json(
    "verbscope.fields",
    'an object of column names and a list "notes"',
    isFields,
  );
  const emulated = raw.text("verbscope.emulated"),
    clock = raw.text("verbscope.clock");
  if (emulated !== "true" && emulated !== "false") raw.bad("verbscope.emulated", "must be true or false");
  if (clock !== "ns" && clock !== "none") raw.bad("verbscope.clock", "must be ns or none");
  const nodes = raw.json("verbscope.nodes", "a list of objects with a name", isNodes);
  return {
    source: raw.json("verbscope.source", "an object", isObject),
    clock,
    fields: fields as Record<string, FieldOrigin>,
    notes,
    emulated: emulated === "true",
    nodes,
  };
}

export function decodeVerbsMetadata(
  name: string,
  map: ReadonlyMap<string, string>,
): VerbsMetadata & { threads: ThreadRows[] } {
  const raw = new Raw(name, map),
    common = decodeMetadata(name, map);
  const threads = raw.json("verbscope.threads", "a list of [node, tid, rows]", isThreads);
  const last = threads.at(-1);
  if (last && last[0] >= common.nodes.length) raw.bad("verbscope.nodes", `must name node ${last[0]} too`);
  return { ...common, threads };
}

export function decodeMemoryMetadata(name: string, map: ReadonlyMap<string, string>): MemoryMetadata {
  const raw = new Raw(name, map),
    common = decodeMetadata(name, map);
  if (common.nodes.length !== 1) raw.bad("verbscope.nodes", "must name one process");
  if (!raw.has("verbscope.regions")) return common;
  const regions = raw.json(
    "verbscope.regions",
    "a list of {name, start, bytes} with start as 0x and hexadecimal digits",
    isRegions,
  );
  return { ...common, regions: regions.map((r) => ({ ...r, start: BigInt(r.start) })) };
}

function isCount(v: unknown): v is number {
  return Number.isSafeInteger(v) && (v as number) >= 0;
}
function isObject(v: unknown): v is Record<string, unknown> {
  return typeof v === "object" && v !== null && !Array.isArray(v);
}
function isFields(v: unknown): v is Record<string, unknown> & { notes: string[] } {
  if (!isObject(v) || !Array.isArray(v.notes) || !v.notes.every((n) => typeof n === "string")) return false;
  return Object.entries(v).every(
    ([k, o]) => k === "notes" || o === "recorded" || o === "inferred" || o === "assumed",
  );
}
function isThreads(v: unknown): v is ThreadRows[] {
  const whole = (n: unknown, max: number): boolean =>
    Number.isInteger(n) && (n as number) >= 0 && (n as number) <= max;
  if (
    !Array.isArray(v) ||
    !v.every(
      (e) =>
        Array.isArray(e) &&
        e.length === 3 &&
        whole(e[0], 0xffff) &&
        whole(e[1], 0xffffffff) &&
        whole(e[2], 2 ** 52),
    )
  )
    return false;
  return v.every((e, i) => i === 0 || v[i - 1][0] < e[0] || (v[i - 1][0] === e[0] && v[i - 1][1] < e[1]));
}
function isNodes(v: unknown): v is TraceNode[] {
  return Array.isArray(v) && v.every((n) => isObject(n) && typeof n.name === "string");
}
function isRegions(v: unknown): v is { name: string; start: string; bytes: number }[] {
  return (
    Array.isArray(v) &&
    v.every(
      (r) =>
        isObject(r) &&
        typeof r.name === "string" &&
        typeof r.start === "string" &&
        /^0x[0-9a-f]{1,16}$/.test(r.start) &&
        Number.isSafeInteger(r.bytes) &&
        (r.bytes as number) > 0,
    )
  );
}
