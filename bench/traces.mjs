// The traces that bench/verbs.mjs replays: recordings repeated and generated programs, made once in build/bench.
import { existsSync, mkdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { generate, openTrace, writeVerbs } from "../dist/index.js";
import { VerbsBuilder } from "../dist/trace/verbs/columns-builder.js";
import { readRows } from "../dist/trace/verbs/read-rows.js";

const here = (p) => fileURLToPath(new URL(p, import.meta.url));
const folder = here("../build/bench/");

/** A bundled recording, one run after the other, until there are enough rows. */
async function repeated(file, recording, rows) {
  const source = openTrace(here(`../traces/${recording}.arrow`));
  const one = [...readRows(source)].sort((a, b) => (a.t < b.t ? -1 : a.t > b.t ? 1 : 0));
  const span = one[one.length - 1].t - one[0].t + 1_000_000n,
    calls = Math.max(...one.map((r) => r.call)) + 1;
  const builder = new VerbsBuilder();
  for (let k = 0; builder.rows < rows; k++)
    for (const r of one) builder.add({ ...r, t: r.t + span * BigInt(k), call: r.call + calls * k });
  await writeVerbs(file, builder, source.metadata);
  source.close();
}
async function generated(file, workload, options) {
  const { builder, metadata } = generate(workload, options);
  await writeVerbs(file, builder, metadata);
}

const MAKERS = {
  "ping-pong (captured)": (file, rows) => repeated(file, "rc-pingpong-4k", rows),
  "send-bw 64 KiB, 128 outstanding": (file, rows) =>
    generated(file, "send-bw", { size: 65536, iters: Math.ceil(rows / 3), txDepth: 128, cqMod: 64 }),
  "send-bw 64 B, lists of 32": (file, rows) =>
    generated(file, "send-bw", { size: 64, iters: 32 * Math.ceil(rows / 96), txDepth: 128, postList: 32 }),
  "send-bw 64 B, 4,096 QPs": (file, rows) =>
    generated(file, "send-bw", { size: 64, iters: Math.ceil(rows / 3 / 4096), qps: 4096 }),
  "read-bw 64 KiB": (file, rows) =>
    generated(file, "read-bw", { size: 65536, iters: Math.ceil(rows / 2), txDepth: 128 }),
};

/** Recordings that do not end as they began, so that they cannot follow one another in one trace. */
const RECORDINGS = {
  "UCX tag matching (captured)": "ucx-tag-lat",
  "send-bw with SRQ (captured)": "send-bw-srq",
};

/** Name and file of each trace, of about so many rows; a short one is to be replayed several `times` in a row. */
export async function benchTraces(rows, only) {
  mkdirSync(folder, { recursive: true });
  const made = [];
  for (const [name, recording] of Object.entries(RECORDINGS)) {
    if (only !== undefined && !name.startsWith(only)) continue;
    const file = here(`../traces/${recording}.arrow`),
      trace = openTrace(file);
    made.push({ name, file, times: Math.ceil(rows / trace.rows) });
    trace.close();
  }
  for (const [name, make] of Object.entries(MAKERS)) {
    if (only !== undefined && !name.startsWith(only)) continue;
    const file = `${folder}${name.replace(/[^a-zA-Z0-9]+/g, "-")}-${rows}.arrow`;
    if (!existsSync(file)) await make(file, rows);
    made.push({ name, file, times: 1 });
  }
  return made;
}
