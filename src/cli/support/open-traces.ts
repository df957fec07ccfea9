import { UserError } from "../../errors.js";
import {
  type AnyTrace,
  type ExitsTrace,
  type MemoryTrace,
  openAnyTrace,
  type VerbsTrace,
} from "../../trace/read.js";
import { strangers } from "../../trace/verbs/endpoints.js";
import { openMembers, readSet } from "./sets.js";

export interface OpenTraces {
  verbs: VerbsTrace | undefined;
  memory: MemoryTrace | undefined;
  /** The page map of a set. */
  mapping: string | undefined;
  /** The exits of a set, which no replay takes account of. */
  exits: ExitsTrace | undefined;
}

/** Opens the traces of one run, at most one of each kind, or those of a set, and closes them when `use` has ended. */
export function withTraces<T>(command: string, files: readonly string[], use: (traces: OpenTraces) => T): T {
  const { traces, close } = openTraces(command, files);
  try {
    return use(traces);
  } finally {
    close();
  }
}

/** The same, until `close` is called. */
export function openTraces(
  command: string,
  files: readonly string[],
): { traces: OpenTraces; close: () => void } {
  const open: AnyTrace[] = [],
    beside: ExitsTrace[] = [];
  const close = (): void => {
    for (const t of [...open, ...beside]) t.close();
  };
  try {
    let mapping: string | undefined;
    for (const file of files) {
      const set = readSet(file),
        traces = set === undefined ? [openAnyTrace(file)] : openMembers(file, set);
      for (const trace of traces)
        if (set !== undefined && trace.kind === "mapping") {
          mapping = trace.path;
          trace.close();
        } else if (set !== undefined && trace.kind === "exits") beside.push(trace);
        else open.push(trace);
    }
    return { traces: { ...sorted(command, open), mapping, exits: beside[0] }, close };
  } catch (error) {
    close();
    throw error;
  }
}

/** The one trace of each kind. */
function sorted(command: string, open: readonly AnyTrace[]): Omit<OpenTraces, "mapping" | "exits"> {
  const of = <K extends AnyTrace["kind"]>(kind: K): Extract<AnyTrace, { kind: K }>[] =>
    open.filter((t): t is Extract<AnyTrace, { kind: K }> => t.kind === kind);
  const verbs = of("verbs"),
    memory = of("memory"),
    mapping = of("mapping");
  if (mapping.length > 0)
    throw new UserError(`${mapping[0]!.path}: is a page map, not a trace to replay; give it with --mapping`);
  const exits = of("exits");
  if (exits.length > 0)
    throw new UserError(
      `${exits[0]!.path}: is a table of exits, which has nothing to replay; look at it with verbscope inspect, ` +
        "or put it beside a replay: verbscope join it with the traces of its run",
    );
  if (verbs.length > 1)
    throw new UserError(
      `${command}: ${verbs.length} verbs traces are named, but one is replayed at a time; ` +
        (strangers(verbs).length === 0
          ? `they are of one run: join them with: verbscope merge ${verbs.map((t) => t.path).join(" ")} -o run.arrow`
          : "no QP of one is connected to a QP of another, so they are runs of their own: replay each by itself"),
    );
  if (memory.length > 1)
    throw new UserError(
      `${command}: ${memory.length} memory traces are named, ` +
        "but one is replayed at a time; replay them one after the other",
    );
  return { verbs: verbs[0], memory: memory[0] };
}
