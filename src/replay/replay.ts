import { coreModule } from "../core/module.node.js";
import { UserError } from "../errors.js";
import { loadPath } from "../path/load.js";
import type { Path } from "../path/flatten.js";
import type { Testbed } from "../testbed/document.js";
import type { MemoryTrace, VerbsTrace } from "../trace/read.js";
import { document, fileDigest, type Result } from "./document.js";
import { couple } from "./memory/couple.js";
import { compareAccesses, memoryTraceOf, withAccesses } from "./memory/coupled-result.js";
import { prepareMemory, type MemoryOptions } from "./memory/prepare.js";
import { memoryUse, TOP } from "./memory/use.js";
import { prepare } from "./prepare.js";
import { compareWithNative, readReplay, type ReplayResult } from "./result.js";
import { run } from "./run.js";
import { thinkTime, type Think } from "./think.js";

export interface ReplayOptions {
  readonly think?: Think;
  readonly peer?: "same" | "native";
  /** A memory trace of the same run, whose accesses fill the think time of its threads. */
  readonly memory?: MemoryTrace;
  readonly memoryOptions?: MemoryOptions;
  readonly onProgress?: (path: string, rows: number, total: number) => void;
}

/** Replays a trace on each path and attributes every picosecond. Pure: the same input gives the same digest. */
export function replay(trace: VerbsTrace, paths: readonly Path[], testbed: Testbed, options: ReplayOptions = {}): Result {
  const prepared = prepare(trace);
  if (!prepared.matched) {
    throw new UserError(`${trace.path}: its ${prepared.nodes} nodes cannot be matched: no QP of one names a QP of another as its destination (column peer_qp of modify_qp); merge captures of one run, or replay each node alone`);
  }
  const { think, why } = thinkTime(options.think ?? "auto", trace);
  const notes = [...trace.notes, why];
  if (prepared.lonely > 0) notes.push(`${prepared.lonely} connected QPs have no partner in the trace: their peer is simulated (--peer ${options.peer ?? "same"}), it answers at once`);
  if (prepared.nodes > 2) notes.push("links are counted on the sending side: several nodes that send to one at once do not queue at its port");
  const coupling = options.memory && couple(trace, prepared, prepareMemory(options.memory, testbed, options.think !== "none" && options.memory.columns.has("gap"), options.memoryOptions ?? {}));
  if (coupling) notes.push(...options.memory!.notes, ...coupling.memory.notes, ...coupling.notes, "accesses take the place of the recorded gaps between calls; all threads of the node share one core's TLBs and caches");
  const nativePeer = options.peer === "native" ? loadPath("native") : undefined;
  const replays: ReplayResult[] = [];
  let spin = 0, refused = 0, awaited = 0;
  for (const path of paths) {
    const core = run(coreModule(), prepared, path, testbed, { think, peer: nativePeer ?? path, ...(coupling ? { coupling } : {}), ...(options.onProgress ? { onProgress: (rows: number) => options.onProgress!(path.label, rows, trace.rows) } : {}) });
    const read = readReplay(core, prepared, path);
    ({ spin, refused, awaited } = read);
    replays.push(coupling ? withAccesses(core, read.result, coupling) : read.result);
  }
  const assumed = Math.max(0, ...replays.map((r) => Number(r.counters["events.assumed"])));
  if (awaited > 0) notes.push(`${awaited} posts wait for completions that another thread polled before them in the recording (inferred order)`);
  if (assumed > 0) notes.push(`up to ${assumed} completion events had no visible cause (a flushed or failed completion, or one polled before): they are assumed to come at once`);
  const unknown = Math.max(0, ...replays.map((r) => Number(r.counters["rkey.unknown"])));
  if (unknown > 0) notes.push(`${unknown} one-sided operations name an rkey or range that no registration in the trace covers: their remote translation is free`);
  compareWithNative(replays);
  if (coupling) compareAccesses(replays);
  return document(testbed, {
    file: trace.path, digest: fileDigest(trace.path), schema: "verbs/1",
    rows: trace.rows, replayed: trace.rows - spin - refused, spin, refused, nodes: prepared.nodes, threads: trace.threads.length,
    fields: trace.fields, notes, emulated: trace.emulated, think: think ? "recorded" : "none",
    ...(coupling ? { memory: memoryUse(coupling.memory.scan, coupling.memory.regions, coupling.memory.setup.links, coupling.memory.placement, options.memoryOptions?.top ?? TOP), memory_trace: memoryTraceOf(coupling) } : {}),
  }, replays);
}
