// Coverage-guided fuzzing of the importers: node tools/fuzz.mjs [--runs 2000] [--seed 1] [--keep] [FORMAT …]
// An input whose import runs a block of code that none before it ran becomes one to change further. Jazzer.js, the
// library for this, needs a glibc or a GitHub that the machines of its tests lack (docs/dependencies.md).
// --keep adds inputs with new blocks to test/bad-input/fixtures/corpus, which test/bad-input/corpus.test.ts imports on every run.

import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { parseArgs } from "node:util";
import { Coverage } from "./fuzz/coverage.mjs";
import { mutated, randomOf } from "./fuzz/mutate.mjs";

const load = (name) => import(new URL(`../dist/${name}`, import.meta.url));
const { FORMATS } = await load("import/formats.js");
const { importFiles } = await load("import/import-files.js");
const { writeMemory } = await load("trace/memory/memory-write.js");
const { UserError } = await load("errors.js");

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    runs: { type: "string", default: "2000" },
    seed: { type: "string", default: "1" },
    keep: { type: "boolean", default: false },
  },
});
const runs = Number(values.runs);
const here = (name) => new URL(`../test/${name}`, import.meta.url).pathname;
const filesOf = (folder) => {
  try {
    return readdirSync(folder).map((name) => join(folder, name));
  } catch {
    return [];
  }
};
/** Longer samples say no more than short ones, and take longer. */
const LONGEST = 1 << 14;
const LARGEST_KEPT = 1 << 12;
const folder = mkdtempSync(join(tmpdir(), "verbscope-fuzz-")),
  input = join(folder, "input"),
  output = join(folder, "out.arrow");

/** The import, which may be refused in a sentence. */
async function attempt(format, bytes) {
  writeFileSync(input, bytes);
  try {
    // Batches of the usual size would take most of the time.
    if (format.kind === "memory") await writeMemory(output, format.read(input, {}), { batchRows: 1024 });
    else await importFiles(format, [input], output);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    // What is quoted between quotation marks is the input's own.
    if (/\n|\bNaN\b|\[object/.test(error.message.replace(/"[^\n]*"/g, "")))
      throw new Error(`says ${error.message}`);
  }
}

async function fuzz(format, coverage) {
  const random = randomOf(Number(values.seed)),
    kept = here(`bad-input/fixtures/corpus/${format.name}`);
  const corpus = [...filesOf(here(`import/fixtures/${format.name}`)), ...filesOf(kept)]
    .filter((f) => basename(f) !== "README.md")
    .map((f) => readFileSync(f).subarray(0, LONGEST));
  for (const bytes of corpus) await attempt(format, bytes);
  await coverage.news();
  let found = 0,
    longest_ms = 0;
  for (let i = 0; i < runs; i++) {
    // Half of the time one of the latest.
    const parent = corpus[random(2) ? random(corpus.length) : Math.max(0, corpus.length - 1 - random(8))];
    const bytes = mutated(parent, corpus[random(corpus.length)], random),
      start = performance.now();
    try {
      await attempt(format, bytes);
    } catch (error) {
      const file = `fuzz-${format.name}-${createHash("sha1").update(bytes).digest("hex").slice(0, 8)}`;
      writeFileSync(file, bytes);
      console.error(`${format.name}: input ${i} of seed ${values.seed}, kept as ${file}: ${error.stack}`);
      process.exitCode = 1;
      return;
    }
    longest_ms = Math.max(longest_ms, performance.now() - start);
    const { blocks, counts } = await coverage.news();
    if (counts === 0) continue;
    corpus.push(bytes);
    found += blocks;
    if (!values.keep || blocks === 0 || bytes.length > LARGEST_KEPT) continue;
    mkdirSync(kept, { recursive: true });
    writeFileSync(join(kept, createHash("sha1").update(bytes).digest("hex").slice(0, 12)), bytes);
  }
  console.log(
    `${format.name}: ${runs} inputs, ${corpus.length} that run something new or more often, ` +
      `${found} blocks that no sample runs; the longest took ${Math.round(longest_ms)} ms`,
  );
}

const odd = positionals.find((name) => !FORMATS.some((f) => f.name === name));
if (odd !== undefined || !(runs >= 1)) {
  console.error(
    odd === undefined
      ? "--runs: give a whole number"
      : `${odd}: formats are ${FORMATS.map((f) => f.name).join(", ")}`,
  );
  process.exit(2);
}
const coverage = new Coverage([
  new URL("../dist/import/", import.meta.url).href,
  new URL("../dist/trace/", import.meta.url).href,
]);
await coverage.start();
for (const format of FORMATS)
  if (positionals.length === 0 || positionals.includes(format.name)) await fuzz(format, coverage);
rmSync(folder, { recursive: true });
