import { basename } from "node:path";
import { checkMapping, type MappingRow, sharedFrames } from "../../trace/mapping/mapping.js";
import type { FieldOrigin, MappingMetadata } from "../../trace/table/metadata.js";

export interface ReadMapping {
  rows: MappingRow[];
  metadata: MappingMetadata;
}

/**
 * Rows that were read as a page map: checked, and with what its metadata say. `place` says where a row is in the
 * file, `fields` where columns come from that are not recorded.
 * @throws UserError for rows that no page table can hold (M7.1, M7.3)
 */
export function readMapping(
  path: string,
  format: string,
  rows: MappingRow[],
  place: (row: number) => string,
  { notes, fields = {} }: { notes: readonly string[]; fields?: Partial<Record<string, FieldOrigin>> },
): ReadMapping {
  checkMapping(path, rows, place);
  const shared = sharedFrames(rows, place);
  return {
    rows,
    metadata: {
      source: { format, files: [basename(path)] },
      clock: "none",
      notes: [...notes, ...(shared === undefined ? [] : [shared])],
      emulated: false,
      nodes: [{ name: basename(path) }],
      fields: {
        vaddr: "recorded",
        bytes: "recorded",
        leaf: "recorded",
        frame: "recorded",
        domain: "recorded",
        ...fields,
      },
    },
  };
}
