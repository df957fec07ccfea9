// CPU time of reading memory traces: as they are, LZ4 and ZSTD; interleaved rounds, medians; kept in bench/results/.
//   node tools/run.mjs bench/codecs.mjs [--against REV] [--rows N] [--rounds N] [--smoke]
// A reading takes each batch into memory once, as the scan before a replay does. ZSTD needs the zstd tool, which
// packs the buffers; without it that line is left out. --smoke is small and keeps nothing; so does --rounds.
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { CompressionType, compressionRegistry, RecordBatchFileWriter, RecordBatchReader } from "apache-arrow";
import * as own from "../dist/index.js";
import { buildsOf } from "./against.mjs";
import { cpu_ms } from "./cpu-time.mjs";

const { values } = parseArgs({
  options: {
    against: { type: "string" },
    rows: { type: "string" },
    rounds: { type: "string" },
    smoke: { type: "boolean", default: false },
  },
});
const { smoke } = values;
const rows = Number(values.rows ?? (smoke ? 100_000 : 4_000_000)),
  ROUNDS = Number(values.rounds ?? (smoke ? 2 : 15));
const folder = fileURLToPath(new URL("../build/bench/", import.meta.url));
mkdirSync(folder, { recursive: true });

const { builds, base } = await buildsOf(own, values.against);

const packed = (bytes) =>
  spawnSync("zstd", ["-q", "-1", "--no-check", `--stream-size=${bytes.length}`, "-c"], {
    input: bytes,
    maxBuffer: 2 ** 30,
  });
const zstd = packed(Buffer.from("zstd")).status === 0;

/** The same trace with ZSTD buffers: no writer of ours makes them. */
function writeZstd(from, to) {
  compressionRegistry.set(CompressionType.ZSTD, { encode: (bytes) => new Uint8Array(packed(bytes).stdout) });
  class Writer extends RecordBatchFileWriter {
    // The library writes the packed length before a buffer; the format wants the decoded one.
    _compressBodyBuffers(buffers) {
      const body = super._compressBodyBuffers(buffers);
      buffers.forEach((buffer, i) => {
        const { buffer: at, byteOffset, byteLength } = body.buffers[2 * i],
          prefix = new DataView(at, byteOffset, byteLength);
        if (byteLength === 8 && prefix.getBigInt64(0, true) !== -1n)
          prefix.setBigInt64(0, BigInt(buffer.byteLength), true);
      });
      return body;
    }
  }
  const writer = new Writer({ compressionType: CompressionType.ZSTD });
  for (const batch of RecordBatchReader.from(readFileSync(from))) writer.write(batch);
  writer.finish();
  writeFileSync(to, writer.toUint8Array(true));
}

async function traceFile(workload, codec) {
  const file = `${folder}${workload}-${rows}-${codec}.arrow`;
  if (existsSync(file)) return file;
  if (codec === "zstd") writeZstd(await traceFile(workload, "none"), file);
  else
    await own.writeMemory(file, own.generateMemory(workload, { accesses: rows, footprint: 64 << 20 }), {
      compression: codec,
    });
  return file;
}

const cases = [];
for (const workload of ["gups", "zipf", "stream"])
  for (const codec of ["none", "lz4", ...(zstd ? ["zstd"] : [])]) {
    const file = await traceFile(workload, codec);
    cases.push({
      workload,
      codec,
      bytes: statSync(file).size,
      runs: builds.map((b) => {
        const trace = b.openMemoryTrace(file),
          body = new Uint8Array(Math.max(...trace.batches.map((batch) => trace.batchLayout(batch).bytes)));
        return { trace, body, samples: [] };
      }),
    });
  }
/** The order changes from round to round, so that neither build always runs on what the other left in the caches. */
for (let round = 0; round < ROUNDS; round++)
  for (const c of cases)
    for (const { trace, body, samples } of round % 2 === 0 ? c.runs : [...c.runs].reverse()) {
      const start = cpu_ms();
      for (const batch of trace.batches) trace.readBody(batch, body);
      samples.push(cpu_ms() - start);
    }

const quantile = (x, q) => [...x].sort((a, b) => a - b)[Math.min(x.length - 1, Math.floor(x.length * q))];
const rate = (ms) => Number((rows / ms / 1000).toFixed(1));
const result = {
  schema: "verbscope.bench/1",
  bench: "codecs",
  when: new Date().toISOString(),
  ...(base ? { against: base.commit } : {}),
  node: process.version,
  cpu: cpus()[0].model,
  cores: cpus().length,
  rounds: ROUNDS,
  cases: cases.map(({ workload, codec, bytes, runs: [mine, other] }) => ({
    trace: workload,
    codec,
    rows,
    bytes_per_row: Number((bytes / rows).toFixed(2)),
    mrows_per_s_median: rate(quantile(mine.samples, 0.5)),
    mrows_per_s_best: rate(Math.min(...mine.samples)),
    ...(other && { against_mrows_per_s_median: rate(quantile(other.samples, 0.5)) }),
  })),
};
for (const c of result.cases)
  console.log(
    `${c.trace.padEnd(8)} ${c.codec.padEnd(5)} ${String(c.bytes_per_row).padStart(6)} B/row ` +
      `${String(c.mrows_per_s_median).padStart(7)} M rows/s (best ${c.mrows_per_s_best})` +
      (c.against_mrows_per_s_median === undefined ? "" : `  before ${c.against_mrows_per_s_median}`),
  );
if (!smoke && values.rounds === undefined) {
  mkdirSync(fileURLToPath(new URL("results/", import.meta.url)), { recursive: true });
  const name = `${result.when.slice(0, 10)}-codecs${base ? `-against-${base.commit}` : ""}.json`;
  writeFileSync(new URL(`results/${name}`, import.meta.url), `${JSON.stringify(result, null, 1)}\n`);
  console.log(`kept in bench/results/${name}`);
}
