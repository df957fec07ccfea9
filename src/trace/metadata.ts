import { UserError } from "../errors.js";

export const VERBS_SCHEMA = "verbs/1";

/** How a column's values came about. */
export type FieldOrigin = "recorded" | "inferred" | "assumed";

export interface TraceNode { name: string; [detail: string]: unknown }

/** Schema metadata of a verbs trace, decoded. `threads` is `[node, tid, rows]`, sorted. */
export interface VerbsMetadata {
  source: Record<string, unknown>;
  clock: string;
  fields: Record<string, FieldOrigin>;
  /** What the trace lacks or what was inferred, one sentence each: the loss report. */
  notes: string[];
  emulated: boolean;
  nodes: TraceNode[];
}

export type ThreadRows = [node: number, tid: number, rows: number];

export function encodeMetadata(meta: VerbsMetadata, threads: readonly ThreadRows[]): Map<string, string> {
  return new Map([
    ["verbscope.schema", VERBS_SCHEMA],
    ["verbscope.source", JSON.stringify(meta.source)],
    ["verbscope.clock", meta.clock],
    ["verbscope.fields", JSON.stringify({ ...meta.fields, notes: meta.notes })],
    ["verbscope.threads", JSON.stringify(threads)],
    ["verbscope.emulated", String(meta.emulated)],
    ["verbscope.nodes", JSON.stringify(meta.nodes)],
  ]);
}

export function decodeMetadata(name: string, raw: ReadonlyMap<string, string>): VerbsMetadata & { threads: ThreadRows[] } {
  const get = (key: string): string => {
    const value = raw.get(key);
    if (value === undefined) throw new UserError(`${name}: schema metadata has no ${key}: write the trace with verbscope import or add the key (docs/trace-format.md)`);
    return value;
  };
  const bad = (key: string, why: string): never => {
    throw new UserError(`${name}: schema metadata ${key} ${why}, but is ${JSON.stringify(get(key).slice(0, 80))}: import the trace again`);
  };
  const json = <T>(key: string, what: string, ok: (v: unknown) => v is T): T => {
    let value: unknown;
    try {
      value = JSON.parse(get(key));
    } catch {
      return bad(key, "must be JSON");
    }
    return ok(value) ? value : bad(key, `must be ${what}`);
  };
  const schema = get("verbscope.schema");
  if (schema !== VERBS_SCHEMA) throw new UserError(`${name}: verbscope.schema is ${JSON.stringify(schema)}, not "${VERBS_SCHEMA}": give a verbs trace here`);
  const { notes, ...fields } = json("verbscope.fields", "an object of column names and a list \"notes\"", isFields);
  const emulated = get("verbscope.emulated");
  if (emulated !== "true" && emulated !== "false") bad("verbscope.emulated", "must be true or false");
  const threads = json("verbscope.threads", "a list of [node, tid, rows]", isThreads);
  const nodes = json("verbscope.nodes", "a list of objects with a name", isNodes);
  const last = threads.at(-1);
  if (last && last[0] >= nodes.length) bad("verbscope.nodes", `must name node ${last[0]} too`);
  return { source: json("verbscope.source", "an object", isObject), clock: get("verbscope.clock"), fields: fields as Record<string, FieldOrigin>, notes, emulated: emulated === "true", nodes, threads };
}

function isObject(v: unknown): v is Record<string, unknown> {
  return typeof v === "object" && v !== null && !Array.isArray(v);
}
function isFields(v: unknown): v is Record<string, unknown> & { notes: string[] } {
  if (!isObject(v) || !Array.isArray(v.notes) || !v.notes.every((n) => typeof n === "string")) return false;
  return Object.entries(v).every(([k, o]) => k === "notes" || o === "recorded" || o === "inferred" || o === "assumed");
}
function isThreads(v: unknown): v is ThreadRows[] {
  const whole = (n: unknown, max: number): boolean => Number.isInteger(n) && (n as number) >= 0 && (n as number) <= max;
  if (!Array.isArray(v) || !v.every((e) => Array.isArray(e) && e.length === 3 && whole(e[0], 0xffff) && whole(e[1], 0xffffffff) && whole(e[2], 2 ** 52))) return false;
  return v.every((e, i) => i === 0 || v[i - 1][0] < e[0] || (v[i - 1][0] === e[0] && v[i - 1][1] < e[1]));
}
function isNodes(v: unknown): v is TraceNode[] {
  return Array.isArray(v) && v.every((n) => isObject(n) && typeof n.name === "string");
}
