// The memory model beside published measurements: nested random reads on Zen, HPCC's RandomAccess.
import { rmSync } from "node:fs";
import { ns, table, times } from "../table.mjs";
import { generated, measure } from "./memory-traces.mjs";

const MIB = 2 ** 20,
  GIB = 2 ** 30;
/** What modern's ranges name as Zen's: sizes only, no time is touched. */
const ZEN = [
  "cache.l1_bytes=32768",
  "cache.l1_ways=8",
  "cache.l2_bytes=524288",
  "cache.l2_ways=8",
  "cache.l3_bytes=16777216",
  "cache.l3_ways=16",
  "tlb.l1_4k_ways=64",
  "tlb.l1_shared=2m+1g",
];
const NESTED = [
  "virt-ib",
  "virt-ib+guest_leaf=2m",
  "virt-ib+host_leaf=4k",
  "virt-ib+host_leaf=4k+guest_leaf=2m",
];
/** ns, measurements D035 and D036: pages of 4K and 2M. */
const CHASE = [
  { footprint: 64 * MIB, accesses: 4e6, name: "64 MiB", rows: ["D035a", "D035b"], measured: [86, 84] },
  { footprint: 4 * GIB, accesses: 1e7, name: "4 GiB", rows: ["D036a", "D036b"], measured: [166, 108] },
];
/** GUP/s, measurements D043a and D045a. */
const GUPS = [
  { footprint: 256 * MIB, name: "256 MiB", row: "D043a", measured: 0.04684 },
  { footprint: GIB, name: "1 GiB", row: "D045a", measured: 0.0638 },
];

async function withTrace(folder, workload, footprint, accesses, use) {
  const { file } = await generated(folder, workload, footprint, accesses);
  const result = use(file);
  rmSync(file);
  return result;
}
const TIME_TOLERANCE = 0.15,
  RATIO = 1.54,
  RATIO_TOLERANCE = 0.15;
const within = (errors) => `${errors.filter((e) => e <= TIME_TOLERANCE).length} of ${errors.length}`;
const holds = (ratio) => (Math.abs(ratio - RATIO) <= RATIO_TOLERANCE ? "holds" : "is missed");
const off = (model, measured) =>
  `${model > measured ? "+" : "−"}${Math.abs(100 * (model / measured - 1)).toFixed(0)} %`;

export async function published(folder) {
  const chase = [],
    ratios = [],
    errors = { modern: [], zen: [], modern4k: [], zen4k: [] },
    found = {};
  for (const { footprint, accesses, name, rows, measured } of CHASE) {
    const [plain, zen] = await withTrace(folder, "pointer-chase", footprint, accesses, (file) =>
      [[], ZEN].map((set) =>
        measure(file, NESTED, { testbed: "modern", set }).paths.map((p) => p.steady / 1e3),
      ),
    );
    for (const i of [0, 1])
      chase.push([
        `${name}, ${["4K", "2M"][i]} (${rows[i]})`,
        measured[i],
        `${plain[i].toFixed(1)} (${off(plain[i], measured[i])})`,
        `${zen[i].toFixed(1)} (${off(zen[i], measured[i])})`,
        plain[2 + i].toFixed(1),
        zen[2 + i].toFixed(1),
      ]);
    for (const i of [0, 1]) {
      for (const [list, ns] of [
        ["modern", plain[i]],
        ["zen", zen[i]],
        ["modern4k", plain[2 + i]],
        ["zen4k", zen[2 + i]],
      ])
        errors[list].push(Math.abs(ns / measured[i] - 1));
    }
    if (name === "4 GiB") Object.assign(found, { modern: plain[0] / plain[1], zen: zen[0] / zen[1] });
    const r = (list, i) => times(list[i] / list[i + 1]);
    ratios.push([
      `${name}, 4K / 2M${name === "4 GiB" ? " (D036c)" : ""}`,
      times(measured[0] / measured[1]),
      r(plain, 0),
      r(zen, 0),
      r(plain, 2),
      r(zen, 2),
    ]);
  }
  const gups = [];
  for (const { footprint, name, row, measured } of GUPS) {
    const [small, large] = await withTrace(
      folder,
      "gups",
      footprint,
      4e6,
      (file) => measure(file, ["native", "native+guest_leaf=2m"], { testbed: "thesis-2014" }).paths,
    );
    const rate = ({ update }) => 1e3 / update,
      factor = ({ update }) => times(measured / rate({ update }));
    gups.push([
      `${name} (${row})`,
      measured,
      ns(small.update),
      rate(small).toFixed(4),
      factor(small),
      rate(large).toFixed(4),
      factor(large),
    ]);
  }
  return `### Model and published
Dependent random reads (pointer-chase) in a guest, ns, against a log of AMD Zen under Hyper-V. *Zen's
sizes*: \`modern\` with the cache and TLB sizes that its own ranges name as Zen's (L1 32 KiB, L2 512 KiB,
L3 16 MiB, one L1 TLB for all sizes); no time was changed, and which Zen it was is not known.

${table(["pages of the guest", "published", "modern, host leaves 2m", "Zen's sizes, 2m", "modern, 4k as memlink makes them", "Zen's sizes, 4k"], "lrrrrr", [...chase, ...ratios])}

Asked were 15 % of each time, and 0.15 of the ratio at 4 GiB. Within it are ${within(errors.modern)} times
of \`modern\` and ${within(errors.zen)} with Zen's sizes; the ratio ${holds(found.modern)} with \`modern\`
(${times(found.modern)}), whose L3 of 36 MiB keeps more of the page tables, and ${holds(found.zen)} with
Zen's sizes (${times(found.zen)}).
At 64 MiB the model is slower than the measurement: true LRU hits nothing on a cycle of reads larger than
the cache. At 4 GiB it is faster: 2048 pages of 2M fit the second TLB level exactly, with nothing else to
hold, and both times are low by about as much, which the ratio does not show. So a ratio that fits is no
proof.
With host leaves of 4k ${within(errors.modern4k)} times are within 15 % on \`modern\`,
${within(errors.zen4k)} with Zen's sizes: the log looks like leaves of 2m, but does not say so.

HPCC RandomAccess, one process (SingleRandomAccess), against gups on native, \`thesis-2014\`:

${table(["table", "published, GUP/s", "model, ns an update", "model, GUP/s", "published / model", "model with 2m pages, GUP/s", "published / model"], "lrrrrrr", gups)}

The model is slow by that factor, and misses what was asked (20 and 25 %) by far: it runs one access at a
time, while up to 128 updates of HPCC's loop do not depend on each other, so that real cores overlap
several misses. No value was changed for it.
Ratios stay usable, with care. If walks and data overlap alike, they are the steady ones above. If data
overlap and walks queue for the core's page walker (one until about 2014, two later), time goes to the
walks and the ratio towards that of *translation*: for memory-bound programs that overlap their reads, the
loss lies between the two columns.
`;
}
