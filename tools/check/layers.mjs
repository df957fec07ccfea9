// Dependencies of src/ run one way, and what belongs to one place stays there (docs/architecture.md).
import { posix } from "node:path";
import { code, cycles, importsOf, sources } from "../imports.mjs";

/** Higher may import lower. Siblings (same rank) only as SIBLINGS says. */
const RANK = {
  cli: 7,
  index: 7,
  report: 6,
  attribution: 5,
  uncertainty: 5,
  validate: 5,
  calibrate: 5,
  compare: 5,
  explain: 5,
  replay: 4,
  trace: 3,
  import: 3,
  generate: 3,
  core: 3,
  path: 3,
  testbed: 3,
  sources: 3,
  errors: 2,
  files: 2,
  "looks-like": 2,
  numbers: 2,
  suggest: 2,
  version: 2,
  abi: 1,
};
const SIBLINGS = new Set([
  "path>testbed",
  "trace>core",
  "import>trace",
  "generate>trace",
  "files>errors",
  "files>suggest",
  "files>looks-like",
  "version>files",
]);

/** Packages and Node modules: the only places that may import them. */
const PACKAGES = {
  "fastest-levenshtein": ["src/suggest.ts"],
  yargs: ["src/cli/"],
  "hdr-histogram-js": ["src/replay/log/latencies.ts"],
  "simple-statistics": ["src/uncertainty/", "src/validate/", "src/calibrate/"],
  "ml-levenberg-marquardt": ["src/calibrate/fit/fit.ts"],
  "ml-matrix": ["src/calibrate/"],
  "ajv/dist/2020.js": ["src/cli/support/whole-result.ts"],
  "yargs/helpers": ["src/cli/"],
  "cli-progress": ["src/cli/"],
  "fast-xml-builder": ["src/report/"],
  "d3-scale": ["src/report/html/"],
  "d3-shape": ["src/report/html/"],
  "apache-arrow": ["src/trace/"],
  fzstd: ["src/import/"],
  "xz-decompress": ["src/import/"],
  "unbzip2-stream/lib/bit_iterator.js": ["src/import/shared/"],
  "unbzip2-stream/lib/bzip2.js": ["src/import/shared/"],
  "@assemblyscript/loader": ["src/core/"],
};
const NODE = [
  "src/cli/",
  "src/files.ts",
  "src/core/module.node.ts",
  "src/trace/container/source.ts",
  "src/trace/container/write-whole.ts",
  "src/import/",
  "src/replay/result/document.ts",
];
/** write-whole.ts names its temporary file by process id, so that two writers never meet. */
const PROCESS = ["src/cli/", "src/trace/container/write-whole.ts"];
const ORACLE_PACKAGES = ["vitest", "fast-check"];

const violations = [];
const within = (file, places) => places.some((p) => file.startsWith(p));
const layerOf = (file) => file.split("/")[1].replace(/\.ts$/, "");

const src = sources("src"),
  files = new Set(src);
const folders = new Map(Object.keys(RANK).map((l) => [l, new Set()])),
  graph = new Map();
for (const file of src) {
  const layer = layerOf(file);
  if (!(layer in RANK)) {
    violations.push(`${file}: ${layer} has no rank in tools/check/layers.mjs; give it one`);
    continue;
  }
  graph.set(file, []);
  for (const { specifier, target } of importsOf(file)) {
    if (target === undefined) {
      if (specifier.startsWith("node:")) {
        if (!within(file, NODE))
          violations.push(`${file} must not import ${specifier} (allowed: ${NODE.join(", ")})`);
      } else if (!(specifier in PACKAGES))
        violations.push(`${file} imports ${specifier}, which tools/check/layers.mjs does not know`);
      else if (!within(file, PACKAGES[specifier]))
        violations.push(`${file} must not import ${specifier} (only ${PACKAGES[specifier].join(", ")})`);
      continue;
    }
    if (!files.has(target)) {
      violations.push(`${file} must not import ${specifier} (outside src/)`);
      continue;
    }
    graph.get(file).push(target);
    const to = layerOf(target);
    if (to === layer) continue;
    folders.get(layer).add(to);
    const what = `${file} must not import ${specifier}`;
    if (RANK[to] > RANK[layer] || to === "index") violations.push(`${what} (${layer} is below ${to})`);
    else if (RANK[to] === RANK[layer] && !SIBLINGS.has(`${layer}>${to}`))
      violations.push(`${what} (${layer} and ${to} are siblings)`);
  }
  const body = code(file);
  if (/(?<![\w."'/])process\.\w/.test(body) && !within(file, PROCESS))
    violations.push(`${file} must not touch process (only ${PROCESS.join(", ")})`);
  if (
    /new WebAssembly\.|WebAssembly\.(instantiate|compile|validate)/.test(body) &&
    !file.startsWith("src/core/")
  )
    violations.push(`${file} must not use WebAssembly at run time (only src/core/)`);
}
for (const group of cycles(folders))
  violations.push(`folders of src/ import each other: ${group.join(", ")}`);
/** Rooms of one folder import one way too. A folder and its own sub-folders may share an entry file. */
const rooms = new Map();
for (const [file, targets] of graph) {
  const from = posix.dirname(file);
  if (!rooms.has(from)) rooms.set(from, new Set());
  for (const t of targets) {
    const to = posix.dirname(t);
    if (to !== from && layerOf(t) === layerOf(file)) rooms.get(from).add(to);
  }
}
for (const group of cycles(rooms)) violations.push(`rooms of src/ import each other: ${group.join(", ")}`);
for (const group of cycles(graph)) violations.push(`files of src/ import each other: ${group.join(", ")}`);

const core = new Map();
for (const file of sources("assembly")) {
  core.set(file, []);
  for (const { specifier, target } of importsOf(file)) {
    if (!target?.startsWith("assembly/"))
      violations.push(`${file} must not import ${specifier} (the core imports nothing)`);
    else core.get(file).push(target);
  }
}
/** lib, model and mem know nothing of the simulator, gen nothing at all; device and rows are siblings. */
const CORE_RANK = { codec: 1, lib: 1, gen: 1, model: 2, mem: 3, world: 4, device: 5, rows: 5, threads: 6 };
for (const [file, targets] of core) {
  const from = CORE_RANK[layerOf(file)];
  for (const t of targets)
    if (from !== undefined && layerOf(t) !== layerOf(file) && !(CORE_RANK[layerOf(t)] < from))
      violations.push(`${file} must not import ${t} (${layerOf(file)} is below ${layerOf(t)})`);
}

for (const file of sources("test/oracle")) {
  for (const { specifier, target } of importsOf(file)) {
    if (
      target === undefined
        ? specifier.startsWith("node:") || ORACLE_PACKAGES.includes(specifier)
        : within(target, ["test/oracle/", "src/abi/", "test/support/random/"])
    )
      continue;
    violations.push(
      `${file} must not import ${specifier} (the oracle shares only src/abi with what it checks)`,
    );
  }
}

/** A folder is a room that one can take in. */
const MOST_FILES = 15;
const sizes = new Map();
for (const file of [...src, ...core.keys()])
  sizes.set(posix.dirname(file), (sizes.get(posix.dirname(file)) ?? 0) + 1);
for (const [folder, n] of sizes)
  if (n > MOST_FILES) violations.push(`${folder} has ${n} files: at most ${MOST_FILES}, so divide it`);

for (const v of violations) console.error(v);
// A flow's handlers call each other by nature: known, printed, not refused.
for (const group of cycles(core))
  console.log(`note: files of assembly/ import each other: ${group.join(", ")}`);
if (violations.length > 0) process.exitCode = 1;
else
  console.log(
    `layers: ${src.length} files of src/ and ${core.size} of assembly/ import in the right direction`,
  );
