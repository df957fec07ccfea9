import { MemoryOracle } from "../../oracle/memory/engine.js";
import { MANY, MemoryCore } from "../memory/memory-core.js";
import { type MemoryAction, randomMemory } from "./memory.js";

interface Engine {
  link(page: bigint, pages: number, present?: boolean): void;
  unlink(page: bigint, pages: number): void;
  beginRun(now?: bigint): void;
  access(vaddr: bigint, size: number, kind: number, gap: number): void;
  counters(): Record<string, bigint>;
  layers(): Record<string, bigint>;
}
function act(engine: Engine, a: MemoryAction): void {
  if (a.kind === "link") engine.link(a.page, a.pages, a.present);
  else if (a.kind === "unlink") engine.unlink(a.page, a.pages);
  else if (a.kind === "beginRun") engine.beginRun(a.now);
  else engine.access(a.vaddr, a.size, a.type, a.gap);
}
/** Names whose values differ. */
function differences(core: Record<string, bigint>, oracle: Record<string, bigint>): string[] {
  return [...new Set([...Object.keys(core), ...Object.keys(oracle)])]
    .filter((k) => (core[k] ?? 0n) !== (oracle[k] ?? 0n))
    .map((k) => `${k}: core ${core[k] ?? 0n}, oracle ${oracle[k] ?? 0n}`);
}

/** The script with consecutive accesses as one run each, for the core. */
function actInRuns(core: MemoryCore, script: readonly MemoryAction[]): void {
  let rows: { vaddr: bigint; size: number; kind: number; gap: number }[] = [];
  const flush = (): void => {
    if (rows.length > 0) core.accesses(rows);
    rows = [];
  };
  for (const a of script) {
    if (a.kind === "access") rows.push({ vaddr: a.vaddr, size: a.size, kind: a.type, gap: a.gap });
    if (a.kind !== "access" || rows.length === MANY) flush();
    if (a.kind !== "access") act(core, a);
  }
  flush();
}

/** Runs both; with `each` they are compared after every action. */
export function compareMemory(seed: number, actions: number, each: boolean): string[] {
  const { config, actions: script } = randomMemory(seed, actions);
  const core = new MemoryCore(config),
    oracle = new MemoryOracle(config);
  const compared = (at: string): string[] =>
    [...differences(core.counters(), oracle.counters()), ...differences(core.layers(), oracle.layers())].map(
      (d) => `${at}: ${d}`,
    );
  if (!each) actInRuns(core, script);
  for (const [i, a] of script.entries()) {
    if (each) act(core, a);
    act(oracle, a);
    if (!each) continue;
    const found = compared(
      `action ${i}, ` +
        `${JSON.stringify(a, (_k, v: unknown) => (typeof v === "bigint" ? `0x${v.toString(16)}` : v))}`,
    );
    if (found.length > 0) return found;
  }
  if (core.error() !== 0n) return [`core: error ${core.error()}`];
  return compared("at the end");
}
