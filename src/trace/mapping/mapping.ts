import { DOMAINS, LEAVES } from "../../abi/memory.js";
import { UserError } from "../../errors.js";

export type Leaf = (typeof LEAVES)[number];
export type Domain = (typeof DOMAINS)[number];

/** One row of mapping/1; see abi/memory.ts for the meaning of its columns. */
export interface MappingRow {
  vaddr: bigint;
  bytes: bigint;
  leaf: Leaf;
  frame: bigint;
  domain: Domain;
}

export const LEAF_BYTES: Readonly<Record<Leaf, bigint>> = {
  "4k": 1n << 12n,
  "2m": 1n << 21n,
  "1g": 1n << 30n,
};
const TOP = 1n << 64n,
  FRAME_BYTES = 4096n;
/** Domains that map the same addresses: a process's are those of the guest it runs in (M7.2). */
const DIMENSION: Readonly<Record<Domain, string>> = {
  process: "process",
  guest: "process",
  host: "host",
  iova: "iova",
};

/**
 * Refuses rows that no page table can hold, and frames that were hidden from whoever recorded them;
 * `place` says where a row is in the file (M7.1, M7.3).
 */
export function checkMapping(
  path: string,
  rows: readonly MappingRow[],
  place: (row: number) => string,
): void {
  rows.forEach((row, i) => {
    const refuse = (column: string, value: bigint, why: string): never => {
      throw new UserError(
        `${path}: ${place(i)}: column ${column} is ${hex(value)}: ${why}: correct the table`,
      );
    };
    const { vaddr, bytes, leaf, frame } = row,
      size = LEAF_BYTES[leaf];
    if (bytes === 0n) refuse("bytes", bytes, "a range has at least one page");
    if (vaddr % size !== 0n) refuse("vaddr", vaddr, `must be a multiple of its ${leaf} leaf`);
    if (bytes % size !== 0n) refuse("bytes", bytes, `must be a multiple of its ${leaf} leaf`);
    if (frame % (size / FRAME_BYTES) !== 0n)
      refuse("frame", frame, `must be a multiple of its ${leaf} leaf, ${size / FRAME_BYTES} frames`);
    if (vaddr + bytes > TOP) refuse("bytes", bytes, `the range wraps the address space from ${hex(vaddr)}`);
    if (frame * FRAME_BYTES + bytes > TOP)
      refuse("frame", frame, "the range wraps the physical address space");
  });
  checkHidden(path, rows);
  const order = rows
    .map((_, i) => i)
    .sort(
      (a, b) =>
        compare(DIMENSION[rows[a]!.domain], DIMENSION[rows[b]!.domain]) ||
        compare(rows[a]!.vaddr, rows[b]!.vaddr) ||
        a - b,
    );
  for (let k = 1; k < order.length; k++) {
    const a = order[k - 1]!,
      b = order[k]!,
      before = rows[a]!,
      row = rows[b]!;
    if (DIMENSION[before.domain] !== DIMENSION[row.domain] || before.vaddr + before.bytes <= row.vaddr)
      continue;
    const later = Math.max(a, b),
      earlier = Math.min(a, b);
    throw new UserError(
      `${path}: ${place(later)}: column vaddr: the range from ${hex(rows[later]!.vaddr)} overlaps ` +
        `that of ${place(earlier)}, from ${hex(rows[earlier]!.vaddr)}: keep one of them`,
    );
  }
}

/**
 * Linux shows frame 0 in /proc/PID/pagemap to those without CAP_SYS_ADMIN (since 4.2,
 * Documentation/admin-guide/mm/pagemap.rst): a table of such pages says nothing of frames.
 * Its entries are of 4 KiB, so a table of large leaves alone did not come from there.
 */
function checkHidden(path: string, rows: readonly MappingRow[]): void {
  for (const domain of DOMAINS) {
    const of = rows.filter((r) => r.domain === domain);
    if (of.length > 1 && of.every((r) => r.frame === 0n) && of.some((r) => r.leaf === "4k"))
      throw new UserError(
        `${path}: column frame is 0 in all ${of.length} rows of domain ${domain}: pagemap hides frames from ` +
          "processes without CAP_SYS_ADMIN: record it as root",
      );
  }
}

/** A sentence on rows whose frames another row has too, if any. */
export function sharedFrames(
  rows: readonly MappingRow[],
  place: (row: number) => string,
): string | undefined {
  const order = rows
    .map((_, i) => i)
    .sort(
      (a, b) =>
        compare(DIMENSION[rows[a]!.domain], DIMENSION[rows[b]!.domain]) ||
        compare(rows[a]!.frame, rows[b]!.frame) ||
        a - b,
    );
  let found = 0,
    example = "",
    last = -1; // the row that reaches furthest
  const end = (i: number): bigint => rows[i]!.frame + rows[i]!.bytes / FRAME_BYTES;
  for (const i of order) {
    const same = last >= 0 && DIMENSION[rows[last]!.domain] === DIMENSION[rows[i]!.domain];
    if (same && rows[i]!.frame < end(last) && found++ === 0)
      example = `${place(i)} and ${place(last)}, frame ${hex(rows[i]!.frame)}`;
    if (!same || end(i) > end(last)) last = i;
  }
  return found === 0
    ? undefined
    : `${found} range${found === 1 ? " has" : "s have"} frames of another (first ${example}): memory that ` +
        "is mapped more than once, or frames that were not recorded";
}
function hex(value: bigint): string {
  return `0x${value.toString(16)}`;
}
function compare<T extends string | bigint>(a: T, b: T): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
