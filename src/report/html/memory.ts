import type { MemoryUse } from "../../replay/memory/use.js";
import { percent } from "../bars.js";
import { details, table } from "./parts/elements.js";
import { type Markup, markup, NOTHING } from "./parts/markup.js";
import { count, counted, plural } from "./parts/values.js";

/** What memory the accesses use, whatever the path. */
export function memorySection(use: MemoryUse | undefined): Markup {
  if (!use) return NOTHING;
  const { kinds: k, hottest_pages: hot } = use;
  const pages =
    hot.length > 0
      ? details(
          `The ${plural(hot.length, "page")} with most accesses`,
          table({
            caption: "Hottest pages of 4 KiB",
            head: ["page", "region", "accesses", "of all accesses"],
            rows: hot.map((p) => [p.page, p.region, counted(p.accesses), percent(p.share)]),
          }),
        )
      : "";
  return markup`<h3>Memory used</h3><p>${count(k.load + k.store + k.modify)} accesses to data
    (${plural(k.load, "load")}, ${plural(k.store, "store")}, ${count(k.modify)} both at once)
    and ${plural(k.ifetch, "instruction fetch", "instruction fetches")} touch ${plural(use.pages, "page")} of
    4 KiB in ${count(use.pages_2m)} of 2 MiB. Re-linked on memlink
    (--link ${use.link.asked}): ${plural(use.link.pages, "page")}. Frames (--placement): ${use.placement}.</p>
    ${pages}`;
}
