// Speed and memory of the importers of memory accesses and of captures of packets: samples repeated (packets
// made) to files of 20 MB and of ten times that, each imported in a process of its own, so that the largest
// resident set is that import's.
// Rates are per second of the process's own CPU time, start of node not counted, writing the trace counted:
// others may use the machine meanwhile. Rounds are interleaved, medians; kept in bench/results/.
// `--smoke` runs a small version for CI and keeps nothing; a format's name measures it alone.
import { spawnSync } from "node:child_process";
import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  statSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { cpus } from "node:os";
import { fileURLToPath } from "node:url";
import { FORMATS } from "../dist/import/formats.js";
import { importFiles } from "../dist/import/import-files.js";
import { writeCapture } from "./captures.mjs";

const here = (p) => fileURLToPath(new URL(p, import.meta.url));
const folder = here("../build/bench/");
const [only] = process.argv.slice(2).filter((a) => !a.startsWith("--"));
const smoke = process.argv.includes("--smoke");
const BYTES = smoke ? 1_000_000 : 20_000_000,
  ROUNDS = smoke ? 1 : 3;

/** Of each format: a sample, and the bytes or lines at its start that stand once. */
const CASES = {
  lackey: { sample: "lackey/true.txt", lines: 6 },
  pinatrace: { sample: "pinatrace/sized.out", lines: 3 },
  "dinero-din": { sample: "dinero-din/cc1.din", lines: 0 },
  "dinero-xdin": { sample: "dinero-xdin/run.xdin", lines: 0 },
  ramulator: { sample: "ramulator/loadstore.trace", lines: 0 },
  "prospero-text": { sample: "prospero-text/loop.trace", lines: 0 },
  "drmemtrace-view": { sample: "drmemtrace-view/view.txt", lines: 3 },
  "libcachesim-csv": { sample: "libcachesim-csv/requests.csv", lines: 1 },
  "memory-csv": { sample: "memory-csv/sort.csv", lines: 0 },
  champsim: { sample: "champsim/copy.champsimtrace", bytes: 0 },
  drmemtrace: { sample: "drmemtrace/two-threads.memtrace", bytes: 12 },
  "prospero-binary": { sample: "prospero-binary/loop.trace", bytes: 0 },
  // The last three requests only: repeated, the next access of others would come before them.
  "oracle-general": { sample: "oracle-general/requests.bin", bytes: 7 * 24, keep: false },
  gem5: { sample: "gem5/probe.ptrc", bytes: gem5Header },
  // Packets that are repeated are ones that were sent again.
  pcap: { write: writeCapture, bytes: 0 },
};

/** Magic, length of the header as a varint of one byte, header. */
function gem5Header(content) {
  return 5 + content[4];
}

function repeated(name, { sample, lines, bytes, keep = true, write }, size) {
  const file = `${folder}import-${name}-${size}`;
  if (existsSync(file)) return file;
  if (write) {
    write(file, size);
    return file;
  }
  const content = readFileSync(here(`../test/import/fixtures/${sample}`));
  let start = typeof bytes === "function" ? bytes(content) : (bytes ?? 0);
  for (let i = 0; i < (lines ?? 0); i++) start = content.indexOf(10, start) + 1;
  const body = content.subarray(start),
    block = Buffer.concat(Array.from({ length: Math.ceil(1e6 / body.length) }, () => body));
  const fd = openSync(file, "w");
  if (keep) writeSync(fd, content.subarray(0, start));
  for (let done = 0; done < size; done += block.length) writeSync(fd, block);
  closeSync(fd);
  return file;
}

async function one(name, file) {
  const format = FORMATS.find((f) => f.name === name),
    out = `${folder}import-out.arrow`;
  const t0 = performance.now(),
    c0 = process.cpuUsage();
  const { rows } = await importFiles(format, [file], out);
  const ms = performance.now() - t0,
    { user, system } = process.cpuUsage(c0);
  console.log(
    JSON.stringify({ rows, ms, cpu_ms: (user + system) / 1000, rss_kib: process.resourceUsage().maxRSS }),
  );
}

const median = (x) => [...x].sort((a, b) => a - b)[Math.floor(x.length / 2)];
const count = (file) => {
  const bytes = readFileSync(file);
  let n = 0;
  for (let at = bytes.indexOf(10); at >= 0; at = bytes.indexOf(10, at + 1)) n++;
  return n;
};
function measure() {
  mkdirSync(folder, { recursive: true });
  const cases = Object.entries(CASES)
    .filter(([name]) => only === undefined || name === only)
    .flatMap(([name, how]) =>
      [BYTES, 10 * BYTES].map((size) => ({ name, how, file: repeated(name, how, size), samples: [] })),
    );
  for (let round = 0; round < ROUNDS; round++)
    for (const c of cases) {
      const r = spawnSync(process.execPath, [here("import.mjs"), "--one", c.name, c.file], {
        encoding: "utf8",
      });
      if (r.status !== 0) throw new Error(r.stderr);
      c.samples.push(JSON.parse(r.stdout));
    }
  return cases.map(({ name, how, file, samples }) => {
    const ms = median(samples.map((s) => s.cpu_ms)),
      bytes = statSync(file).size,
      lines = how.bytes === undefined ? count(file) : undefined;
    return {
      format: name,
      bytes,
      rows: samples[0].rows,
      ...(lines === undefined ? {} : { lines, lines_per_cpu_s_median: Math.round((lines / ms) * 1000) }),
      mb_per_cpu_s_median: +(bytes / 1e3 / ms).toFixed(1),
      rss_mib: Math.round(median(samples.map((s) => s.rss_kib)) / 1024),
      samples_cpu_ms: samples.map((s) => +s.cpu_ms.toFixed(0)),
      samples_ms: samples.map((s) => +s.ms.toFixed(0)),
    };
  });
}

if (process.argv[2] === "--one") await one(process.argv[3], process.argv[4]);
else {
  const result = {
    schema: "verbscope.bench/1",
    bench: "import",
    when: new Date().toISOString(),
    node: process.version,
    cpu: cpus()[0].model,
    cores: cpus().length,
    rounds: ROUNDS,
    cases: measure(),
  };
  for (const c of result.cases)
    console.log(
      `${c.format.padEnd(16)} ${(c.bytes / 1e6).toFixed(0).padStart(4)} MB  ${String(c.mb_per_cpu_s_median).padStart(6)} MB/s  ` +
        `${c.lines_per_cpu_s_median === undefined ? "" : `${(c.lines_per_cpu_s_median / 1e6).toFixed(2)} M lines/s  `}${c.rss_mib} MiB`,
    );
  if (!smoke && only === undefined) {
    mkdirSync(here("results/"), { recursive: true });
    writeFileSync(
      here(`results/${result.when.slice(0, 10)}-import.json`),
      `${JSON.stringify(result, null, 1)}\n`,
    );
    console.log(`kept in bench/results/${result.when.slice(0, 10)}-import.json`);
  }
}
