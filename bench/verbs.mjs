// Rows per second of the replay, per path: a captured ping-pong
// repeated, and a bandwidth stream with 128 outstanding.
// Interleaved rounds, medians; the result is kept in bench/results/.
// `--smoke` runs a small version for CI and keeps nothing.
import { existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { fileURLToPath } from "node:url";
import { coreModule } from "../dist/core/module.node.js";
import { generate } from "../dist/generate/generate.js";
import { loadPath } from "../dist/path/load.js";
import { prepare } from "../dist/replay/prepare/prepare.js";
import { run } from "../dist/replay/run.js";
import { loadTestbed } from "../dist/testbed/load.js";
import { openTrace } from "../dist/trace/read.js";
import { VerbsBuilder } from "../dist/trace/verbs/columns-builder.js";
import { readRows } from "../dist/trace/verbs/read-rows.js";
import { writeVerbs } from "../dist/trace/verbs/write.js";

const smoke = process.argv.includes("--smoke");
const ROWS = smoke ? 100_000 : 2_000_000,
  ROUNDS = smoke ? 2 : 7;
const PATHS = ["native", "virt-ib", "virt-ib-forward", "memlink"];
const here = (p) => fileURLToPath(new URL(p, import.meta.url));
const folder = here("../build/bench/");
mkdirSync(folder, { recursive: true });

/** The bundled capture, one run after the other, until there are enough rows. */
async function repeated(file) {
  if (existsSync(file)) return;
  const source = openTrace(here("../traces/rc-pingpong-4k.arrow"));
  const rows = [...readRows(source)].sort((a, b) => (a.t < b.t ? -1 : a.t > b.t ? 1 : 0));
  const span = rows[rows.length - 1].t - rows[0].t + 1_000_000n,
    calls = Math.max(...rows.map((r) => r.call)) + 1;
  const builder = new VerbsBuilder();
  for (let k = 0; builder.rows < ROWS; k++)
    for (const r of rows) builder.add({ ...r, t: r.t + span * BigInt(k), call: r.call + calls * k });
  await writeVerbs(file, builder, source.metadata);
}
async function stream(file) {
  if (existsSync(file)) return;
  const { builder, metadata } = generate("send-bw", {
    size: 65536,
    iters: Math.ceil(ROWS / 3),
    txDepth: 128,
    cqMod: 64,
  });
  await writeVerbs(file, builder, metadata);
}

const traces = {
  "ping-pong (captured, repeated)": [`${folder}pingpong-${ROWS}.arrow`, repeated],
  "send-bw 64 KiB, 128 outstanding": [`${folder}send-bw-${ROWS}.arrow`, stream],
};
const testbed = loadTestbed("thesis-2014");
const cases = [];
for (const [name, [file, make]] of Object.entries(traces)) {
  await make(file);
  const trace = openTrace(file);
  const t0 = performance.now();
  const prepared = prepare(trace);
  const prepareMs = performance.now() - t0;
  for (const path of PATHS) cases.push({ name, path, prepared, rows: trace.rows, prepareMs, samples: [] });
}
for (let round = 0; round < ROUNDS; round++) {
  for (const c of cases) {
    const path = loadPath(c.path);
    const t0 = performance.now();
    run(coreModule(), c.prepared, path, testbed, { think: false, peer: path });
    c.samples.push(performance.now() - t0);
  }
}
const median = (x) => [...x].sort((a, b) => a - b)[Math.floor(x.length / 2)];
const result = {
  schema: "verbscope.bench/1",
  bench: "verbs",
  when: new Date().toISOString(),
  node: process.version,
  cpu: cpus()[0].model,
  cores: cpus().length,
  rounds: ROUNDS,
  cases: cases.map((c) => ({
    trace: c.name,
    path: c.path,
    rows: c.rows,
    rows_per_s_median: Math.round((c.rows / median(c.samples)) * 1000),
    rows_per_s_best: Math.round((c.rows / Math.min(...c.samples)) * 1000),
    ns_per_row_median: +((median(c.samples) * 1e6) / c.rows).toFixed(1),
    prepare_ms: +c.prepareMs.toFixed(0),
    samples_ms: c.samples.map((s) => +s.toFixed(1)),
  })),
};
for (const c of result.cases)
  console.log(
    `${c.trace.padEnd(34)} ${c.path.padEnd(16)} ` +
      `${(c.rows_per_s_median / 1e6).toFixed(2).padStart(6)} M rows/s (best ` +
      `${(c.rows_per_s_best / 1e6).toFixed(2)})  ${c.ns_per_row_median} ns/row`,
  );
if (!smoke) {
  mkdirSync(here("results/"), { recursive: true });
  const out = here(`results/${result.when.slice(0, 10)}-verbs.json`);
  rmSync(out, { force: true });
  writeFileSync(out, `${JSON.stringify(result, null, 1)}\n`);
  console.log(`kept in bench/results/${result.when.slice(0, 10)}-verbs.json`);
}
