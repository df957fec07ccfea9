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
export { measuredExits } from "./calibrate/exits.js";
export { readMeasured } from "./calibrate/read/read.js";
export type { MeasuredFile, Measurement } from "./calibrate/read/shared/measurement.js";
export { type CompareOptions, type Comparison, compare } from "./compare/compare.js";
export { checkResult, readResult } from "./compare/read-result.js";
export { UserError } from "./errors.js";
export { type ExplainOptions, explain } from "./explain/explain.js";
export type { Explanation, Part, Way } from "./explain/result.js";
export { generate, VERBS_WORKLOADS, type VerbsOptions, type VerbsWorkload } from "./generate/generate.js";
export {
  generateMemory,
  MEMORY_WORKLOADS,
  type MemoryOptions,
  type MemoryWorkload,
} from "./generate/memory/memory.js";
export { importArrow } from "./import/arrow/arrow.js";
export { detectFormat } from "./import/detect.js";
export { FORMATS as IMPORT_FORMATS } from "./import/formats.js";
export { type ImportDone, type ImportOptions, importFiles } from "./import/import-files.js";
export { importMappingCsv } from "./import/mapping/mapping-csv.js";
export { importLackey } from "./import/memory/lackey.js";
export { importMemoryCsv } from "./import/memory/memory-csv.js";
export type { AccessOptions, Format as ImportFormat } from "./import/shared/format.js";
export { importVerbsJsonl } from "./import/verbs/verbs-jsonl.js";
export type { Integer } from "./numbers.js";
export type { Path, Step } from "./path/flatten.js";
export { loadPath } from "./path/load.js";
export type { MemoryResult } from "./replay/memory/result.js";
export type { MemoryUse } from "./replay/memory/use.js";
export { type MemoryReplayOptions, memorySession, replayMemory } from "./replay/memory-replay.js";
export { type PartialOptions, replayPartial } from "./replay/partial.js";
export { type ReplayOptions, replay, verbsSession } from "./replay/replay.js";
export type { Result } from "./replay/result/document.js";
export type { OperationResult, ReplayResult } from "./replay/result/result.js";
export type { Interval, Outcome, Uncertainty } from "./replay/result/uncertainty-result.js";
export type { Scale } from "./replay/scale.js";
export type { Extend, ReplayStep, Session } from "./replay/session.js";
export type { Think } from "./replay/think.js";
export { compareJunit } from "./report/compare/compare-junit.js";
export { compareMarkdown } from "./report/compare/compare-markdown.js";
export { compareText } from "./report/compare/compare-text.js";
export { explanationText } from "./report/explain/explain-text.js";
export { type ReportOptions, svgCharts } from "./report/html/charts/charts.js";
export { htmlReport } from "./report/html/page.js";
export { attributionText } from "./report/text/attribution-text.js";
export { breakEvenText } from "./report/text/break-even-text.js";
export { calibrationText } from "./report/text/calibrate-text.js";
export { sensitivityText } from "./report/text/sensitivity-text.js";
export { textReport } from "./report/text/text.js";
export { validationText } from "./report/text/validation-text.js";
export { validationMarkdown } from "./report/validation-markdown.js";
export { loadSources, type Sources } from "./sources/load.js";
export type { Testbed, TestbedValue } from "./testbed/document.js";
export { loadTestbed } from "./testbed/load.js";
export { type ByteSource, bytesSource } from "./trace/container/source.js";
export { ExitColumns, type ExitRow } from "./trace/exits/exit-columns.js";
export { encodeExits, writeExits } from "./trace/exits/exits-write.js";
export type { MappingRow } from "./trace/mapping/mapping.js";
export { encodeMapping, writeMapping } from "./trace/mapping/mapping-write.js";
export type { MemoryRow, MemoryRows } from "./trace/memory/memory-rows.js";
export { encodeMemory, type MemorySource, writeMemory } from "./trace/memory/memory-write.js";
export {
  type AnyTrace,
  type ExitsTrace,
  type MappingTrace,
  type MemoryTrace,
  openAnySource,
  openAnyTrace,
  openExitsTrace,
  openMappingTrace,
  openMemoryTrace,
  openSource,
  openTrace,
  readExits,
  readMapping,
  type VerbsTrace,
} from "./trace/read.js";
export type {
  ExitsMetadata,
  MappingMetadata,
  MemoryMetadata,
  MemoryRegion,
  VerbsMetadata,
} from "./trace/table/metadata.js";
export { encodeVerbs, writeVerbs } from "./trace/verbs/write.js";
export { drawTestbed, openValues } from "./uncertainty/draw.js";
export { elementaryEffects } from "./uncertainty/morris.js";
export { type SensitivityOptions, sensitivity } from "./uncertainty/sensitivity.js";
export type { Sensitivity, ValueIndices } from "./uncertainty/sensitivity-result.js";
export { type Estimate, type SobolIndices, sobolIndices } from "./uncertainty/sobol.js";
export { type UncertaintyOptions, withUncertainty } from "./uncertainty/uncertainty.js";
export { checkPoints, type Point, type Points } from "./validate/points.js";
export { type Validation, validate } from "./validate/validate.js";
export { version } from "./version.js";
