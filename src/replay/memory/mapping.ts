import { LEAVES, MAPPING_WORDS } from "../../abi/memory.js";
import { UserError } from "../../errors.js";
import type { MappingRow } from "../../trace/mapping/mapping.js";
import { type Numbered, Numbering } from "./numbering.js";

/** A mapping table as the core takes it. */
export interface Ranges {
  /** MAPPING_WORDS of each range, sorted by page. */
  readonly guest: Uint32Array;
  readonly host: Uint32Array;
  readonly guestFirstBlock: number;
  readonly hostFirstBlock: number;
  readonly unused: number;
  /** What the numbers of frames keep of them, where that is less than their place in a GiB. */
  readonly renumbered: readonly string[];
}

/**
 * Renumbers frames (M7.4, M7.5); `file` names the table
 * in errors, `levels` are those of the guest's page tables.
 */
export function rangesOf(file: string, rows: readonly MappingRow[], levels: bigint): Ranges {
  const guest = rows.filter((r) => r.domain === "process" || r.domain === "guest").map(rangeOf),
    host = rows.filter((r) => r.domain === "host").map(rangeOf);
  const middle = numbered(
    file,
    [...guest.map(frameSide), ...host.map(pageSide)],
    "frames of the first dimension and gpas",
  );
  const physical = numbered(file, host.map(frameSide), "host frames");
  const top = 2 ** (9 * Number(levels));
  return {
    guest: words(pieces(guest, undefined, middle).map((p) => ({ ...p, page: p.page % top }))),
    host: words(pieces(host, middle, physical)),
    guestFirstBlock: Math.ceil(middle.frames / 512),
    hostFirstBlock: Math.ceil(physical.frames / 512),
    unused: rows.length - guest.length - host.length,
    renumbered: [
      [middle, "frames of the first dimension and gpas"] as const,
      [physical, "host frames"] as const,
    ]
      .filter(([{ unit }]) => unit !== "1g")
      .map(
        ([{ unit }, what]) =>
          `the mapping table's ${what} lie in more than 64 different GiB and are numbered ` +
          `${unit === "2m" ? "2 MiB by 2 MiB" : "page by page"}, so that caches and page-walk caches ` +
          "see them closer together than they are",
      ),
  };
}

/** A row in pages of 4 KiB; page and frame are below 2^52. */
interface Range {
  page: number;
  frame: number;
  pages: number;
  leaf: MappingRow["leaf"];
}
const rangeOf = ({ vaddr, frame, bytes, leaf }: MappingRow): Range => ({
  page: Number(vaddr >> 12n),
  frame: Number(frame),
  pages: Number(bytes >> 12n),
  leaf,
});
const frameSide = ({ frame, pages, leaf }: Range): Numbered => ({ frame, frames: pages, leaf });
const pageSide = ({ page, pages, leaf }: Range): Numbered => ({ frame: page, frames: pages, leaf });

function numbered(file: string, spans: readonly Numbered[], what: string): Numbering {
  const numbering = Numbering.of(spans);
  if (numbering === undefined)
    throw new UserError(
      `${file}: its ${what} are more than the 64 GiB that can be modelled; give the part of the table ` +
        "that the trace uses",
    );
  return numbering;
}

/** Ranges with the numbers of their pages, where these are numbered, and frames; cut where those are apart. */
function pieces(ranges: readonly Range[], ofPages: Numbering | undefined, ofFrames: Numbering): Range[] {
  const out: Range[] = [];
  for (const { page, frame, pages, leaf } of ranges)
    for (let done = 0; done < pages; ) {
      const p = ofPages?.number(page + done) ?? { at: page + done, room: pages },
        f = ofFrames.number(frame + done),
        count = Math.min(pages - done, p.room, f.room);
      out.push({ page: p.at, frame: f.at, pages: count, leaf });
      done += count;
    }
  return out;
}
function words(ranges: readonly Range[]): Uint32Array {
  const out = new Uint32Array(ranges.length * MAPPING_WORDS.length);
  [...ranges]
    .sort((a, b) => a.page - b.page)
    .forEach(({ page, pages, leaf, frame }, i) => {
      out.set(
        [page % 2 ** 32, Math.floor(page / 2 ** 32), pages, LEAVES.indexOf(leaf) + 1, frame],
        i * MAPPING_WORDS.length,
      );
    });
  return out;
}
