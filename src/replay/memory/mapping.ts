import { LEAVES, MAPPING_WORDS } from "../../abi/memory.js";
import { UserError } from "../../errors.js";
import type { MappingRow } from "../../trace/mapping/mapping.js";

const FRAMES_OF_GIB = 18n;
const MOST_GIB = 64; // the blocks area of a modelled memory (M1.2, M7.6)

/** A mapping table as the core takes it. */
export interface Ranges {
  /** MAPPING_WORDS of each range, sorted by page. */
  readonly guest: Uint32Array;
  readonly host: Uint32Array;
  readonly guestFirstBlock: number;
  readonly hostFirstBlock: number;
  readonly unused: number;
}

/**
 * Renumbers frames by GiB (M7.4, M7.5); `file` names the table
 * in errors, `levels` are those of the guest's page tables.
 */
export function rangesOf(file: string, rows: readonly MappingRow[], levels: bigint): Ranges {
  const guest = rows.filter((r) => r.domain === "process" || r.domain === "guest"),
    host = rows.filter((r) => r.domain === "host");
  const gibs = (first: bigint, frames: bigint): bigint[] =>
    Array.from(
      { length: Number(((first + frames - 1n) >> FRAMES_OF_GIB) - (first >> FRAMES_OF_GIB)) + 1 },
      (_, i) => (first >> FRAMES_OF_GIB) + BigInt(i),
    );
  const numbers = (list: bigint[], what: string): Map<bigint, bigint> => {
    const sorted = [...new Set(list)].sort((a, b) => (a < b ? -1 : 1));
    if (sorted.length > MOST_GIB)
      throw new UserError(
        `${file}: its ${what} lie in ${sorted.length} different GiB, ` +
          `more than the ${MOST_GIB} that can be modelled; give the part of the table that the ` +
          "trace uses",
      );
    return new Map(sorted.map((g, i) => [g, BigInt(i)]));
  };
  const middle = numbers(
    [
      ...guest.flatMap((r) => gibs(r.frame, r.bytes >> 12n)),
      ...host.flatMap((r) => gibs(r.vaddr >> 12n, r.bytes >> 12n)),
    ],
    "frames of the first dimension and gpas",
  );
  const physical = numbers(
    host.flatMap((r) => gibs(r.frame, r.bytes >> 12n)),
    "host frames",
  );
  return {
    guest: words(
      pieces(
        guest.map((r) => ({ page: r.vaddr >> 12n, frame: r.frame, pages: r.bytes >> 12n, leaf: r.leaf })),
        (p) => p.frame,
      ).map((p) => ({
        ...p,
        page: p.page & ((1n << (9n * levels)) - 1n),
        frame: renumbered(middle, p.frame),
      })),
    ),
    host: words(
      pieces(
        pieces(
          host.map((r) => ({ page: r.vaddr >> 12n, frame: r.frame, pages: r.bytes >> 12n, leaf: r.leaf })),
          (p) => p.frame,
        ),
        (p) => p.page,
      ).map((p) => ({ ...p, page: renumbered(middle, p.page), frame: renumbered(physical, p.frame) })),
    ),
    guestFirstBlock: 512 * middle.size,
    hostFirstBlock: 512 * physical.size,
    unused: rows.length - guest.length - host.length,
  };
}

interface Piece {
  page: bigint;
  frame: bigint;
  pages: bigint;
  leaf: MappingRow["leaf"];
}
const renumbered = (numbers: ReadonlyMap<bigint, bigint>, frame: bigint): bigint =>
  (numbers.get(frame >> FRAMES_OF_GIB)! << FRAMES_OF_GIB) | (frame & ((1n << FRAMES_OF_GIB) - 1n));

/** Cuts ranges where the numbered side crosses a GiB: neighbours there may be numbered apart. */
function pieces(ranges: readonly Piece[], side: (p: Piece) => bigint): Piece[] {
  return ranges.flatMap((r) => {
    const out: Piece[] = [];
    for (let done = 0n; done < r.pages; ) {
      const at = { ...r, page: r.page + done, frame: r.frame + done };
      const room = (1n << FRAMES_OF_GIB) - (side(at) & ((1n << FRAMES_OF_GIB) - 1n)),
        pages = room < r.pages - done ? room : r.pages - done;
      out.push({ ...at, pages });
      done += pages;
    }
    return out;
  });
}
function words(ranges: readonly Piece[]): Uint32Array {
  const sorted = [...ranges].sort((a, b) => (a.page < b.page ? -1 : 1));
  return Uint32Array.from(
    sorted.flatMap((r) => [
      Number(r.page & 0xffffffffn),
      Number(r.page >> 32n),
      Number(r.pages),
      LEAVES.indexOf(r.leaf) + 1,
      Number(r.frame),
    ]),
  ).subarray(0, sorted.length * MAPPING_WORDS.length);
}
