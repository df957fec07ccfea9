// Random reads and streams under memlink: recordings and generated workloads on native, virt-ib and memlink.
import { rmSync } from "node:fs";
import { ns, percent, size, table, times } from "../table.mjs";
import { cause, generated, measure, recordings, workloads } from "./memory-traces.mjs";
import { published } from "./published.mjs";

const TESTBEDS = ["thesis-2014", "modern"],
  PATHS = ["native", "virt-ib", "memlink"];
const LARGE = PATHS.map((p) => `${p}+guest_leaf=2m`);
const PAGE = 4096,
  BLOCK = 2 ** 21,
  GIB = 2 ** 30,
  HEAP = 0x7f0000000000;

const HEAD = [
  "trace",
  "testbed",
  "touched",
  "native, ns",
  "of it translation",
  "virt-ib",
  "memlink",
  "with first touches",
  "translation",
  "what grew most",
];
const ALIGN = "llrrrrrrrl";
/** Below this part of native's time its translation is too little to compare with. */
const LEAST_SHARE = 0.01;
function row(name, testbed, { pages, paths: [native, virt, link] }) {
  const share = native.translation / native.steady;
  return [
    name,
    testbed,
    size(pages * PAGE),
    ns(native.steady),
    percent(share),
    times(virt.steady / native.steady),
    times(link.steady / native.steady),
    times(link.all / native.all),
    share < LEAST_SHARE ? "–" : times(link.translation / native.translation),
    cause(native, link),
  ];
}
const ratio = ({ paths: [native, , link] }) => link.steady / native.steady;
const span = (values, show = times) => `${show(Math.min(...values))} to ${show(Math.max(...values))}`;

/** memlink's slowdown when one page of each 2 MiB is linked, and when all are. */
function oneOfEach(file, footprint, testbed) {
  const blocks = Array.from(
    { length: footprint / BLOCK },
    (_, i) => `0x${(HEAP + i * BLOCK).toString(16)}:${PAGE}`,
  ).join(",");
  return [blocks, "all"].map((link) => ratio(measure(file, PATHS, { testbed, link })));
}

/** Ends of inferred ranges of thesis-2014, and the slowdown at 8 GiB that they give. */
const RANGES = [
  ["DRAM", ["mem.dram=50"], ["mem.dram=90"]],
  ["L3", ["cache.l3_bytes=8388608"], ["cache.l3_bytes=20971520", "cache.l3_ways=20"]],
  ["nested TLB", ["ntlb.entries=16"], ["ntlb.entries=64"]],
  [
    "the host's walk caches",
    ["pde", "pdpte", "pml4"].map((l) => `epwc.${l}_entries=0`),
    ["epwc.pdpte_entries=16", "epwc.pml4_entries=16", "epwc.pml4_ways=4"],
  ],
];
function sensitivity(file) {
  return RANGES.map(
    ([name, low, high]) =>
      `${name} ${[low, high].map((set) => times(ratio(measure(file, PATHS, { testbed: TESTBEDS[0], link: "all", set })))).join(" and ")}`,
  );
}

/** The part of the page; `folder` is for traces, `captures` one of recordings. */
export async function memory(folder, captures) {
  const recorded = [],
    made = [];
  for (const { name, file } of await recordings(folder, captures))
    for (const testbed of TESTBEDS)
      recorded.push({ name, file, testbed, ...measure(file, PATHS, { testbed, link: "all" }) });
  const worst = recorded.reduce((a, b) => (ratio(b) > ratio(a) ? b : a)),
    scattered = measure(worst.file, PATHS, { testbed: worst.testbed, link: "all", placement: "fragmented" });
  let each = [],
    ranges = [];
  for (const { workload, footprint, accesses } of workloads) {
    const { file } = await generated(folder, workload, footprint, accesses);
    for (const testbed of TESTBEDS)
      made.push({
        workload,
        footprint,
        name: `${workload} ${size(footprint)}`,
        testbed,
        small: measure(file, PATHS, { testbed, link: "all" }),
        large: measure(file, LARGE, { testbed, link: "all" }),
      });
    if (workload === "gups" && footprint === GIB) each = oneOfEach(file, footprint, TESTBEDS[0]);
    if (workload === "gups" && footprint === 8 * GIB) ranges = sensitivity(file);
    rmSync(file);
  }
  const random = (least, most = Infinity) =>
      made.filter((m) => m.workload !== "stream" && m.footprint >= least && m.footprint <= most),
    streams = made.filter((m) => m.workload === "stream");
  const big = random(GIB),
    small = random(0, GIB - 1),
    largest = random(8 * GIB);
  const split = (list) => list.map(({ small: { paths } }) => paths[2].steady / paths[1].steady);
  const perLine = streams.map(({ small: { paths } }) => paths[2].translation - paths[0].translation),
    line = (64 / 13.2) * 1e3;
  return `## Random reads and streams under memlink
Each access alone, all touched memory linked before the first (\`--link all\`), frames \`contiguous\`,
pages of the process 4 KiB, host leaves 2 MiB where nothing is linked.
* *native*: ns an access, without the instructions between accesses; *of it translation*: \`mem.tlb\` and
  \`walk.guest\`.
* *virt-ib*, *memlink*: time an access against native, without first touches (steady). virt-ib is nested
  paging with nothing split.
* *with first touches*: memlink against native with each linked page's EPT violation. They come once, so
  this falls with the length of the run.
* *translation*: that of memlink against that of native; – where native's is below 1 % of its time.
* *what grew most*: the layer that grew most from native to memlink, and its part of the growth; – where
  memlink is less than 1 % slower.

### Recordings
${table(
  HEAD,
  ALIGN,
  recorded.map((r) => row(r.name, r.testbed, r)),
)}

Small inputs under valgrind: they touch ${span(
    recorded.map((r) => r.pages * PAGE),
    size,
  )}, whose translations the TLBs hold, or their page-table entries the caches. Slowdown of memlink:
${span(recorded.map(ratio))}.
${
  ratio(worst) < 1.01
    ? ""
    : `Most of that little is \`mem.data\`: where frames fall in caches indexed by physical address.
Native's are contiguous here, linked ones scattered; with \`--placement fragmented\` ${worst.name} on
\`${worst.testbed}\` takes ${times(ratio(scattered))} times as long as native instead of
${times(ratio(worst))}.
`
}
### Generated
${made.filter((m) => m.testbed === TESTBEDS[0]).length} workloads: dependent loads of lines in one random
cycle (pointer-chase), updates of 8-byte words at random (gups), STREAM's triad by 64-byte accesses
(stream). 2, 4 and 10 million accesses for 64 MiB, 1 GiB and 8 GiB; stream gets through part of the larger
ones (*touched*), which changes nothing in a stream.

${table(
  HEAD,
  ALIGN,
  made.map((m) => row(m.name, m.testbed, m.small)),
)}

The same with pages of 2 MiB in the process (\`guest_leaf=2m\`, on native too): what a link splits is then
the page that the TLB held.

${table(
  HEAD,
  ALIGN,
  made.filter((m) => m.footprint >= GIB).map((m) => row(m.name, m.testbed, m.large)),
)}

### What follows
* **Random reads of large memory suffer, and from the split.** At 1 GiB and more memlink takes
  ${span(big.map((m) => ratio(m.small)))} times as long as native, at 64 MiB
  ${span(small.map((m) => ratio(m.small)))}. Nested paging by itself (virt-ib) takes
  ${span(big.map(({ small: { paths } }) => paths[1].steady / paths[0].steady))} at 1 GiB and more; the
  split alone (memlink against virt-ib) ${span(split(big))}. It is the host's part of the walk
  (\`walk.host\`): 512 times as many leaves, at 8 GiB 16 MiB of entries that compete with the data for the
  caches, and a level more (${span(largest.map(({ small: { paths } }) => paths[2].references))} references
  a walk, virt-ib ${span(largest.map(({ small: { paths } }) => paths[1].references))}).
* **With large pages in the process it is worse at 8 GiB**: ${span(largest.map((m) => ratio(m.large)))} (1
  GiB: ${span(random(GIB, GIB).map((m) => ratio(m.large)))}), since linking takes the large page's reach in
  the TLB away as well.
* **Streams hardly notice**: ${span(
    streams.map((m) => ratio(m.small)),
    (x) => x.toFixed(3),
  )}, one walk for 64 lines. But nothing is prefetched here, so that a line costs a whole DRAM access. At
the 13.2 GB/s of D045's machine a line takes ${ns(line)} ns; the ${span(perLine, ns)} ns that memlink's
walks add would be ${span(
    perLine.map((x) => x / line),
    percent,
  )} of it, if none of them overlapped the stream.
* **First touches cost short runs more than walks do**: with them 8 GiB take
  ${span(largest.map(({ small: { paths } }) => paths[2].all / paths[0].all))} times as long, at 5 accesses
  a page. With a verbs trace, \`reg_mr\` charges them in its own steps, beside the copy and the system calls.
* **A link costs its whole block**: with one page of each 2 MiB linked, gups on 1 GiB (\`${TESTBEDS[0]}\`)
  takes ${times(each[0])} times as long as native, with all of them ${times(each[1])}.

The ends of inferred ranges move memlink / native of gups 8 GiB on \`${TESTBEDS[0]}\`
(${times(ratio(largest.find((m) => m.workload === "gups" && m.testbed === TESTBEDS[0]).small))}) like this,
low and high: ${ranges.join("; ")} (none; 16 entries of PDPTE and PML4E).
Inferred besides, with no range: that linked frames are scattered; that khugepaged never joins a block
again (\`khugepaged=never\`); true LRU in all caches, which on a cycle of reads (pointer-chase) hits
nothing once the cycle is larger than the cache, while real caches keep a part.
No measurement of memlink is public for these workloads; the abstract of 2014 only says that random reads
become slower.

${await published(folder)}`;
}
