// The C twin of the memory engine (native/) for memory.mjs: compiled, told what the core is told, run on demand.
import { execFileSync, spawn } from "node:child_process";
import { writeFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { GEOMETRY_WORDS, MEMORY_PARAMS, STRUCTURES } from "../dist/abi/memory.js";
import { relinks } from "../dist/replay/memory/setup.js";

/** The C twin, compiled into `folder`; undefined where there is no compiler. */
export function compile(folder) {
  const sources = ["main.c", "engine.c", "tables.c"].map((f) =>
      fileURLToPath(new URL(`native/${f}`, import.meta.url)),
    ),
    program = `${folder}memory-twin`;
  try {
    execFileSync("cc", ["-O3", "-march=native", "-o", program, ...sources], {
      stdio: ["ignore", "ignore", "pipe"],
    });
    return program;
  } catch (e) {
    console.log(
      "no C twin: " +
        `${e.code === "ENOENT" ? "there is no compiler (cc)" : String(e.stderr)}; ` +
        "the core is measured alone",
    );
    return undefined;
  }
}
/** What the core was told, for the twin, in files that begin with `name`; and a process that runs it on demand. */
export function startTwin(program, name, core, prepared, path) {
  const params = core.u64(core.exports.mem_params_ptr(), MEMORY_PARAMS.length),
    geometry = core.u32(core.exports.mem_geometry_ptr(), STRUCTURES.length * GEOMETRY_WORDS.length);
  const rows = `${name}.rows`,
    config = `${name}.txt`;
  const vaddr = new BigUint64Array(prepared.trace.rows),
    size = new Uint16Array(prepared.trace.rows);
  for (const batch of prepared.trace.batches) {
    const body = new Uint8Array(prepared.trace.batchLayout(batch).bytes),
      c = prepared.trace.readBody(batch, body).columns;
    vaddr.set(new BigUint64Array(body.buffer, c.vaddr[0].offset, batch.rows), batch.firstRow);
    size.set(new Uint16Array(body.buffer, c.size[0].offset, batch.rows), batch.firstRow);
  }
  writeFileSync(rows, Buffer.concat([Buffer.from(vaddr.buffer), Buffer.from(size.buffer)]));
  const lines = [
    "nested",
    "guest_levels",
    "host_levels",
    "guest_leaf",
    "host_leaf",
    "frame_bits",
    "seed",
  ].map((p) => `${p} ${params[MEMORY_PARAMS.indexOf(p)]}`);
  for (let i = 0; i < STRUCTURES.length; i++)
    lines.push(`structure ${i} ${geometry[i * 4]} ${geometry[i * 4 + 1]} ${geometry[i * 4 + 3]}`);
  if (relinks(path)) for (const r of prepared.setup.links.ranges) lines.push(`link ${r.page} ${r.pages}`);
  writeFileSync(config, [...lines, `rows ${rows} ${prepared.trace.rows}`, ""].join("\n"));
  const child = spawn(program, [config], { stdio: ["pipe", "pipe", "inherit"] });
  const answers = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    async run() {
      child.stdin.write("run\n");
      const { value } = await answers.next();
      const [ns, ...counters] = value.split(" ").map(Number);
      return { ns, counters };
    },
    stop: () => child.stdin.end(),
  };
}
