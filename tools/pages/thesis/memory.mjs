// What re-linking costs a program's own reads: HPCC's RandomAccess and STREAM.
import { readFileSync } from "node:fs";
import {
  bytesSource,
  encodeMemory,
  generateMemory,
  loadTestbed,
  memorySession,
  openAnySource,
} from "../../../dist/index.js";
import { table } from "../table.mjs";
import { onDraws } from "./draws.mjs";
import { ratio } from "./verbs.mjs";

const MIB = 2 ** 20,
  GIB = 2 ** 30;
const PATHS = ["native", "virt-ib", "memlink"];
export const DRAWS = 40;
const ACCESSES = 1e6;
const generated = (workload, options) => () =>
  encodeMemory(generateMemory(workload, { accesses: ACCESSES, ...options }));
const WORKLOADS = [
  {
    name: "HPCC RandomAccess, recorded (n = 500)",
    bytes: () => readFileSync(new URL("../../../traces/hpcc-randomaccess.arrow", import.meta.url)),
  },
  { name: "RandomAccess, 64 MiB", bytes: generated("gups", { footprint: 64 * MIB }) },
  { name: "RandomAccess, 1 GiB", bytes: generated("gups", { footprint: GIB }), random: true },
  {
    name: "STREAM triad, 64 MiB",
    bytes: generated("stream", { footprint: 64 * MIB, elem: 64 }),
    stream: true,
  },
];
const steady = (r) => Number(r.memory.access_ps) - Number(r.memory.first_touch_ps);

export function measureMemory() {
  const testbed = loadTestbed("thesis-2014");
  return WORKLOADS.map(({ name, bytes, random, stream }) => {
    const session = memorySession(openAnySource(bytesSource(name, new Uint8Array(bytes()))), testbed, {
      link: "all",
    });
    const [nested, linked, touched] = onDraws(session, PATHS, DRAWS, ([native, virtIb, memlink]) => [
      steady(virtIb) / steady(native),
      steady(memlink) / steady(native),
      Number(memlink.memory.access_ps) / Number(native.memory.access_ps),
    ]);
    return { name, nested, linked, touched, random, stream };
  });
}
export function memoryTable(rows) {
  return `## Random reads and streams
Time of an access against native, all touched memory linked before the first (\`--link all\`); the time
without first touches, which come once (at ${ACCESSES / 1e6} million accesses, so that they weigh much),
and with them. In brackets what 90 % of ${DRAWS} drawn testbeds give.

${table(
  ["program", "virt-ib (nested paging, nothing split)", "memlink", "memlink with first touches"],
  "lrrr",
  rows.map((r) => [r.name, ratio(r.nested), ratio(r.linked), ratio(r.touched)]),
)}

The engine runs one access at a time and prefetches nothing; [results.md](results.md) has more sizes and
says what that does to these ratios, [validation.md](validation.md) how far its times are from published ones.
`;
}
