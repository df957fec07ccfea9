import { scaleLinear } from "d3-scale";
import type { MemoryResult } from "../../../replay/memory/result.js";
import type { ReplayResult } from "../../../replay/result/result.js";
import { percent } from "../../bars.js";
import type { Chart } from "../parts/chart.js";
import { type Markup, markup } from "../parts/markup.js";
import { strokeOf } from "../parts/palette.js";
import { type Canvas, cut, type Drawing, line, SMALL, text, textWidth } from "../parts/svg.js";
import { count, counted } from "../parts/values.js";
import { bottomAxis } from "./axis.js";
import { point, strokeLegend } from "./legend.js";

const ROW = 18,
  GAP = 6;
type Replays = readonly (ReplayResult & { memory: MemoryResult })[];
const WHAT: Record<string, string> = {
  tlb: "TLB",
  pwc: "walk cache",
  epwc: "walk cache of the host's tables",
  ntlb: "nested TLB",
};

/** Hit rates of TLBs and walk caches: a row for each structure that was looked up, a point for each path. */
export function hitsChart(replays: Replays): Chart | undefined {
  const names = (replays[0]?.memory.structures ?? [])
    .map((s) => s.name)
    .filter((_, i) => replays.some((r) => (r.memory.structures[i]?.hit_rate ?? null) !== null));
  if (names.length === 0) return undefined;
  const find = (r: Replays[number], name: string): MemoryResult["structures"][number] | undefined =>
    r.memory.structures.find((s) => s.name === name && s.hit_rate !== null);
  return {
    key: "hits",
    title: "Hit rates of translation",
    description: `Share of look-ups that hit, for each TLB and walk cache and each path. ${names
      .slice(0, 2)
      .map(
        (n) =>
          `${n}: ` +
          replays
            .map((r) => `${r.path} ${find(r, n) ? percent(find(r, n)!.hit_rate!) : "not looked up"}`)
            .join(", "),
      )
      .join(". ")}.`,
    note:
      "tlb: by level and page size; pwc: page-walk caches by level; epwc: " +
      "those of the host's tables; ntlb: nested TLB. Beside each point: how many look-ups.",
    table: {
      caption: "Look-ups of TLBs and walk caches",
      head: ["structure", "what", "path", "look-ups", "hits", "hit rate"],
      rows: names.flatMap((n) =>
        replays.flatMap((r) => {
          const s = find(r, n);
          return s
            ? [
                [
                  n,
                  WHAT[n.split(".")[0]!] ?? "",
                  r.path,
                  counted(String(BigInt(s.hits) + BigInt(s.misses))),
                  counted(s.hits),
                  { text: percent(s.hit_rate!), exact: s.hit_rate! },
                ],
              ]
            : [];
        }),
      ),
    },
    draw: (canvas) => draw(canvas, replays, names, find),
  };
}

function draw(
  { width }: Canvas,
  replays: Replays,
  names: readonly string[],
  find: (r: Replays[number], name: string) => MemoryResult["structures"][number] | undefined,
): Drawing {
  const left = Math.max(...names.map((n) => textWidth(n))) + 14,
    wide = width > 600,
    lookups = (s: MemoryResult["structures"][number], path: string): string =>
      `${wide ? `${path}: ` : ""}${percent(s.hit_rate!)} of ` +
      `${count(String(BigInt(s.hits) + BigInt(s.misses)))}`;
  const labels =
    Math.max(
      ...replays.flatMap((r) =>
        names.map((n) => (find(r, n) ? textWidth(lookups(find(r, n)!, cut(r.path, 110, SMALL)), SMALL) : 0)),
      ),
    ) + 16;
  const key = strokeLegend(
      width,
      replays.map((r, i) => ({ name: r.path, stroke: strokeOf(i) })),
      0,
    ),
    x = scaleLinear([0, 1], [left + 8, width - labels - 8]);
  let y = key.height + 8;
  const top = y,
    body: Markup[] = [];
  for (const name of names) {
    const found = replays.map((r, i) => ({ r, i, s: find(r, name) })).filter((f) => f.s !== undefined);
    body.push(text(left - 8, y + 13, name, { anchor: "end" }));
    for (const { r, i, s } of found) {
      const rate = s!.hit_rate!;
      body.push(
        line(x(0), y + ROW / 2, x(rate), y + ROW / 2, "edge"),
        point(x(rate), y + ROW / 2, strokeOf(i), `${r.path}, ${name}: ${percent(rate)}`),
        text(width - 2, y + 13, lookups(s!, cut(r.path, 110, SMALL)), {
          anchor: "end",
          size: SMALL,
          muted: true,
        }),
      );
      y += ROW;
    }
    y += GAP;
  }
  return {
    width,
    height: y + 20,
    body: markup`${key.body}${bottomAxis(
      x,
      wide ? [0, 0.25, 0.5, 0.75, 1] : [0, 0.5, 1],
      (v) => `${100 * v} %`,
      top,
      y,
    )}${body}`,
  };
}
