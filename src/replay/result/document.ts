import { createHash } from "node:crypto";
import { ABI_VERSION } from "../../abi/params.js";
import type { Testbed } from "../../testbed/document.js";
import type { AnyTrace } from "../../trace/read.js";
import { version } from "../../version.js";
import type { MemoryUse } from "../memory/use.js";
import type { ReplayResult } from "./result.js";
import type { SelfCheck } from "./self-check.js";

/** The rows of a thread from the one on where it could not go on. */
export interface LeftOut {
  node: number;
  /** Of the node. */
  name: string;
  tid: number;
  rows: number;
  /** The first of them, of the whole trace. */
  from_row: number;
  why: string;
}

/** Rows of all threads that were left out. */
export const rowsLeftOut = ({ left_out = [] }: Pick<Result["trace"], "left_out">): number =>
  left_out.reduce((n, { rows }) => n + rows, 0);

/** What a replay gives: verbscope.result/1 (schemas/result.schema.json). */
export interface Result {
  schema: "verbscope.result/1";
  digest: string;
  tool: { name: string; version: string; abi: number };
  testbed: { name: string; title: string; values: Testbed["values"] };
  trace: {
    file: string;
    digest: string;
    schema: string;
    rows: number;
    replayed: number;
    spin: number;
    refused: number;
    nodes: number;
    threads: number;
    /** With --partial, where something was cut: the rows of threads that could not go on. */
    left_out?: LeftOut[];
    fields: Record<string, string>;
    notes: string[];
    emulated: boolean;
    think: string;
    /** Path of simulated peers, where it is not the replayed one. */
    peer?: "native";
    /** What memory the accesses of a memory trace use. */
    memory?: MemoryUse;
    /** The memory trace that was replayed with a verbs trace. */
    memory_trace?: {
      file: string;
      digest: string;
      rows: number;
      replayed: number;
      refused: number;
      fields: Record<string, string>;
      emulated: boolean;
    };
  };
  replays: ReplayResult[];
  /** Of verbs traces: the native replay against the recording's own times. */
  self_check?: SelfCheck;
}

export const sha256 = (data: string): string => `sha256:${createHash("sha256").update(data).digest("hex")}`;
/** Of a trace as it is stored, wherever it was opened from and however large it is. */
export function fileDigest(trace: AnyTrace): string {
  const hash = createHash("sha256");
  for (const piece of trace.bytes()) hash.update(piece);
  return `sha256:${hash.digest("hex")}`;
}

/** The finished document of a replay, with its digest. */
export function document(testbed: Testbed, trace: Result["trace"], replays: ReplayResult[]): Result {
  const result: Result = {
    schema: "verbscope.result/1",
    digest: "",
    tool: { name: "verbscope", version: version(), abi: ABI_VERSION },
    testbed: { name: testbed.name, title: testbed.title, values: testbed.values },
    trace,
    replays,
  };
  result.digest = digestOf(result);
  return result;
}

/**
 * Over everything that the numbers depend on, and nothing else: not
 * the file's name or batches, not the tool's version.
 */
export function digestOf(result: Result): string {
  const { file: _file, digest: _digest, memory_trace: accesses, ...trace } = result.trace;
  const { file: _accesses, digest: _accessesDigest, ...memory_trace } = accesses ?? { file: "", digest: "" };
  return sha256(
    canonical({
      testbed: result.testbed,
      trace: accesses ? { ...trace, memory_trace } : trace,
      replays: result.replays.map(({ path_given: _given, ...replay }) => replay),
    }),
  );
}
/** JSON with sorted keys and without what is undefined: equal data give equal text. */
export function canonical(x: unknown): string {
  if (Array.isArray(x)) return `[${x.map(canonical).join(",")}]`;
  if (typeof x === "object" && x !== null)
    return `{${Object.entries(x)
      .filter(([, v]) => v !== undefined)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([k, v]) => `${JSON.stringify(k)}:${canonical(v)}`)
      .join(",")}}`;
  return JSON.stringify(x);
}
