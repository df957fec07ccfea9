import type { MemoryInspection } from "./inspect-memory.js";
import { byCount, bytes, counts, type Line, loss, n, table } from "./text-lines.js";

/** Sizes and ranges that are shown; the rest is summed up. JSON has all. */
const SHOWN = 12;

/** The inspection of a memory trace as lines for a terminal. */
export function memoryText(i: MemoryInspection): string {
  const sizes = Object.entries(byCount(i.sizes)),
    rest = sizes.slice(SHOWN).reduce((sum, [, count]) => sum + count, 0);
  const named = i.regions.map((r): Line => ["region", `${r.name} from ${hex(r.start)}, ${bytes(r.bytes)}`]);
  const touched = i.touched
    .slice(0, SHOWN)
    .map(
      (r): Line => [
        "touched",
        `${hex(r.start)}, ${bytes(r.bytes)}: ${n(r.pages)} page${r.pages === 1 ? "" : "s"}`,
      ],
    );
  if (i.touched.length > SHOWN)
    touched.push(["touched", `and ${n(i.touched.length - SHOWN)} more ranges (--json lists all)`]);
  return table([
    ["trace", i.file],
    ["rows", n(i.rows)],
    ["clock", i.clock],
    ["columns", i.columns.join(" ")],
    ...i.nodes.map((node): Line => ["process", node.name]),
    ["kinds", counts(i.kinds)],
    [
      "sizes",
      `${counts(Object.fromEntries(sizes.slice(0, SHOWN)), (size) => `${size} B`)}` +
        (rest > 0 ? `, others × ${n(rest)}` : ""),
    ],
    ["instructions", i.instructions === undefined ? "not recorded" : n(i.instructions)],
    ["pages", `${n(i.pages["4k"])} of 4 KiB, in ${n(i.pages["2m"])} of 2 MiB`],
    ["straddles", `${n(i.straddles.line)} of a line, ${n(i.straddles.page)} of a page`],
    ...named,
    ...touched,
    ...loss(i),
  ]);
}

function hex(value: bigint): string {
  return `0x${value.toString(16)}`;
}
