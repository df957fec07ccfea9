import { UserError } from "../../errors.js";
import { LEAF_BYTES, type MappingRow } from "../../trace/mapping/mapping.js";
import { Bytes } from "../shared/bytes.js";
import type { MappingFormat } from "../shared/format.js";
import { firstLine } from "../shared/likeness.js";
import { unpacked } from "../shared/unpack.js";
import { LargePages } from "./large-pages.js";
import { type Area, isMapsLine, readMaps } from "./maps.js";
import { type ReadMapping, readMapping } from "./read-mapping.js";

const PAGE = 4096n,
  ENTRY_BYTES = 8;
/** Entries that are read at once: those of a leaf of 2 MiB. */
const AT_ONCE = 512;
// Bits of the upper half of an entry: page present, swapped out; the frame is in bits 0 to 54.
const PRESENT = 0x8000_0000,
  SWAPPED = 0x4000_0000,
  FRAME_HIGH = 0x007f_ffff;

interface Counts {
  absent: number;
  swapped: number;
}

/**
 * A process's memory as Linux shows it: /proc/PID/smaps (or maps), a byte of 0, and behind it the entries of
 * /proc/PID/pagemap of every range in order, 8 bytes a page (Documentation/admin-guide/mm/pagemap.rst).
 */
export async function importPagemap(path: string): Promise<ReadMapping> {
  const bytes = new Bytes(unpacked(path, false)[Symbol.asyncIterator]());
  const { areas, sizes, cut: half } = await readMaps(path, bytes);
  const rows: MappingRow[] = [],
    counts: Counts = { absent: 0, swapped: 0 },
    large = new LargePages(sizes);
  let cut = half ? "the list of ranges" : undefined;
  for (const area of areas) {
    if (cut !== undefined) break;
    cut = (await readArea(area, bytes, rows, counts, large))
      ? undefined
      : `the range from ${hex(area.start)}`;
  }
  if (cut === undefined && !(await bytes.ended()))
    throw new UserError(
      `${path}: more entries of pagemap than its ranges have pages: write the entries of each range, in order`,
    );
  if (cut !== undefined) dropPart(rows);
  if (rows.length === 0)
    throw new UserError(`${path}: has no page that is present: record a program that runs`);
  return readMapping(path, "pagemap", rows, (i) => `the page at ${hex(rows[i]!.vaddr)}`, {
    notes: [
      "the mapping is taken as it was when the file was made: it does not change while the trace runs",
      "the program ran on a host, not in a guest (assumed): domain is process",
      ...large.notes(),
      ...(counts.absent > 0 ? [`pages of its ranges that are not present: ${counts.absent}`] : []),
      ...(counts.swapped > 0 ? [`pages that are swapped out: ${counts.swapped}`] : []),
      ...(cut === undefined ? [] : [`it was cut off in ${cut}: what follows is not known`]),
    ],
    fields: { domain: "assumed", ...(large.known ? {} : { leaf: "inferred" }) },
  });
}

/** Adds the pages of a range that are present; false where the file ends before they do. */
async function readArea(
  area: Area,
  bytes: Bytes,
  rows: MappingRow[],
  counts: Counts,
  large: LargePages,
): Promise<boolean> {
  const pages = Number((area.end - area.start) / PAGE),
    frames = new Float64Array(AT_ONCE);
  // Up to the next multiple of 2 MiB, so that a leaf of 2 MiB is in one piece.
  for (let done = 0; done < pages; ) {
    const first = area.start / PAGE + BigInt(done),
      count = Math.min(pages - done, AT_ONCE - Number(first % BigInt(AT_ONCE)));
    const entries = await bytes.upTo(count * ENTRY_BYTES),
      view = new DataView(entries.buffer, entries.byteOffset, entries.byteLength),
      whole = Math.floor(entries.length / ENTRY_BYTES);
    for (let i = 0; i < whole; i++) frames[i] = frameOf(view, i * ENTRY_BYTES, counts);
    const leaf = large.leafOf(area, first, frames.subarray(0, whole));
    for (let i = 0; i < whole; i++) if (frames[i]! >= 0) addPage(rows, first + BigInt(i), frames[i]!, leaf);
    if (whole < count) return false;
    done += count;
  }
  return true;
}

function frameOf(view: DataView, at: number, counts: Counts): number {
  const high = view.getUint32(at + 4, true);
  if ((high & PRESENT) !== 0) return (high & FRAME_HIGH) * 2 ** 32 + view.getUint32(at, true);
  if ((high & SWAPPED) !== 0) counts.swapped++;
  else counts.absent++;
  return -1;
}

/** Adds a page to the last row, or begins one. */
function addPage(rows: MappingRow[], page: bigint, frame: number, leaf: MappingRow["leaf"]): void {
  const last = rows.at(-1),
    at = BigInt(frame);
  if (
    last !== undefined &&
    last.leaf === leaf &&
    last.vaddr + last.bytes === page * PAGE &&
    last.frame + last.bytes / PAGE === at
  )
    last.bytes += PAGE;
  else rows.push({ vaddr: page * PAGE, bytes: PAGE, leaf, frame: at, domain: "process" });
}
/** Of a large page that was cut off nothing is known. */
function dropPart(rows: MappingRow[]): void {
  const last = rows.at(-1);
  if (last === undefined) return;
  last.bytes -= last.bytes % LEAF_BYTES[last.leaf];
  if (last.bytes === 0n) rows.pop();
}
const hex = (value: bigint): string => `0x${value.toString(16)}`;

export const pagemap: MappingFormat = {
  kind: "mapping",
  name: "pagemap",
  says: "a process's /proc/PID/smaps and pagemap in one file (docs/capture.md has the command)",
  example: ["process.pages -o pages.arrow", "for replay --mapping"],
  sniff: (head) => (isMapsLine(firstLine(head)) ? 0.95 : 0),
  read: importPagemap,
};
