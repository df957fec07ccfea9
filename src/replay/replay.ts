import { VERBS } from "../abi/verbs.js";
import { coreModule, explainingModule } from "../core/module.node.js";
import { UserError } from "../errors.js";
import type { Path } from "../path/flatten.js";
import { loadPath } from "../path/load.js";
import { pathNotes } from "../path/notes.js";
import type { Testbed } from "../testbed/document.js";
import type { MemoryTrace, VerbsTrace } from "../trace/read.js";
import { compareAccesses, memoryTraceOf, withAccesses } from "./coupled-result.js";
import { verbsKey } from "./key.js";
import { QpLatencyCollector } from "./log/latencies.js";
import { type Coupling, couple } from "./memory/couple.js";
import { type MemoryOptions, onTestbed, prepareMemory, settledBy } from "./memory/prepare.js";
import { memoryUse, TOP } from "./memory/use.js";
import { prepare } from "./prepare/prepare.js";
import { StoppedError } from "./prepare/stops.js";
import { document, fileDigest, type Result } from "./result/document.js";
import { NOTHING_SEEN, rowNotes, seenNotes } from "./result/notes.js";
import { compareWithNative, hasDataPath, type ReplayResult, readReplay } from "./result/result.js";
import { selfCheck } from "./result/self-check.js";
import { type RunOptions, run } from "./run.js";
import type { Extend, Outcome, ReplayStep, Session } from "./session.js";
import { type Think, thinkTime } from "./think.js";

export interface ReplayOptions {
  readonly think?: Think;
  readonly peer?: "same" | "native";
  /** A memory trace of the same run, whose accesses fill the think time of its threads. */
  readonly memory?: MemoryTrace;
  readonly memoryOptions?: MemoryOptions;
  /** Latencies by queue pair in each replay. */
  readonly byQp?: boolean;
  /**
   * Where nodes of the trace are not connected to each other, or not any more, what needs that connection
   * stops (src/replay/partial.ts): no peer is simulated for it.
   */
  readonly partial?: boolean;
  readonly extend?: Extend;
  /** Who replays: the session that is made, or one that hands replays to other threads. */
  readonly by?: (session: Session) => Session;
  readonly onProgress?: (path: string, rows: number, total: number) => void;
}

/**
 * Replays a trace on each path and attributes every picosecond. Pure: the same input gives the same digest.
 */
export function replay(
  trace: VerbsTrace,
  paths: readonly Path[],
  testbed: Testbed,
  options: ReplayOptions = {},
): Result {
  const own = verbsSession(trace, testbed, options),
    session = options.by?.(own) ?? own;
  if (!options.byQp) session.ahead(paths);
  const replays = paths.map((path) => {
    const latencies = options.byQp
      ? new QpLatencyCollector((thread) => trace.threads[thread]![0])
      : undefined;
    const result = session.replay(path, {
      ...(latencies ? { log: latencies.log } : {}),
      ...(options.onProgress
        ? { onRows: (rows: number) => options.onProgress!(path.label, rows, trace.rows) }
        : {}),
    });
    return latencies ? { ...result, latencies_by_qp: latencies.result() } : result;
  });
  session.compare(replays);
  const result = document(
    testbed,
    session.trace(replays),
    options.extend?.(session, paths, replays) ?? replays,
  );
  return {
    ...result,
    self_check: selfCheck(
      trace,
      () => replays.find((r) => r.path === "native") ?? session.replay(loadPath("native")),
    ),
  };
}

/** A verbs trace, alone or with the memory accesses of its threads, ready to be replayed. */
export function verbsSession(trace: VerbsTrace, testbed: Testbed, options: ReplayOptions = {}): Session {
  const prepared = prepare(trace);
  if (!prepared.matched && !options.partial) {
    throw new UserError(
      `${trace.path}: its ${prepared.nodes} nodes cannot be matched: ` +
        "no QP of one names a QP of another as its destination (column peer_qp of " +
        "modify_qp); where one side ends early, use replay --partial; " +
        "else merge captures of one run, or replay each node alone",
    );
  }
  const stops = options.partial ? prepared.stops() : [];
  if (stops.length > 0)
    throw new StoppedError(`${trace.path}: row ${stops[0]!.row}: ${stops[0]!.why}`, stops);
  const { think, why } = thinkTime(options.think ?? "auto", trace);
  const notes = [...trace.notes, why, ...rowNotes(prepared)];
  const lonely = prepared.lonely - (options.partial ? prepared.cutOff : 0);
  if (lonely > 0)
    notes.push(
      `${lonely} connected QPs have no partner in the trace: ` +
        `their peer is simulated (--peer ${options.peer ?? "same"}), it answers at once`,
    );
  if (prepared.nodes > 2)
    notes.push(
      "links are counted on the sending side: " +
        "several nodes that send to one at once do not queue at its port",
    );
  const given =
    options.memory &&
    couple(
      trace,
      prepared,
      prepareMemory(
        options.memory,
        testbed,
        options.think !== "none" && options.memory.columns.has("gap"),
        options.memoryOptions ?? {},
      ),
    );
  if (given)
    notes.push(
      ...options.memory!.notes,
      ...given.memory.notes,
      ...given.notes,
      "accesses take the place of the recorded gaps between calls; " +
        "all threads of the node share one core's TLBs and caches",
    );
  const nativePeer = options.peer === "native" ? loadPath("native") : undefined;
  const verbs = new Set<string>(Array.from(trace.verbRemap, (id) => VERBS[id]!));
  const replayed = new Map<string, Path>();
  /** The dictionary of a trace may name every verb: those that it uses are those that operations are of. */
  const ofPaths = (replays: readonly ReplayResult[]): string[] =>
    replays.flatMap(({ path, operations }) =>
      replayed.has(path)
        ? pathNotes(replayed.get(path)!, new Set(operations.map((o) => o.verb)), given !== undefined)
        : [],
    );
  let last = NOTHING_SEEN;
  const say: Session["trace"] = (replays) => {
    const most = (counter: string): number => Math.max(0, ...replays.map((r) => Number(r.counters[counter])));
    const { spin, refused } = last;
    const events = { assumed: most("events.assumed"), unknown: most("rkey.unknown") };
    return {
      file: trace.path,
      digest: fileDigest(trace),
      schema: "verbs/1",
      rows: trace.rows,
      replayed: trace.rows - spin - refused,
      spin,
      refused,
      nodes: prepared.nodes,
      threads: trace.threads.length,
      fields: trace.fields,
      notes: [...notes, ...seenNotes(last, events, replays.every(hasDataPath)), ...ofPaths(replays)],
      emulated: trace.emulated,
      think: think ? "recorded" : "none",
      ...(lonely > 0 && nativePeer ? { peer: "native" as const } : {}),
      ...(given
        ? {
            memory: memoryUse(
              given.memory.scan,
              given.memory.regions,
              given.memory.setup.links,
              given.memory.placement,
              options.memoryOptions?.top ?? TOP,
            ),
            memory_trace: memoryTraceOf(given),
          }
        : {}),
    };
  };
  const sessionOn = (testbed: Testbed, coupling: Coupling | undefined): Session => {
    const runOptions = (path: Path): RunOptions => ({
      think,
      peer: nativePeer ?? path,
      ...(coupling ? { coupling } : {}),
    });
    const one = (path: Path, { scale, log, onRows }: ReplayStep = {}): Outcome => {
      const core = run(log?.follow ? explainingModule() : coreModule(), prepared, path, testbed, {
        ...runOptions(path),
        ...(scale ? { scale } : {}),
        ...(log ? { log } : {}),
        ...(onRows ? { onProgress: onRows } : {}),
      });
      const { result, seen } = readReplay(core, prepared, path);
      return { result: coupling ? withAccesses(core, result, coupling) : result, seen };
    };
    const adopt = (path: Path, { result, seen }: Outcome): ReplayResult => {
      replayed.set(path.label, path);
      last = seen;
      return result;
    };
    return {
      testbed,
      file: trace.path,
      rows: trace.rows,
      verbs: true,
      memory: coupling !== undefined,
      settled: coupling ? settledBy(coupling.memory) : [],
      key: (path) => verbsKey(path, testbed, verbs, prepared.nodes, trace.threads.length, runOptions(path)),
      replay: (path, step) => adopt(path, one(path, step)),
      run: one,
      adopt,
      ahead: () => undefined,
      on: (other) => sessionOn(other, coupling && { ...coupling, memory: onTestbed(coupling.memory, other) }),
      compare: (replays) => {
        compareWithNative(replays);
        if (coupling) compareAccesses(replays);
      },
      trace: say,
    };
  };
  return sessionOn(testbed, given);
}
