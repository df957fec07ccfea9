import type { ExitColumns } from "../../trace/exits/exit-columns.js";
import type { Domain, Leaf, MappingRow } from "../../trace/mapping/mapping.js";
import type { MemoryColumn } from "../../trace/memory/memory-rows.js";
import type { MemorySource } from "../../trace/memory/memory-write.js";
import type { ExitsMetadata, MappingMetadata, VerbsMetadata } from "../../trace/table/metadata.js";
import type { VerbsBatches } from "../../trace/verbs/columns-builder.js";

/** Which data accesses to take, and how. */
export interface AccessOptions {
  /** Data accesses to leave out at the start, and to take at most after them. */
  skip?: number;
  limit?: number;
  /**
   * Join the elements of string instructions, where the recorder shows them one by one (the default there).
   */
  coalesce?: boolean;
}

interface Described {
  /** What `verbscope import NAME` calls it. */
  readonly name: string;
  /** What it reads, in a line of the help. */
  readonly says: string;
  /** Arguments behind `verbscope import NAME`, and what they do. */
  readonly example: readonly [string, string];
  /**
   * How sure it is, 0 to 1, that a recording is its own: `head` are the first bytes after unpacking,
   * at most `HEAD_BYTES` of them. 1 is a magic number, 0 something else for certain.
   */
  sniff(head: Uint8Array): number;
}
/** Recordings of verbs: the files of one run, one file a process. */
export interface VerbsFormat extends Described {
  readonly kind: "verbs";
  read(files: readonly string[]): ReadVerbs | Promise<ReadVerbs>;
}
export interface ReadVerbs {
  builder: VerbsBatches;
  metadata: VerbsMetadata;
}
/** A recording of memory accesses. */
export interface MemoryFormat extends Described {
  readonly kind: "memory";
  /**
   * Its recorder shows string instructions in pieces, which are joined unless --no-coalesce says otherwise.
   */
  readonly pieces: boolean;
  read(file: string, options: AccessOptions): MemorySource;
}
/** A page map. */
export interface MappingFormat extends Described {
  readonly kind: "mapping";
  read(file: string): Promise<{ rows: MappingRow[]; metadata: MappingMetadata }>;
}
/** Exits of virtual CPUs. */
export interface ExitsFormat extends Described {
  readonly kind: "exits";
  read(file: string): Promise<ReadExits>;
}
export interface ReadExits {
  exits: ExitColumns;
  metadata: ExitsMetadata;
}
/** What the metadata of a table would say that has none. */
export interface TableOptions {
  /** `verbs/1`, `memory/1`, `mapping/1` or `exits/1`; otherwise its columns tell. */
  schema?: string;
  /** Names of the nodes, in order; the others have one. */
  node?: readonly string[];
  clock?: "ns" | "none";
  /** Devices or machine were emulated. */
  emulated?: boolean;
  /** Of every row of a mapping/1 without the column. */
  leaf?: Leaf;
  domain?: Domain;
}
/** A table that was read, by its schema. */
export type ReadTable =
  | { kind: "verbs"; builder: VerbsBatches; metadata: VerbsMetadata }
  | { kind: "memory"; columns: readonly MemoryColumn[]; source: MemorySource }
  | { kind: "mapping"; rows: MappingRow[]; metadata: MappingMetadata }
  | ({ kind: "exits" } & ReadExits);
/** An Arrow table of any schema. */
export interface ArrowFormat extends Described {
  readonly kind: "arrow";
  read(file: string, options: TableOptions): ReadTable;
}
export type Format = VerbsFormat | MemoryFormat | MappingFormat | ExitsFormat | ArrowFormat;
