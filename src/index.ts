// The library: what `import … from "verbscope"` gives (README.md, "Embedding").
export { UserError } from "./errors.js";
export { generate, VERBS_WORKLOADS, type VerbsOptions, type VerbsWorkload } from "./generate/generate.js";
export { generateMemory, MEMORY_WORKLOADS, type MemoryOptions, type MemoryWorkload } from "./generate/memory.js";
export type { AccessOptions } from "./import/accesses.js";
export { importLackey } from "./import/lackey.js";
export { importMappingCsv } from "./import/mapping-csv.js";
export { importMemoryCsv } from "./import/memory-csv.js";
export { importVerbsJsonl } from "./import/verbs-jsonl.js";
export { loadPath } from "./path/load.js";
export type { Path, Step } from "./path/flatten.js";
export { version, type Result } from "./replay/document.js";
export { replayMemory, type MemoryReplayOptions } from "./replay/memory/replay.js";
export type { MemoryResult } from "./replay/memory/result.js";
export type { MemoryUse } from "./replay/memory/use.js";
export type { Integer } from "./replay/numbers.js";
export { replay, type ReplayOptions } from "./replay/replay.js";
export type { OperationResult, ReplayResult } from "./replay/result.js";
export type { Think } from "./replay/think.js";
export { textReport } from "./report/text.js";
export { loadTestbed } from "./testbed/load.js";
export type { Testbed, TestbedValue } from "./testbed/document.js";
export {
  openAnySource, openAnyTrace, openMappingTrace, openMemoryTrace, openSource, openTrace, readMapping, type AnyTrace, type MappingTrace, type MemoryTrace, type VerbsTrace,
} from "./trace/read.js";
export type { MappingRow } from "./trace/mapping.js";
export { encodeMapping, writeMapping } from "./trace/mapping-write.js";
export type { MemoryRow, MemoryRows } from "./trace/memory-rows.js";
export { encodeMemory, writeMemory, type MemorySource } from "./trace/memory-write.js";
export { bytesSource, type ByteSource } from "./trace/source.js";
export { encodeVerbs, writeVerbs } from "./trace/write.js";
export type { MappingMetadata, MemoryMetadata, MemoryRegion, VerbsMetadata } from "./trace/metadata.js";
