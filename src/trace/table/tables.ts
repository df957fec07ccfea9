import { type Column, RUN_CHILDREN, SGE_CHILDREN, VERBS_COLUMNS } from "../../abi/columns.js";
import { EXIT_COLUMNS, EXIT_REASONS } from "../../abi/exits.js";
import { DOMAINS, LEAVES, MAPPING_COLUMNS, MEMORY_COLUMNS } from "../../abi/memory.js";
import { OPCODES, VERBS } from "../../abi/verbs.js";

/** What one schema of docs/trace-format.md holds. */
export interface Table {
  /** Value of the schema metadata `verbscope.schema`. */
  readonly schema: string;
  readonly columns: readonly (Column & { readonly optional?: boolean })[];
  /** Words of the dictionary columns, in the order of their ids. */
  readonly words: Readonly<Record<string, readonly string[]>>;
}
export type TraceKind = "verbs" | "memory" | "mapping" | "exits";

export const TABLES: Readonly<Record<TraceKind, Table>> = {
  verbs: { schema: "verbs/1", columns: VERBS_COLUMNS, words: { verb: VERBS, opcode: OPCODES } },
  memory: { schema: "memory/1", columns: MEMORY_COLUMNS, words: {} },
  mapping: { schema: "mapping/1", columns: MAPPING_COLUMNS, words: { leaf: LEAVES, domain: DOMAINS } },
  exits: { schema: "exits/1", columns: EXIT_COLUMNS, words: { reason: EXIT_REASONS } },
};

/** Children of the list columns, in the order of their buffers. */
export const CHILDREN = {
  sge: { names: ["addr", "length", "lkey"], widths: SGE_CHILDREN },
  runs: { names: ["page", "frame", "count"], widths: RUN_CHILDREN },
} as const;
