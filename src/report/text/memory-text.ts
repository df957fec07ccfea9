import type { MemoryResult, References } from "../../replay/memory/result.js";
import type { MemoryUse } from "../../replay/memory/use.js";
import type { ReplayResult } from "../../replay/result/result.js";
import { bar, inert, percent } from "../bars.js";
import { terminalLines } from "../columns/column.js";
import { MEMORY_COLUMNS, MEMORY_NOTE, withMemory } from "../columns/memory.js";
import { hanging, type Line, wrap } from "../lines.js";

const LEAST_CELL = 24,
  LABEL = 22,
  SHOWN_REGIONS = 8;
const grouped = new Intl.NumberFormat("en-US");
const number = (n: number | string): string => grouped.format(Number(n));

function bytesText(n: number): string {
  const units: [number, string][] = [
    [2 ** 30, "GiB"],
    [2 ** 20, "MiB"],
    [2 ** 10, "KiB"],
  ];
  const [size, unit] = units.find(([s]) => n >= s) ?? [1, "B"];
  const v = n / size;
  return `${Number.isInteger(v) ? v : v.toFixed(1)} ${unit}`;
}
/** What memory costs on each path, against native. */
export function memorySummary(replays: readonly ReplayResult[], width: number, line: Line): void {
  for (const l of terminalLines(MEMORY_COLUMNS, withMemory(replays))) line(l);
  hanging("(", `${MEMORY_NOTE})`, width, line);
}

/** Where translations hit, what walks refer to, and which memory it is. */
export function memoryParts(
  use: MemoryUse,
  replays: readonly ReplayResult[],
  width: number,
  line: Line,
): void {
  const list = withMemory(replays);
  const rows: { label: string; cells: string[] }[] = [];
  const row = (label: string, cell: (m: MemoryResult) => string): void =>
    void rows.push({ label, cells: list.map((r) => cell(r.memory)) });
  const names = list[0]?.memory.structures.map((s) => s.name) ?? [];
  names.forEach((name, i) => {
    if (list.every((r) => r.memory.structures[i]!.hit_rate === null)) return;
    row(name, ({ structures }) => {
      const { hits, misses, hit_rate } = structures[i]!;
      return hit_rate === null ? "–" : `${percent(hit_rate)} of ${number(Number(hits) + Number(misses))}`;
    });
  });
  row("walks", (m) => number(Number(m.walks["4k"]) + Number(m.walks["2m"]) + Number(m.walks["1g"])));
  row("references a walk", (m) => (m.references_per_walk === null ? "–" : m.references_per_walk.toFixed(2)));
  const levels = (r: References): string => {
    const total = Number(r.l1) + Number(r.l2) + Number(r.l3) + Number(r.dram);
    return total === 0
      ? "–"
      : [r.l1, r.l2, r.l3, r.dram].map((n) => ((100 * Number(n)) / total).toFixed(0)).join("/");
  };
  const translations = rows.length;
  for (const [label, by] of [
    ["data", "data"],
    ["page tables, guest", "guest"],
    ["page tables, host", "host"],
  ] as const) {
    row(label, ({ references: { [by]: r } }) =>
      levels(r) === "–"
        ? "–"
        : `${levels(r)} (${number(Number(r.l1) + Number(r.l2) + Number(r.l3) + Number(r.dram))})`,
    );
  }
  const cell = Math.max(LEAST_CELL, ...rows.flatMap((r) => r.cells.map((c) => c.length + 2)));
  const show = (part: readonly { label: string; cells: string[] }[]): void =>
    part.forEach(({ label, cells }) =>
      line(label.padEnd(LABEL) + cells.map((c) => c.padStart(cell)).join("")),
    );
  line("Translation: share of look-ups that hit, and look-ups");
  show([
    { label: "structure", cells: list.map((r) => r.path.slice(0, cell - 2)) },
    ...rows.slice(0, translations),
  ]);
  line();
  line("References by where they hit: L1/L2/L3/DRAM, in % (and how many)");
  show(rows.slice(translations));
  line();
  usedMemory(use, width, line);
  line();
}

function usedMemory(use: MemoryUse, width: number, line: Line): void {
  const { kinds: k } = use,
    accesses = k.load + k.store + k.modify;
  line(
    `Memory: ${number(accesses)} accesses (${number(k.load)} loads, ` +
      `${number(k.store)} stores, ${number(k.modify)} modifies), ` +
      `${number(use.pages)} pages of 4 KiB in ${number(use.pages_2m)} of 2 MiB; ` +
      `--link ${inert(use.link.asked)} (${number(use.link.pages)} pages), ` +
      `--placement ${inert(use.placement)}`,
  );
  const regions = [...use.regions].sort((a, b) => b.accesses - a.accesses);
  for (const r of regions.slice(0, SHOWN_REGIONS))
    line(
      "  " +
        `${inert(r.name).padEnd(14)}${r.start.padStart(18)}` +
        `${bytesText(r.bytes).padStart(12)}${`${number(r.pages)} pages`.padStart(18)}` +
        "  " +
        `${bar(r.accesses / accesses, 20)} ${percent(r.accesses / accesses).padStart(7)} of ` +
        "accesses",
    );
  if (regions.length > SHOWN_REGIONS) line(`  … and ${regions.length - SHOWN_REGIONS} smaller regions`);
  wrap(
    `hottest pages: ${use.hottest_pages.map((p) => `${p.page} ${percent(p.share)}`).join(", ")}`,
    width,
    line,
  );
  const most = Math.max(...use.working_set.map((w) => w.pages));
  wrap(
    `working set over time, up to ${number(most)} pages in ` +
      `1/${use.working_set.length} of the trace: ` +
      use.working_set.map((w) => "▁▂▃▄▅▆▇█"[Math.min(7, Math.floor((8 * w.pages) / (most + 1)))]).join(""),
    width,
    line,
  );
}
