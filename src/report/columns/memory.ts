import type { MemoryResult } from "../../replay/memory/result.js";
import type { ReplayResult } from "../../replay/result/result.js";
import type { Column } from "./column.js";

/** What memory costs on a path. */
export type WithMemory = ReplayResult & { memory: MemoryResult };
export const withMemory = (replays: readonly ReplayResult[]): WithMemory[] =>
  replays.filter((r): r is WithMemory => r.memory !== undefined);

const figure = (
  name: string,
  head: string,
  width: number | undefined,
  rest: Pick<Column<WithMemory>, "unit" | "digits" | "type" | "value">,
): Column<WithMemory> => ({ name, head, ...(width === undefined ? {} : { width }), ...rest });

export const MEMORY_COLUMNS: readonly Column<WithMemory>[] = [
  figure("path", "path", 4, { type: "text", unit: "text", value: (r) => r.path }),
  figure("access_ps", "memory time", 12, { type: "i64", unit: "ps", value: (r) => r.memory.access_ps }),
  figure("access_ps_mean", "per access", 12, {
    type: "f64",
    unit: "ps",
    value: (r) => r.memory.access_ps_mean,
  }),
  figure("translation_ps_mean", "translation", 13, {
    type: "f64",
    unit: "ps",
    value: (r) => r.memory.translation_ps_mean,
  }),
  figure("translation_ps_per_kilo_access", "per 1000", 12, {
    type: "f64",
    unit: "ps",
    value: (r) => r.memory.translation_ps_per_kilo_access,
  }),
  figure("first_touch_ps", "first touches", 15, {
    type: "i64",
    unit: "ps",
    value: (r) => r.memory.first_touch_ps,
  }),
  figure("access_ratio", "slowdown", 11, {
    unit: "ratio",
    digits: 3,
    value: (r) => r.memory.against_native?.access_ratio,
  }),
  figure("steady_ratio", "steady", 9, {
    unit: "ratio",
    digits: 3,
    value: (r) => r.memory.against_native?.steady_ratio,
  }),
  figure("translation_ratio", "of translation", undefined, {
    unit: "ratio",
    digits: 3,
    value: (r) => r.memory.against_native?.translation_ratio,
  }),
  figure("references_per_walk", "refs a walk", undefined, {
    unit: "share",
    value: (r) => r.memory.references_per_walk,
  }),
  figure("pages_linked", "linked", 10, { type: "i64", unit: "count", value: (r) => r.memory.pages_linked }),
];
/** How the columns of memory are to be read. */
export const MEMORY_NOTE =
  "Translation: TLB, walk caches and walks, a mean per access and per 1000 accesses. " +
  "Slowdown: memory time against native; steady: without first touches, which come once. " +
  "Linked: pages of 4 KiB.";
