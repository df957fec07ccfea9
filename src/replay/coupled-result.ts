import type { Core } from "../core/instance.js";
import type { Coupling } from "./memory/couple.js";
import { checkInvariants, compareMemory, memoryCounters, memoryResult, readEngine } from "./memory/result.js";
import { fileDigest, type Result } from "./result/document.js";
import type { ReplayResult } from "./result/result.js";

/** The result of a verbs trace with what its threads' accesses cost. */
export function withAccesses(core: Core, result: ReplayResult, coupling: Coupling): ReplayResult {
  const state = readEngine(core);
  checkInvariants(state, result.path, BigInt(coupling.memory.trace.rows - coupling.refused));
  return {
    ...result,
    counters: { ...result.counters, ...memoryCounters(state) },
    memory: memoryResult(state),
  };
}

export function compareAccesses(replays: readonly ReplayResult[]): void {
  const native = replays.find((r) => r.path === "native");
  if (native) for (const r of replays) compareMemory(r.memory!, native.memory!);
}

export function memoryTraceOf({
  memory: { trace, scan },
  refused,
}: Coupling): NonNullable<Result["trace"]["memory_trace"]> {
  return {
    file: trace.path,
    digest: fileDigest(trace),
    rows: trace.rows,
    replayed: trace.rows - refused - scan.fetches,
    refused: refused + scan.fetches,
    fields: trace.fields,
    emulated: trace.emulated,
  };
}
