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

/** What one numbering gives numbers to: frames of a row, or pages of a row of the host dimension. */
interface Extent {
  first: bigint;
  pages: bigint;
  leaf: LeafLevel;
}

/** A page's number, and up to where numbers are surely consecutive. */
interface Place {
  number: bigint;
  /** Pages from this one to the end of its unit. */
  left: bigint;
}

/** The numbering of one space. */
interface Numbering {
  /** Numbers given: 0 to frames − 1. */
  frames: bigint;
  place: (page: bigint) => Place;
}

/** Units of GiB, 2 MiB and 4 KiB, as the bits of a page number inside one (M7.4). */
const UNIT_BITS = [18n, 9n, 0n];

/** A numbering's most frames, 64 GiB of 4 KiB (M7.4, M7.6). */
const MOST_FRAMES = 64n << 18n;

/** Pages of the guest dimension stay vaddr ≫ 12; `Ranges` takes them modulo (M1.4, M7.2). */
export function renumber(rows: readonly MappingRow[]): Renumbered {
  const spans = rows.filter((row) => row.domain !== "iova").map(spanOf);
  const guest = spans.filter((s) => s.dimension === "guest"),
    host = spans.filter((s) => s.dimension === "host");
  refuseOverlaps(guest);
  refuseOverlaps(host);
  // the guest's frames and the host dimension's pages are one space; each numbering has units of its own (M7.4)
  const target = numberSpace([
    ...guest.map((s) => ({ first: s.frame, pages: s.pages, leaf: s.leaf })),
    ...host.map((s) => ({ first: s.page, pages: s.pages, leaf: s.leaf })),
  ]);
  const machine = numberSpace(host.map((s) => ({ first: s.frame, pages: s.pages, leaf: s.leaf })));
  return {
    mapping: spans.flatMap((s) => piecesOf(s, target, machine)),
    guestFirstBlock: firstBlock(target),
    hostFirstBlock: firstBlock(machine),
  };
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

/** The largest unit whose numbers are of 64 GiB at most (M7.4), or a refusal (M7.6). A row of 0 bytes needs none. */
function numberSpace(extents: Extent[]): Numbering {
  const used = extents.filter((e) => e.pages > 0n);
  for (const unit of UNIT_BITS) {
    const numbering = numberUnits(used, unit);
    if (numbering) return numbering;
  }
  throw new Error("more than 64 GiB in units of 4 KiB");
}

/**
 * The areas of M7.4, the largest first. An extent is numbered at its leaf's
 * size or the unit's, whichever is larger: with units of GiB everything is in
 * one area; with 2 MiB the 1g leaves are before the rest; with 4 KiB the 1g
 * leaves are first, then the 2m leaves, then the rest. Undefined: it needs
 * more than 64 GiB.
 */
function numberUnits(extents: Extent[], unit: bigint): Numbering | undefined {
  const areas: { bits: bigint; numbers: Map<bigint, bigint> }[] = [];
  let frames = 0n;
  for (const bits of UNIT_BITS.filter((b) => b >= unit)) {
    const found = new Set<bigint>();
    for (const { first, pages, leaf } of extents) {
      const leafBits = BigInt(9 * (leaf - 1));
      if ((leafBits > unit ? leafBits : unit) !== bits) continue;
      for (let u = first >> bits; u << bits < first + pages; u++) {
        // what lies in a larger area has its number there
        if (!areas.some((area) => area.numbers.has((u << bits) >> area.bits))) found.add(u);
        if (frames + (BigInt(found.size) << bits) > MOST_FRAMES) return undefined;
      }
    }
    const ascending = [...found].sort((a, b) => (a < b ? -1 : 1));
    areas.push({ bits, numbers: new Map(ascending.map((u, i) => [u, frames + (BigInt(i) << bits)])) });
    frames += BigInt(found.size) << bits;
  }
  const place = (page: bigint): Place => {
    for (const { bits, numbers } of areas) {
      const inside = BigInt.asUintN(Number(bits), page),
        start = numbers.get(page >> bits);
      if (start !== undefined) return { number: start + inside, left: (1n << bits) - inside };
    }
    // only rows of 0 bytes get here, which map nothing
    return { number: BigInt.asUintN(Number(unit), page), left: 0n };
  };
  return { frames, place };
}

/**
 * A row as the engine is told it: cut where the numbers of its frames, or in
 * the host dimension of its pages, jump, and nowhere else (M7.1, M7.4).
 */
function piecesOf(span: Span, target: Numbering, machine: Numbering): MappedRange[] {
  const { leaf, dimension } = span;
  const pieces: MappedRange[] = [];
  let done = 0n;
  do {
    const rest = span.pages - done;
    const page =
      dimension === "guest" ? { number: span.page + done, left: rest } : target.place(span.page + done);
    const frame = (dimension === "guest" ? target : machine).place(span.frame + done);
    const pages = [page.left, frame.left].reduce((least, left) => (left < least ? left : least), rest);
    const last = pieces.at(-1);
    if (
      last &&
      last.page + BigInt(last.pages) === page.number &&
      last.frame + last.pages === Number(frame.number)
    )
      last.pages += Number(pages);
    else
      pieces.push({ page: page.number, pages: Number(pages), leaf, frame: Number(frame.number), dimension });
    done += pages;
  } while (done < span.pages);
  return pieces;
}

/** Blocks of 2 MiB, rounded up (M7.5). */
function firstBlock({ frames }: Numbering): number {
  return Number((frames + 511n) / 512n);
}
