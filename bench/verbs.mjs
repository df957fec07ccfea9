// CPU time of a replay, per trace and path: interleaved rounds, medians; kept in bench/results/.
//   node tools/run.mjs bench/verbs.mjs [--against REV] [--rows N] [--only NAME] [--smoke]
// --against builds that revision too and replays each trace on both in every round, in turn: the ratio of each
// round, their median, and how far the middle half of them lies apart. --smoke is small, for CI, and keeps nothing.
import { mkdirSync, writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import * as own from "../dist/index.js";
import { buildsOf } from "./against.mjs";
import { cpu_ms } from "./cpu-time.mjs";
import { benchTraces } from "./traces.mjs";

const { values } = parseArgs({
  options: {
    against: { type: "string" },
    rows: { type: "string" },
    only: { type: "string" },
    smoke: { type: "boolean", default: false },
  },
});
const { smoke } = values;
const rows = Number(values.rows ?? (smoke ? 50_000 : 500_000)),
  ROUNDS = smoke ? 2 : 7;
const PATHS = ["native", "virt-ib", "memlink"];

const { builds, base } = await buildsOf(own, values.against);

const cases = [];
for (const { name, file, times } of await benchTraces(rows, values.only)) {
  const sessions = builds.map((b) => {
    const trace = b.openTrace(file),
      start = cpu_ms();
    const session = b.verbsSession(trace, b.loadTestbed("thesis-2014"), { think: "none" });
    return { session, prepare_ms: cpu_ms() - start, rows: trace.rows };
  });
  for (const path of PATHS)
    cases.push({
      name,
      rows: sessions[0].rows,
      times,
      path,
      runs: sessions.map(({ session, prepare_ms }, i) => ({
        session,
        prepare_ms,
        path: builds[i].loadPath(path),
        samples: [],
      })),
    });
}
/** The order changes from round to round, so that neither build always runs on what the other left in the caches. */
for (let round = 0; round < ROUNDS; round++)
  for (const c of cases)
    for (const r of round % 2 === 0 ? c.runs : [...c.runs].reverse()) {
      const start = cpu_ms();
      for (let k = 0; k < c.times; k++) r.makespan_ps = r.session.replay(r.path).makespan_ps;
      r.samples.push(cpu_ms() - start);
    }

const quantile = (x, q) => [...x].sort((a, b) => a - b)[Math.min(x.length - 1, Math.floor(x.length * q))];
const shown = (x, digits = 1) => Number(x.toFixed(digits));
const result = {
  schema: "verbscope.bench/1",
  bench: "verbs",
  when: new Date().toISOString(),
  ...(base ? { against: base.commit } : {}),
  node: process.version,
  cpu: cpus()[0].model,
  cores: cpus().length,
  rounds: ROUNDS,
  cases: cases.map(({ name, path, rows: of, times, runs: [mine, other] }) => {
    const count = of * times;
    const ratios = other?.samples.map((ms, i) => ms / mine.samples[i]);
    return {
      trace: name,
      path,
      rows: of,
      replays_per_sample: times,
      ns_per_row_median: shown((quantile(mine.samples, 0.5) * 1e6) / count),
      ns_per_row_best: shown((Math.min(...mine.samples) * 1e6) / count),
      prepare_ns_per_row: shown((mine.prepare_ms * 1e6) / of),
      samples_ms: mine.samples.map((s) => shown(s)),
      ...(ratios && {
        against_ns_per_row_median: shown((quantile(other.samples, 0.5) * 1e6) / count),
        ratio_median: shown(quantile(ratios, 0.5), 3),
        ratio_middle_half: [shown(quantile(ratios, 0.25), 3), shown(quantile(ratios, 0.75), 3)],
        same_makespan: String(mine.makespan_ps) === String(other.makespan_ps),
      }),
    };
  }),
};
for (const c of result.cases) {
  const [low, high] = c.ratio_middle_half ?? [];
  console.log(
    `${c.trace.padEnd(32)} ${c.path.padEnd(8)} ${String(c.ns_per_row_median).padStart(8)} ns/row ` +
      `(best ${c.ns_per_row_best})` +
      (low === undefined
        ? ""
        : `  before ${c.against_ns_per_row_median}, ${c.ratio_median.toFixed(2)}× as fast ` +
          `(${low.toFixed(2)} to ${high.toFixed(2)}${low <= 1 && high >= 1 ? ": noise" : ""})` +
          (c.same_makespan ? "" : "; makespans differ: the model changed")),
  );
}
if (!smoke) {
  mkdirSync(fileURLToPath(new URL("results/", import.meta.url)), { recursive: true });
  const name = `${result.when.slice(0, 10)}-verbs${base ? `-against-${base.commit}` : ""}.json`;
  writeFileSync(new URL(`results/${name}`, import.meta.url), `${JSON.stringify(result, null, 1)}\n`);
  console.log(`kept in bench/results/${name}`);
}
