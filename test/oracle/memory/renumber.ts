/** From the rows of a mapping trace to what the engine is told (M7.1 to M7.6). */
import { LEAVES } from "../../../src/abi/memory.js";
import { type LeafLevel, type MappedRange, pagesOf } from "./config.js";

export interface MappingRow {
  vaddr: bigint;
  bytes: bigint;
  leaf: string;
  frame: bigint;
  domain: string;
}
export interface Renumbered {
  mapping: MappedRange[];
  guestFirstBlock: number;
  hostFirstBlock: number;
}

interface Span {
  page: bigint;
  pages: bigint;
  frame: bigint;
  leaf: LeafLevel;
  dimension: "guest" | "host";
}

/** Distinct GiBs of one numbering; rows of 0 bytes have none (M7.6). */
const MOST_GIBS = 64;

/** Pages stay vaddr ≫ 12; `Ranges` takes them modulo (M7.2, M7.4, M7.5). */
export function renumber(rows: readonly MappingRow[]): Renumbered {
  const spans = rows.filter((row) => row.domain !== "iova").map(spanOf);
  const guest = spans.filter((s) => s.dimension === "guest"),
    host = spans.filter((s) => s.dimension === "host");
  refuseOverlaps(guest);
  refuseOverlaps(host);
  // the guest's frames and the host dimension's pages are one space
  const target = numberGibs([
    ...guest.map((s) => ({ first: s.frame, pages: s.pages })),
    ...host.map((s) => ({ first: s.page, pages: s.pages })),
  ]);
  const machine = numberGibs(host.map((s) => ({ first: s.frame, pages: s.pages })));
  const mapping = spans.map((s): MappedRange => {
    const { leaf, dimension } = s;
    const frame = (dimension === "guest" ? target : machine).move(s.frame);
    const page = dimension === "guest" ? s.page : target.move(s.page);
    return { page, pages: Number(s.pages), leaf, frame: Number(frame), dimension };
  });
  return { mapping, guestFirstBlock: 512 * target.gibs, hostFirstBlock: 512 * machine.gibs };
}

/** A row in frames (M7.1, M7.2). */
function spanOf({ vaddr, bytes, leaf, frame, domain }: MappingRow): Span {
  const level = (LEAVES as readonly string[]).indexOf(leaf) + 1;
  if (level < 1 || !["process", "guest", "host"].includes(domain))
    throw new Error(`no leaf ${leaf} in domain ${domain}`);
  const size = BigInt(pagesOf(level as LeafLevel));
  if (vaddr % (size * 4096n) !== 0n || bytes % (size * 4096n) !== 0n || frame % size !== 0n)
    throw new Error(`a row is not in multiples of ${leaf}`);
  return {
    page: vaddr / 4096n,
    pages: bytes / 4096n,
    frame,
    leaf: level as LeafLevel,
    dimension: domain === "host" ? "host" : "guest",
  };
}

/** `process` and `guest` rows too (M7.3). */
function refuseOverlaps(spans: Span[]): void {
  const sorted = spans.filter((s) => s.pages > 0n).sort((a, b) => (a.page < b.page ? -1 : 1));
  sorted.forEach((s, i) => {
    const before = sorted[i - 1];
    if (before && before.page + before.pages > s.page) throw new Error("two rows overlap");
  });
}

/**
 * Distinct GiBs in ascending order get 0, 1, 2 …; what is inside a GiB
 * stays. A span over two GiBs has both, so it stays in one piece (M7.4, M7.6).
 */
function numberGibs(spans: { first: bigint; pages: bigint }[]): {
  gibs: number;
  move: (frame: bigint) => bigint;
} {
  const used = new Set<bigint>();
  for (const { first, pages } of spans) {
    for (let gib = first >> 18n; gib << 18n < first + pages; gib++) {
      if (pages > 0n) used.add(gib);
      if (used.size > MOST_GIBS) throw new Error(`more than ${MOST_GIBS} GiB`);
    }
  }
  const order = [...used].sort((a, b) => (a < b ? -1 : 1));
  const move = (frame: bigint): bigint =>
    (BigInt(Math.max(0, order.indexOf(frame >> 18n))) << 18n) + (frame & 0x3ffffn);
  return { gibs: order.length, move };
}
