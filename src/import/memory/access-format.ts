import type { MemoryColumn } from "../../trace/memory/memory-rows.js";
import type { FieldOrigin } from "../../trace/table/metadata.js";

/** What a format says of itself, whether its recordings are lines or records. */
export interface AccessFormat {
  readonly name: string;
  readonly says: string;
  readonly example: readonly [string, string];
  readonly columns: readonly MemoryColumn[];
  readonly origins: Partial<Record<MemoryColumn, FieldOrigin>>;
  /** What no recording of its kind holds. */
  readonly lost: readonly string[];
}
/** What a reader of lines or records tells at the end. */
export interface AccessReader {
  /** What was dropped or assumed in this recording. */
  notes?(): string[];
  /** Instructions seen so far, of a format that may have them: without any there is no column gap. */
  readonly instructions?: number;
}
