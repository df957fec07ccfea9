import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { coreModule } from "../core/module.node.js";
import { UserError } from "../errors.js";
import { packageUrl } from "../files.js";
import { loadPath } from "../path/load.js";
import type { Path } from "../path/flatten.js";
import type { Testbed } from "../testbed/document.js";
import type { VerbsTrace } from "../trace/read.js";
import { prepare } from "./prepare.js";
import { compareWithNative, readReplay, type ReplayResult } from "./result.js";
import { run } from "./run.js";

export type Think = "auto" | "recorded" | "none";
export interface ReplayOptions {
  readonly think?: Think;
  readonly peer?: "same" | "native";
  readonly onProgress?: (path: string, rows: number, total: number) => void;
}
export interface Result {
  schema: "verbscope.result/1";
  digest: string;
  tool: { name: string; version: string; abi: number };
  testbed: { name: string; title: string; values: Testbed["values"] };
  trace: {
    file: string; digest: string; schema: string; rows: number; replayed: number; spin: number; refused: number; nodes: number; threads: number;
    fields: Record<string, string>; notes: string[]; emulated: boolean; think: string;
  };
  replays: ReplayResult[];
}

/** Version of the package, for results and `--version`. */
export function version(): string {
  return (JSON.parse(readFileSync(packageUrl("package.json"), "utf8")) as { version: string }).version;
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
  const nativePeer = options.peer === "native" ? loadPath("native") : undefined;
  const replays: ReplayResult[] = [];
  let spin = 0, refused = 0, awaited = 0;
  for (const path of paths) {
    const core = run(coreModule(), prepared, path, testbed, { think, peer: nativePeer ?? path, ...(options.onProgress ? { onProgress: (rows: number) => options.onProgress!(path.label, rows, trace.rows) } : {}) });
    const read = readReplay(core, prepared, path);
    ({ spin, refused, awaited } = read);
    replays.push(read.result);
  }
  const assumed = Math.max(0, ...replays.map((r) => Number(r.counters["events.assumed"])));
  if (awaited > 0) notes.push(`${awaited} posts wait for completions that another thread polled before them in the recording (inferred order)`);
  if (assumed > 0) notes.push(`up to ${assumed} completion events had no visible cause (a flushed or failed completion, or one polled before): they are assumed to come at once`);
  const unknown = Math.max(0, ...replays.map((r) => Number(r.counters["rkey.unknown"])));
  if (unknown > 0) notes.push(`${unknown} one-sided operations name an rkey or range that no registration in the trace covers: their remote translation is free`);
  compareWithNative(replays);
  const result: Result = {
    schema: "verbscope.result/1",
    digest: "",
    tool: { name: "verbscope", version: version(), abi: 1 },
    testbed: { name: testbed.name, title: testbed.title, values: testbed.values },
    trace: {
      file: trace.path, digest: `sha256:${createHash("sha256").update(readFileSync(trace.path)).digest("hex")}`, schema: "verbs/1",
      rows: trace.rows, replayed: trace.rows - spin - refused, spin, refused, nodes: prepared.nodes, threads: trace.threads.length,
      fields: trace.fields, notes, emulated: trace.emulated, think: think ? "recorded" : "none",
    },
    replays,
  };
  result.digest = digestOf(result);
  return result;
}

function thinkTime(asked: Think, trace: VerbsTrace): { think: boolean; why: string } {
  if (asked === "none") return { think: false, why: "think time is left out (--think none)" };
  const clock = trace.metadata.clock !== "none";
  if (asked === "recorded") {
    if (!clock) throw new UserError(`${trace.path}: has no clock, so --think recorded is not possible; use --think none`);
    return { think: true, why: trace.emulated ? "think time as recorded, though on emulated devices: it is not representative" : "think time as recorded" };
  }
  if (!clock) return { think: false, why: "think time is left out: the trace has no clock" };
  if (trace.emulated) return { think: false, why: "think time is left out: device or machine were emulated when the trace was recorded" };
  return { think: true, why: "think time as recorded on real hardware" };
}

/** Over everything that the numbers depend on, and nothing else: not the file's name or batches, not the tool's version. */
function digestOf(result: Result): string {
  const { file: _file, digest: _digest, ...trace } = result.trace;
  return `sha256:${createHash("sha256").update(canonical({ testbed: result.testbed, trace, replays: result.replays })).digest("hex")}`;
}
function canonical(x: unknown): string {
  if (Array.isArray(x)) return `[${x.map(canonical).join(",")}]`;
  if (typeof x === "object" && x !== null) return `{${Object.entries(x).sort(([a], [b]) => (a < b ? -1 : 1)).map(([k, v]) => `${JSON.stringify(k)}:${canonical(v)}`).join(",")}}`;
  return JSON.stringify(x);
}
