import { type MappingTrace, readMapping } from "../read.js";
import type { FieldOrigin, TraceNode } from "../table/metadata.js";
import { byOrigin } from "./inspect.js";

/** Ranges and their bytes. */
export interface MappingShare {
  ranges: number;
  bytes: bigint;
}

/** What is in a mapping table, for a person or a script. */
export interface MappingInspection {
  file: string;
  rows: number;
  source: Record<string, unknown>;
  nodes: TraceNode[];
  bytes: bigint;
  domains: Record<string, MappingShare>;
  leaves: Record<string, MappingShare>;
  fields: Record<FieldOrigin, string[]>;
  notes: string[];
}

export function inspectMapping(trace: MappingTrace): MappingInspection {
  const domains: Record<string, MappingShare> = {},
    leaves: Record<string, MappingShare> = {};
  const rows = readMapping(trace);
  const add = (to: Record<string, MappingShare>, key: string, bytes: bigint): void => {
    const share = (to[key] ??= { ranges: 0, bytes: 0n });
    share.ranges++;
    share.bytes += bytes;
  };
  for (const { domain, leaf, bytes } of rows) {
    add(domains, domain, bytes);
    add(leaves, leaf, bytes);
  }
  return {
    file: trace.path,
    rows: trace.rows,
    source: trace.metadata.source,
    nodes: trace.metadata.nodes,
    bytes: rows.reduce((sum, r) => sum + r.bytes, 0n),
    domains,
    leaves,
    fields: byOrigin(trace.fields),
    notes: trace.notes,
  };
}
