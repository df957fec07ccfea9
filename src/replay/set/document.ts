import { shown, UserError } from "../../errors.js";

/** Traces of one run that replay together; docs/trace-format.md, "Sets". */
export interface TraceSet {
  readonly schema: typeof SET_SCHEMA;
  /** What the traces do not say of each other, and what was assumed. */
  readonly notes: readonly string[];
  readonly verbs?: Member;
  readonly memory?: Member;
  readonly mapping?: Member;
  readonly exits?: Member;
}
/** A trace of a set: its file, from the folder of the set, and what it held when they were joined. */
export interface Member {
  readonly file: string;
  readonly digest: string;
}
export const SET_SCHEMA = "verbscope.set/1";
export const SET_KINDS = ["verbs", "memory", "mapping", "exits"] as const;

/** Checks a parsed document; `from` names it in errors. */
export function checkSet(doc: unknown, from: string): TraceSet {
  const fail = (what: string): never => {
    throw new UserError(`${from}: ${what}; make it again with verbscope join`);
  };
  const set = doc as TraceSet;
  if (typeof doc !== "object" || doc === null || set.schema !== SET_SCHEMA)
    return fail(`is no set of traces: expected { "schema": "${SET_SCHEMA}", … }`);
  const odd = Object.keys(set).find((k) => !["schema", "notes", ...SET_KINDS].includes(k));
  if (odd !== undefined) fail(`has ${shown(odd)}, which no set has`);
  if (!Array.isArray(set.notes) || set.notes.some((n) => typeof n !== "string"))
    fail("has no notes, a list of sentences");
  for (const kind of SET_KINDS) {
    const member: unknown = set[kind];
    if (member === undefined) continue;
    const { file, digest } = (member ?? {}) as Partial<Member>;
    if (typeof file !== "string" || file === "") fail(`${kind} has no file`);
    if (typeof digest !== "string" || !/^sha256:[0-9a-f]{64}$/.test(digest))
      fail(`${kind} has digest ${shown(digest)}, which is no sha256:… of its file`);
  }
  if (set.verbs === undefined && set.memory === undefined) fail("has no trace to replay");
  return set;
}
