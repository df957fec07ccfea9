import { LAYERS, type Layer } from "../../abi/layers.js";
import { MEMORY_COUNTERS, STRUCTURES } from "../../abi/memory.js";
import type { Core } from "../../core/instance.js";
import { type Integer, integer, rounded } from "../../numbers.js";

/** References by where they hit. */
export interface References {
  l1: Integer;
  l2: Integer;
  l3: Integer;
  dram: Integer;
}
export interface StructureResult {
  name: string;
  hits: Integer;
  misses: Integer;
  hit_rate: number | null;
}

/** What memory accesses cost on one path. */
export interface MemoryResult {
  accesses: Integer;
  instructions: Integer;
  /** All layers but app.think: what the accesses took. */
  access_ps: Integer;
  /** mem.tlb, walk.guest, walk.host: what finding the addresses took. */
  translation_ps: Integer;
  /** vm.ept-fault: first touches, which come once. */
  first_touch_ps: Integer;
  access_ps_mean: number;
  translation_ps_mean: number;
  translation_ps_per_kilo_access: number;
  /** TLBs by page size, walk caches by level, nested TLB. */
  structures: StructureResult[];
  references: { data: References; guest: References; host: References };
  walks: Record<"4k" | "2m" | "1g", Integer>;
  references_per_walk: number | null;
  pages_linked: Integer;
  blocks_split: Integer;
  /** Ratios of access_ps, of access_ps without first touches, and of translation_ps to those of native. */
  against_native: { access_ratio: number; steady_ratio: number; translation_ratio: number | null } | null;
}

/** The engine's counters, times and layers. */
export interface EngineState {
  readonly counters: ReadonlyMap<string, bigint>;
  readonly layers: ReadonlyMap<Layer, bigint>;
  readonly clock: bigint;
}

const TRANSLATION: readonly Layer[] = ["mem.tlb", "walk.guest", "walk.host"];

export function readEngine(core: Core): EngineState {
  const values = core.u64(core.exports.mem_counters_ptr(), MEMORY_COUNTERS.length),
    clock = core.u64(core.exports.mem_clock(), 2 + LAYERS.length);
  return {
    counters: new Map(MEMORY_COUNTERS.map((c, i) => [c, values[i]!])),
    layers: new Map(LAYERS.map((l, i) => [l, clock[2 + i]!])),
    clock: clock[0]!,
  };
}

/** Checks what must always hold (M8.1). */
export function checkInvariants(state: EngineState, label: string, rows: bigint): void {
  const c = (name: string): bigint => state.counters.get(name)!;
  const holds = (what: string, a: bigint, b: bigint): void => {
    if (a !== b)
      throw new Error(
        `invariant broken on ${label}: ${what}: ${a} against ${b}; this is a defect of verbscope`,
      );
  };
  const sum = (names: readonly string[]): bigint => names.reduce((n, name) => n + c(name), 0n);
  const sizes = ["4k", "2m", "1g"],
    levels = ["l1", "l2", "l3", "dram"];
  const at = (level: string, what: string): bigint => sum(sizes.map((s) => `tlb.${level}.${s}.${what}`));
  holds(
    "layers sum to the clock",
    [...state.layers.values()].reduce((a, b) => a + b, 0n),
    state.clock,
  );
  holds("rows are accounted for", c("mem.accesses") + c("mem.refused"), rows);
  const l2 = c("tlb.l2.lookups");
  holds("L2 TLB: hits and misses are its look-ups", at("l2", "hits") + at("l2", "misses"), l2);
  if (l2 > 0n) holds("each L1 TLB miss looks the L2 TLB up", at("l1", "misses"), l2);
  holds(
    "walks are the misses of the last TLB level",
    sum(sizes.map((s) => `walks.${s}`)),
    l2 > 0n ? at("l2", "misses") : at("l1", "misses"),
  );
  holds("nested TLB: hits and misses are its look-ups", c("ntlb.hits") + c("ntlb.misses"), c("ntlb.lookups"));
  holds(
    "each page of each access is translated",
    at("l1", "hits") + at("l1", "misses") >= c("mem.accesses") + c("mem.straddles.page") ? 1n : 0n,
    1n,
  );
  holds(
    "each line of each access is referenced",
    sum(levels.map((l) => `mem.refs.${l}`)) >= c("mem.accesses") + c("mem.straddles.line") ? 1n : 0n,
    1n,
  );
}

export function memoryResult(state: EngineState): MemoryResult {
  const c = (name: string): bigint => state.counters.get(name)!;
  const layer = (l: Layer): bigint => state.layers.get(l) ?? 0n;
  const translation = TRANSLATION.reduce((n, l) => n + layer(l), 0n),
    access = state.clock - layer("app.think");
  const accesses = Number(c("mem.accesses")),
    walks = Number(c("walks.4k") + c("walks.2m") + c("walks.1g"));
  const references = (by: string): References => ({
    l1: integer(c(`${by}.l1`)),
    l2: integer(c(`${by}.l2`)),
    l3: integer(c(`${by}.l3`)),
    dram: integer(c(`${by}.dram`)),
  });
  const total = (by: string): number =>
    ["l1", "l2", "l3", "dram"].reduce((n, l) => n + Number(c(`${by}.${l}`)), 0);
  const mean = (ps: bigint): number => (accesses > 0 ? rounded(Number(ps) / accesses) : 0);
  return {
    accesses: integer(c("mem.accesses")),
    instructions: integer(c("mem.instructions")),
    access_ps: integer(access),
    translation_ps: integer(translation),
    first_touch_ps: integer(layer("vm.ept-fault")),
    access_ps_mean: mean(access),
    translation_ps_mean: mean(translation),
    translation_ps_per_kilo_access: rounded(mean(translation) * 1000),
    structures: STRUCTURES.slice(0, 15).map((name) => {
      const hits = c(`${name}.hits`),
        misses = c(`${name}.misses`),
        lookups = Number(hits + misses);
      return {
        name,
        hits: integer(hits),
        misses: integer(misses),
        hit_rate: lookups > 0 ? rounded(Number(hits) / lookups) : null,
      };
    }),
    references: {
      data: references("mem.refs"),
      guest: references("walk.refs.guest"),
      host: references("walk.refs.host"),
    },
    walks: { "4k": integer(c("walks.4k")), "2m": integer(c("walks.2m")), "1g": integer(c("walks.1g")) },
    references_per_walk:
      walks > 0 ? rounded((total("walk.refs.guest") + total("walk.refs.host")) / walks) : null,
    pages_linked: integer(c("mem.pages_linked")),
    blocks_split: integer(c("mem.blocks_split")),
    against_native: null,
  };
}

/** The engine's counters under the names of a result: its own, and the sums that scripts ask for. */
export function memoryCounters(state: EngineState): Record<string, Integer> {
  const c = (name: string): bigint => state.counters.get(name)!;
  const sum = (names: readonly string[]): Integer => integer(names.reduce((n, name) => n + c(name), 0n));
  const sizes = ["4k", "2m", "1g"],
    levels = ["l1", "l2", "l3", "dram"];
  const out: Record<string, Integer> = {};
  for (const level of ["l1", "l2"])
    for (const what of ["hits", "misses"])
      out[`tlb.${level}.${what}`] = sum(sizes.map((s) => `tlb.${level}.${s}.${what}`));
  out.walks = sum(sizes.map((s) => `walks.${s}`));
  for (const by of ["guest", "host"]) out[`walk.refs.${by}`] = sum(levels.map((l) => `walk.refs.${by}.${l}`));
  for (const [name, value] of state.counters) out[name] = integer(value);
  return out;
}

/** Fills against_native from the result of the native path. */
export function compareMemory(result: MemoryResult, native: MemoryResult): void {
  const steady = (r: MemoryResult): number => Number(r.access_ps) - Number(r.first_touch_ps);
  const ratio = (a: number, b: number): number | null => (b > 0 ? rounded(a / b) : null);
  result.against_native = {
    access_ratio: ratio(Number(result.access_ps), Number(native.access_ps)) ?? 0,
    steady_ratio: ratio(steady(result), steady(native)) ?? 0,
    translation_ratio: ratio(Number(result.translation_ps), Number(native.translation_ps)),
  };
}
