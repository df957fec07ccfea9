// The library: what `import … from "verbscope"` gives (README.md, "Embedding").
export { UserError } from "./errors.js";
export { generate, VERBS_WORKLOADS, type VerbsOptions, type VerbsWorkload } from "./generate/generate.js";
export { importVerbsJsonl } from "./import/verbs-jsonl.js";
export { loadPath } from "./path/load.js";
export type { Path, Step } from "./path/flatten.js";
export { replay, version, type ReplayOptions, type Result, type Think } from "./replay/replay.js";
export type { Integer, OperationResult, ReplayResult } from "./replay/result.js";
export { textReport } from "./report/text.js";
export { loadTestbed } from "./testbed/load.js";
export type { Testbed, TestbedValue } from "./testbed/document.js";
export { openSource, openTrace, type VerbsTrace } from "./trace/read.js";
export { bytesSource, type ByteSource } from "./trace/source.js";
export { encodeVerbs, writeVerbs } from "./trace/write.js";
export type { VerbsMetadata } from "./trace/metadata.js";
