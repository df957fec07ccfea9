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

/** Refuses rows that no page table can hold; `place` says where a row is in the file (M7.1, M7.3). */
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
function hex(value: bigint): string {
  return `0x${value.toString(16)}`;
}
function compare<T extends string | bigint>(a: T, b: T): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
