// The library: what `import … from "verbscope"` gives (README.md, "Embedding").

export { type AttributeOptions, attribute, withTolerance } from "./attribution/attribute.js";
export {
  type BreakEven,
  type BreakEvenOptions,
  type BreakEvenWorkload,
  breakEven,
} from "./attribution/break-even.js";
export { checkAttribution, readAttribution } from "./attribution/read.js";
export type { Attribution, MechanismShare } from "./attribution/result.js";
export { type Game, interactions, shapley } from "./attribution/shapley.js";
export { type Tolerance, tolerance } from "./attribution/tolerance.js";
export { type CalibrateOptions, calibrate } from "./calibrate/calibrate.js";
export { measuredCalls } from "./calibrate/calls.js";
export type { Calibration } from "./calibrate/document.js";
export type { MeasuredFile, Measurement } from "./calibrate/measurement.js";
export { readMeasured } from "./calibrate/read/read.js";
export { type CompareOptions, type Comparison, compare } from "./compare/compare.js";
export { checkResult, readResult } from "./compare/read-result.js";
export { UserError } from "./errors.js";
export { generate, VERBS_WORKLOADS, type VerbsOptions, type VerbsWorkload } from "./generate/generate.js";
export {
  generateMemory,
  MEMORY_WORKLOADS,
  type MemoryOptions,
  type MemoryWorkload,
} from "./generate/memory.js";
export type { AccessOptions } from "./import/accesses.js";
export { importLackey } from "./import/lackey.js";
export { importMappingCsv } from "./import/mapping-csv.js";
export { importMemoryCsv } from "./import/memory-csv.js";
export { importVerbsJsonl } from "./import/verbs-jsonl.js";
export type { Path, Step } from "./path/flatten.js";
export { loadPath } from "./path/load.js";
export { type Result, version } from "./replay/document.js";
export { type MemoryReplayOptions, memorySession, replayMemory } from "./replay/memory/replay.js";
export type { MemoryResult } from "./replay/memory/result.js";
export type { MemoryUse } from "./replay/memory/use.js";
export type { Integer } from "./replay/numbers.js";
export { type ReplayOptions, replay, verbsSession } from "./replay/replay.js";
export type { OperationResult, ReplayResult } from "./replay/result.js";
export type { Scale } from "./replay/scale.js";
export type { Extend, ReplayStep, Session } from "./replay/session.js";
export type { Think } from "./replay/think.js";
export type { Interval, Outcome, Uncertainty } from "./replay/uncertainty-result.js";
export { attributionText } from "./report/attribution-text.js";
export { breakEvenText } from "./report/break-even-text.js";
export { calibrationText } from "./report/calibrate-text.js";
export { compareJunit } from "./report/compare-junit.js";
export { compareMarkdown } from "./report/compare-markdown.js";
export { compareText } from "./report/compare-text.js";
export { type ReportOptions, svgCharts } from "./report/html/charts.js";
export { htmlReport } from "./report/html/page.js";
export { sensitivityText } from "./report/sensitivity-text.js";
export { textReport } from "./report/text.js";
export { validationMarkdown } from "./report/validation-markdown.js";
export { validationText } from "./report/validation-text.js";
export type { Testbed, TestbedValue } from "./testbed/document.js";
export { loadTestbed } from "./testbed/load.js";
export type { MappingRow } from "./trace/mapping.js";
export { encodeMapping, writeMapping } from "./trace/mapping-write.js";
export type { MemoryRow, MemoryRows } from "./trace/memory-rows.js";
export { encodeMemory, type MemorySource, writeMemory } from "./trace/memory-write.js";
export type { MappingMetadata, MemoryMetadata, MemoryRegion, VerbsMetadata } from "./trace/metadata.js";
export {
  type AnyTrace,
  type MappingTrace,
  type MemoryTrace,
  openAnySource,
  openAnyTrace,
  openMappingTrace,
  openMemoryTrace,
  openSource,
  openTrace,
  readMapping,
  type VerbsTrace,
} from "./trace/read.js";
export { type ByteSource, bytesSource } from "./trace/source.js";
export { encodeVerbs, writeVerbs } from "./trace/write.js";
export { drawTestbed, openValues } from "./uncertainty/draw.js";
export { elementaryEffects } from "./uncertainty/morris.js";
export { type SensitivityOptions, sensitivity } from "./uncertainty/sensitivity.js";
export type { Sensitivity, ValueIndices } from "./uncertainty/sensitivity-result.js";
export { type Estimate, type SobolIndices, sobolIndices } from "./uncertainty/sobol.js";
export { type UncertaintyOptions, withUncertainty } from "./uncertainty/uncertainty.js";
export { checkPoints, type Point, type Points } from "./validate/points.js";
export { type Validation, validate } from "./validate/validate.js";
