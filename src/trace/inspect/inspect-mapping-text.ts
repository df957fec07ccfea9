import type { MappingInspection, MappingShare } from "./inspect-mapping.js";
import { bytes, loss, n, table } from "./text-lines.js";

/** The inspection of a mapping table as lines for a terminal. */
export function mappingText(i: MappingInspection): string {
  const shares = (of: Record<string, MappingShare>): string =>
    Object.entries(of)
      .map(([key, s]) => `${key}: ${n(s.ranges)} ranges, ${bytes(Number(s.bytes))}`)
      .join("; ") || "none";
  return table([
    ["table", i.file],
    ["rows", n(i.rows)],
    ["bytes", bytes(Number(i.bytes))],
    ["domains", shares(i.domains)],
    ["leaves", shares(i.leaves)],
    ...loss(i),
  ]);
}
