// Accesses per second of the memory engine, against a C twin of it
// that counts the same (bench/native/), in the same run.
// CPU time in interleaved rounds: medians, and the median of the ratios round by round.
//   node tools/run.mjs bench/memory.mjs [--only NAME] [--rounds N] [--smoke] [program.arrow …]
// Kept in bench/results/; with --only, --smoke (small, for CI) or traces of one's own nothing is kept.
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { basename } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { MEMORY_COUNTERS, STRUCTURES } from "../dist/abi/memory.js";
import { Core } from "../dist/core/instance.js";
import { coreModule } from "../dist/core/module.node.js";
import { generateMemory } from "../dist/generate/memory/memory.js";
import { loadPath } from "../dist/path/load.js";
import { ColumnFeed } from "../dist/replay/memory/feed.js";
import { prepareMemory } from "../dist/replay/memory/prepare.js";
import { setUpMemory } from "../dist/replay/memory/setup.js";
import { loadTestbed } from "../dist/testbed/load.js";
import { writeMemory } from "../dist/trace/memory/memory-write.js";
import { openMemoryTrace } from "../dist/trace/read.js";
import { cpu_ms } from "./cpu-time.mjs";
import { compile, startTwin } from "./twin.mjs";

const { values, positionals: own } = parseArgs({
  allowPositionals: true,
  options: {
    only: { type: "string" },
    rounds: { type: "string" },
    smoke: { type: "boolean", default: false },
  },
});
const { smoke, only = "" } = values;
const ROWS = smoke ? 50_000 : 2_000_000,
  ROUNDS = Number(values.rounds ?? (smoke ? 1 : 9));
const PATHS = ["native", "virt-ib", "memlink"];
const here = (p) => fileURLToPath(new URL(p, import.meta.url));
const folder = here("../build/bench/");
mkdirSync(folder, { recursive: true });

const GENERATED = smoke
  ? [
      ["gups", "16MiB"],
      ["stream", "16MiB"],
    ]
  : [
      ["sequential", "64MiB"],
      ["stream", "64MiB"],
      ["gups", "64MiB"],
      ["gups", "1GiB"],
      ["gups", "8GiB"],
      ["pointer-chase", "1GiB"],
      ["zipf", "1GiB"],
    ];
const CAPTURED = ["traces/sort.arrow", "traces/hpcc-randomaccess.arrow"];
const bytes = (text) => Number(text.slice(0, -3)) * { MiB: 2 ** 20, GiB: 2 ** 30 }[text.slice(-3)];

/** A bundled capture, one run after the other, until there are enough rows. */
async function repeated(source, file) {
  if (existsSync(file)) return;
  const trace = openMemoryTrace(source),
    rows = [];
  for (const batch of trace.batches) {
    const body = new Uint8Array(trace.batchLayout(batch).bytes),
      c = trace.readBody(batch, body).columns,
      view = new DataView(body.buffer);
    for (let i = 0; i < batch.rows; i++)
      rows.push([
        view.getUint32(c.vaddr[0].offset + 8 * i, true),
        view.getUint32(c.vaddr[0].offset + 8 * i + 4, true),
        view.getUint16(c.size[0].offset + 2 * i, true),
        view.getUint8(c.kind[0].offset + i),
      ]);
  }
  await writeMemory(file, (out) => {
    for (let i = 0; i < ROWS; i++) out.add(...rows[i % rows.length], 1);
    return trace.metadata;
  });
}
async function traces() {
  const list = own.map((f) => [basename(f), f]);
  if (own.length > 0) return list;
  for (const source of CAPTURED.filter((f) => f.includes(only))) {
    const file = `${folder}${basename(source, ".arrow")}-${ROWS}.arrow`;
    await repeated(here(`../${source}`), file);
    list.push([`${basename(source, ".arrow")} (captured, repeated)`, file]);
  }
  for (const [workload, footprint] of GENERATED.filter((g) => g.join(" ").includes(only))) {
    const file = `${folder}${workload}-${footprint}-${ROWS}.arrow`;
    const [program, more] = workload === "sequential" ? ["stride", { stride: 8 }] : [workload, {}];
    if (!existsSync(file))
      await writeMemory(
        file,
        generateMemory(program, { footprint: bytes(footprint), accesses: ROWS, seed: 1, ...more }),
      );
    list.push([`${workload} ${footprint}`, file]);
  }
  return list;
}

/** The twin's counters in the order in which it prints them, out of the core's. */
function comparable(core) {
  const values = core.u64(core.exports.mem_counters_ptr(), MEMORY_COUNTERS.length),
    c = (name) => Number(values[MEMORY_COUNTERS.indexOf(name)]);
  const levels = (by) => ["l1", "l2", "l3", "dram"].map((l) => c(`${by}.${l}`)),
    of = (what) => STRUCTURES.map((s) => (s.startsWith("cache.") ? 0 : c(`${s}.${what}`)));
  return [
    c("mem.accesses"),
    c("mem.straddles.line"),
    c("mem.straddles.page"),
    ...of("hits"),
    ...of("misses"),
    ...levels("mem.refs"),
    ...levels("walk.refs.guest"),
    ...levels("walk.refs.host"),
    c("walks.4k"),
    c("walks.2m"),
    c("walks.1g"),
    c("mem.ept_violations"),
    c("mem.pages_linked"),
    c("mem.blocks_split"),
  ];
}
function runCore(prepared, path) {
  const core = new Core(coreModule());
  setUpMemory(core, path, prepared.setup);
  const feed = new ColumnFeed(core, prepared.trace, { threads: false });
  core.exports.mem_begin(0, 0);
  let ns = 0;
  for (const batch of prepared.trace.batches) {
    feed.load(batch);
    const t0 = cpuNs();
    core.exports.mem_run(0, batch.rows, 0, 0);
    ns += cpuNs() - t0;
  }
  return { core, ns };
}
/** The twin takes its own likewise. */
const cpuNs = () => cpu_ms() * 1e6;

const median = (x) => [...x].sort((a, b) => a - b)[Math.floor(x.length / 2)];
const twin = compile(folder),
  testbed = loadTestbed("thesis-2014"),
  cases = [];
for (const [name, file] of await traces()) {
  for (const label of PATHS) {
    const trace = openMemoryTrace(file),
      path = loadPath(label),
      prepared = prepareMemory(trace, testbed, false, { link: "all" });
    const first = runCore(prepared, path); // a warm-up, and what the twin must count
    const c = twin && startTwin(twin, folder + basename(file, ".arrow"), first.core, prepared, path);
    if (c) {
      const { counters } = await c.run(),
        wanted = comparable(first.core);
      const bad = wanted.findIndex((n, i) => n !== counters[i]);
      if (bad >= 0)
        throw new Error(
          `${name} on ${label}: counter ${bad} is ${wanted[bad]} in the core, ${counters[bad]} in the C twin`,
        );
    }
    const samples = [],
      theirs = [];
    for (let round = 0; round < ROUNDS; round++) {
      samples.push(runCore(prepared, path).ns / trace.rows);
      if (c) theirs.push((await c.run()).ns / trace.rows);
    }
    c?.stop();
    trace.close();
    const ns = median(samples),
      ratio = c ? median(samples.map((s, i) => theirs[i] / s)) : null;
    cases.push({
      trace: name,
      path: label,
      rows: trace.rows,
      ns_per_access_median: +ns.toFixed(2),
      accesses_per_s_median: Math.round(1e9 / ns),
      ns_per_access_best: +Math.min(...samples).toFixed(2),
      twin_ns_per_access_median: c ? +median(theirs).toFixed(2) : null,
      against_twin: ratio && +ratio.toFixed(3),
      samples_ns: samples.map((s) => +s.toFixed(2)),
      twin_samples_ns: theirs.map((s) => +s.toFixed(2)),
    });
    console.log(
      `${name.padEnd(38)} ${label.padEnd(8)} ${ns.toFixed(2).padStart(7)} ns an access, ` +
        `${(1e3 / ns).toFixed(1).padStart(6)} ` +
        `M/s${c ? `; C twin ${median(theirs).toFixed(2).padStart(7)} ns: ${ratio.toFixed(2)}× of its speed` : ""}`,
    );
  }
}
if (!smoke && !only && own.length === 0) {
  const when = new Date().toISOString(),
    out = here(`results/${when.slice(0, 10)}-memory.json`);
  mkdirSync(here("results/"), { recursive: true });
  writeFileSync(
    out,
    `${JSON.stringify({ schema: "verbscope.bench/1", bench: "memory", when, node: process.version, cpu: cpus()[0].model, cores: cpus().length, rounds: ROUNDS, cases }, null, 1)}` +
      `\n`,
  );
  console.log(`kept in bench/results/${basename(out)}`);
}
