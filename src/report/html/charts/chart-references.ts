import type { References } from "../../../replay/memory/result.js";
import { percent } from "../../bars.js";
import type { WithMemory } from "../../columns/memory.js";
import type { Chart } from "../parts/chart.js";
import { type Markup, markup } from "../parts/markup.js";
import { colour, inkOn, LEVELS } from "../parts/palette.js";
import { box, type Canvas, cut, type Drawing, line, outline, SMALL, text, textWidth } from "../parts/svg.js";
import { count, counted } from "../parts/values.js";
import { legend } from "./legend.js";

const ROW = 24,
  BAR = 17,
  HEAD = 22;
const BY = [
  ["data", "data"],
  ["page tables of the guest or process", "guest"],
  ["page tables of the host", "host"],
] as const;
const total = (r: References): number => LEVELS.reduce((n, l) => n + Number(r[l.key]), 0);

/** Where references hit, for data and for walks, as shares of a whole. */
export function referencesChart(replays: readonly WithMemory[]): Chart {
  const share = (r: References, key: keyof References): number =>
    total(r) > 0 ? Number(r[key]) / total(r) : 0;
  return {
    key: "references",
    title: "Where references hit",
    description:
      "For data and for page tables one bar for each path, divided by where references hit: " +
      "L1, L2, L3 or DRAM. " +
      `${replays
        .map(
          (r) =>
            `${r.path}: ${percent(share(r.memory.references.data, "l1"))} of data references hit in ` +
            `L1, ${percent(share(r.memory.references.data, "dram"))} go to DRAM`,
        )
        .join(". ")}.`,
    table: {
      caption: "References by where they hit",
      head: ["references to", "path", ...LEVELS.map((l) => l.name), "all"],
      rows: BY.flatMap(([name, by]) =>
        replays.map((r) => [
          name,
          r.path,
          ...LEVELS.map((l) => counted(r.memory.references[by][l.key])),
          counted(total(r.memory.references[by])),
        ]),
      ),
    },
    draw: (canvas) => draw(canvas, replays),
  };
}

function draw(canvas: Canvas, replays: readonly WithMemory[]): Drawing {
  const { width } = canvas,
    wide = width > 600,
    left = Math.min(wide ? 170 : 92, Math.max(...replays.map((r) => textWidth(r.path))) + 12);
  const counts =
      Math.max(
        ...BY.flatMap(([, by]) =>
          replays.map((r) => textWidth(count(total(r.memory.references[by])), SMALL)),
        ),
      ) + 10,
    right = width - counts;
  const key = legend(canvas, LEVELS, 0),
    body: Markup[] = [];
  let y = key.height + 6;
  for (const [name, by] of BY) {
    if (replays.every((r) => total(r.memory.references[by]) === 0)) continue;
    body.push(text(0, y + 14, name, { bold: true }));
    y += HEAD;
    for (const r of replays) {
      const references = r.memory.references[by],
        all = total(references),
        top = y + (ROW - BAR) / 2;
      body.push(
        text(left - 8, y + 16, cut(r.path, left - 10), { anchor: "end" }),
        text(width - 2, y + 16, count(all), { anchor: "end", size: SMALL, muted: true }),
      );
      let x = left;
      for (const level of LEVELS) {
        const share = all > 0 ? Number(references[level.key]) / all : 0,
          w = share * (right - left),
          says = `${level.name} ${percent(share)}`,
          plain = level.surface.texture === "plain";
        body.push(
          box(canvas, { x, y: top, width: w, height: BAR }, level.surface, `${r.path}, ${name}: ${says}`),
        );
        if (x > left && w > 2) body.push(line(x, top, x, top + BAR, "ink", 0.75));
        if (w > textWidth(says, SMALL) + 6)
          body.push(
            text(x + w / 2, top + 13, says, {
              anchor: "middle",
              size: SMALL,
              ink: inkOn(level.surface),
              ...(plain ? {} : { halo: colour(level.surface) }),
            }),
          );
        x += w;
      }
      if (all > 0) body.push(outline({ x: left, y: top, width: right - left, height: BAR }));
      else body.push(text(left, y + 16, "none", { size: SMALL, muted: true }));
      y += ROW;
    }
    y += 4;
  }
  return { width, height: y + 4, surfaces: LEVELS.map((l) => l.surface), body: markup`${key.body}${body}` };
}
