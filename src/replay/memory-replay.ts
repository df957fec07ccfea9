import { COUNTERS } from "../abi/counters.js";
import { Core } from "../core/instance.js";
import { coreModule } from "../core/module.node.js";
import { UserError } from "../errors.js";
import { integer, perSecond, ratio } from "../numbers.js";
import type { Path } from "../path/flatten.js";
import type { Testbed } from "../testbed/document.js";
import type { MemoryTrace } from "../trace/read.js";
import { memoryKey } from "./key.js";
import { ColumnFeed } from "./memory/feed.js";
import {
  type MemoryOptions,
  onTestbed,
  type PreparedMemory,
  prepareMemory,
  settledBy,
} from "./memory/prepare.js";
import { checkInvariants, compareMemory, memoryCounters, memoryResult, readEngine } from "./memory/result.js";
import { checkMemory, relinks, setUpMemory } from "./memory/setup.js";
import { memoryUse, TOP } from "./memory/use.js";
import { document, fileDigest, type Result } from "./result/document.js";
import { NOTHING_SEEN } from "./result/notes.js";
import type { ReplayResult } from "./result/result.js";
import type { Extend, Outcome, ReplayStep, Session } from "./session.js";
import type { Think } from "./think.js";

export interface MemoryReplayOptions extends MemoryOptions {
  readonly think?: Think;
  readonly extend?: Extend;
  /** Who replays: the session that is made, or one that hands replays to other threads. */
  readonly by?: (session: Session) => Session;
  readonly onProgress?: (path: string, rows: number, total: number) => void;
}

/** Replays a memory trace alone on each path. Pure: the same input gives the same digest. */
export function replayMemory(
  trace: MemoryTrace,
  paths: readonly Path[],
  testbed: Testbed,
  options: MemoryReplayOptions = {},
): Result {
  const own = memorySession(trace, testbed, options),
    session = options.by?.(own) ?? own;
  session.ahead(paths);
  const replays = paths.map((path) =>
    session.replay(path, { onRows: (rows) => options.onProgress?.(path.label, rows, trace.rows) }),
  );
  session.compare(replays);
  return document(testbed, session.trace(replays), options.extend?.(session, paths, replays) ?? replays);
}

/**
 * A memory trace, ready to be replayed; reading it is a step of its own, which `onProgress` calls "reading".
 */
export function memorySession(
  trace: MemoryTrace,
  testbed: Testbed,
  options: MemoryReplayOptions = {},
): Session {
  const { think, why } = gaps(options.think ?? "auto", trace);
  const sessionOn = (testbed: Testbed, prepared: PreparedMemory): Session => ({
    testbed,
    file: trace.path,
    rows: trace.rows,
    verbs: false,
    memory: true,
    settled: settledBy(prepared),
    key: (path) => memoryKey(path, prepared.setup),
    replay: (path, step) => runOn(prepared, path, step).result,
    run: (path, step) => runOn(prepared, path, step),
    adopt: (_, { result }) => result,
    ahead: () => undefined,
    on: (other) => sessionOn(other, onTestbed(prepared, other)),
    compare: (replays) => {
      const native = replays.find((r) => r.path === "native");
      if (native) for (const r of replays) compare(r, native);
    },
    trace: (replays) => {
      const { scan, setup } = prepared;
      const notes = [
        ...trace.notes,
        ...prepared.notes,
        why,
        "accesses run one after the other and nothing is prefetched: " +
          "times are an upper bound for programs that overlap accesses, " +
          "ratios between paths are not, since data overlap more than page walks",
      ];
      if (setup.links.asked !== "none" && !replays.some(relinks))
        notes.push(
          `--link ${setup.links.asked} changes nothing here: ` +
            "none of these paths links memory (memory=memlink)",
        );
      if (trace.columns.has("tid")) notes.push("all threads run on one core, in the order of the rows");
      return {
        file: trace.path,
        digest: fileDigest(trace),
        schema: "memory/1",
        rows: trace.rows,
        replayed: trace.rows - scan.fetches,
        spin: 0,
        refused: scan.fetches,
        nodes: 1,
        threads: 1,
        fields: trace.fields,
        notes,
        emulated: trace.emulated,
        think: think ? "instructions" : "none",
        memory: memoryUse(scan, prepared.regions, setup.links, prepared.placement, options.top ?? TOP),
      };
    },
  });
  return sessionOn(
    testbed,
    prepareMemory(trace, testbed, think, options, (rows) =>
      options.onProgress?.("reading", rows, trace.rows),
    ),
  );
}

const runOn = (prepared: PreparedMemory, path: Path, { onRows }: ReplayStep = {}): Outcome => ({
  result: replayOne(prepared, path, onRows ?? (() => undefined)),
  seen: NOTHING_SEEN,
});

function gaps(asked: Think, trace: MemoryTrace): { think: boolean; why: string } {
  if (asked === "none")
    return { think: false, why: "instructions between accesses take no time (--think none)" };
  if (trace.columns.has("gap"))
    return { think: true, why: "instructions between accesses take cpu.instruction each (app.think)" };
  if (asked === "recorded")
    throw new UserError(
      `${trace.path}: has no gap column, so --think recorded is not possible; use --think none`,
    );
  return { think: false, why: "instructions between accesses take no time: the trace has no gap column" };
}

/** Links at time 0, then all rows (M6.3). */
function replayOne(prepared: PreparedMemory, path: Path, onRows: (rows: number) => void): ReplayResult {
  const { trace, scan, setup } = prepared,
    core = new Core(coreModule());
  setUpMemory(core, path, setup);
  const feed = new ColumnFeed(core, trace, { threads: false });
  core.exports.mem_begin(0, 0);
  for (const batch of trace.batches) {
    feed.load(batch);
    core.exports.mem_run(0, batch.rows, 0, scan.fetches > 0 ? 1 : 0);
    onRows(batch.firstRow + batch.rows);
  }
  checkMemory(core, trace.path);
  const state = readEngine(core);
  checkInvariants(state, path.label, BigInt(trace.rows));
  const accesses = Number(state.counters.get("mem.accesses"));
  const rates = {
    bytes_per_s: perSecond(Number(scan.bytes), state.clock),
    ops_per_s: perSecond(accesses, state.clock),
  };
  return {
    path: path.label,
    ...(path.given === undefined ? {} : { path_given: path.given }),
    mechanisms: path.mechanisms,
    makespan_ps: integer(state.clock),
    layers: Object.fromEntries(
      [...state.layers].filter(([, v]) => v !== 0n).map(([l, v]) => [l, integer(v)]),
    ),
    counters: { ...Object.fromEntries(COUNTERS.map((c) => [c, 0])), ...memoryCounters(state) },
    operations: [],
    throughput: { bytes: integer(scan.bytes), ...rates },
    data_path: { start_ps: 0, end_ps: integer(state.clock), ...rates },
    against_native: null,
    memory: memoryResult(state),
  };
}

function compare(result: ReplayResult, native: ReplayResult): void {
  const time = ratio(Number(result.makespan_ps), Number(native.makespan_ps));
  result.against_native = {
    time_ratio: time,
    throughput_ratio: ratio(result.throughput.bytes_per_s, native.throughput.bytes_per_s),
    data_path_ratio: time,
  };
  compareMemory(result.memory!, native.memory!);
}
