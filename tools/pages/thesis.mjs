// Writes docs/thesis.md, after a build: node tools/pages/thesis.mjs; --check compares instead.
import { readFileSync, writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { wrapped } from "../prose.mjs";
import { claims } from "./thesis/claims.mjs";
import { measureMemory, memoryTable } from "./thesis/memory.mjs";
import { measurePingpong, pingpongTables, registrationTable } from "./thesis/verbs.mjs";

const {
  values: { check },
} = parseArgs({ options: { check: { type: "boolean", default: false } } });
const PAGE = new URL("../../docs/thesis.md", import.meta.url);
const pingpong = measurePingpong(),
  memory = measureMemory();
const text = wrapped(`# The two theses

Virt-IB (2012) and Virt-IB-Memlink (2014) put InfiniBand into virtual machines under QEMU/KVM; their
abstracts give three figures and a tendency. This page replays their benchmark on \`thesis-2014\` and sets
both side by side.
Produced by \`node tools/pages/thesis.mjs\` (after \`npm run build\`). Intervals come from testbeds drawn
within their ranges (seed 1, [uncertainty.md](uncertainty.md)); they hold what is not known of the machine,
not what the model leaves out ([limits.md](limits.md)).

${claims(pingpong, memory)}
## ibv_rc_pingpong
4 KiB to 4 MiB as the author's script runs it: RC, MTU 1024, one message in flight, polling, signalled, one
SGE, not inline; 10 of its 1000 iterations, both sides on the same path.

${pingpongTables(pingpong)}
${registrationTable(pingpong)}
${memoryTable(memory)}`);
if (!check) writeFileSync(PAGE, text);
else if (readFileSync(PAGE, "utf8") !== text) {
  console.error(
    "docs/thesis.md is not what node tools/pages/thesis.mjs writes: run it and review the difference",
  );
  process.exitCode = 1;
} else console.log("docs/thesis.md: as the model says");
