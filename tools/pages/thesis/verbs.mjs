// ibv_rc_pingpong as the author's script runs it, and what registering its buffer costs.
import {
  bytesSource,
  encodeVerbs,
  generate,
  loadTestbed,
  openSource,
  verbsSession,
} from "../../../dist/index.js";
import { size as name, table } from "../table.mjs";
import { onDraws } from "./draws.mjs";

export const PATHS = ["native", "virt-ib-forward", "virt-ib", "virt-ib+memory=memlink", "memlink"];
/** benchmarks/rc_pingpong_benchmarks.sh: 4096 · 2^k, k = 0 … 10; everything else as the program's defaults
(MTU 1024, rx depth 500, polling). */
const SIZES = Array.from({ length: 11 }, (_, k) => 4096 << k);
/** Of the script's 1000 iterations; each is like the one before. */
const ITERS = 10;
export const DRAWS = 100;

const window = (r) => Number(r.data_path.end_ps) - Number(r.data_path.start_ps);
const registration = (r) =>
  r.operations
    .filter((o) => o.verb === "reg_mr")
    .reduce((most, o) => Math.max(most, Number(o.latency_ps.max)), 0);

export function measurePingpong() {
  const testbed = loadTestbed("thesis-2014");
  return SIZES.map((size) => {
    const { builder, metadata } = generate("rc-pingpong", { size, iters: ITERS });
    const session = verbsSession(
      openSource(bytesSource(`${size}.arrow`, encodeVerbs(builder, metadata))),
      testbed,
    );
    const figures = onDraws(session, PATHS, DRAWS, (replays) => [
      ...replays.map((r) => window(r) / ITERS / 2),
      ...replays.map((r) => window(replays[0]) / window(r)),
      ...replays.map(registration),
    ]);
    const part = (k) => figures.slice(k * PATHS.length, (k + 1) * PATHS.length);
    return { size, oneWay: part(0), ratio: part(1), registration: part(2) };
  });
}

const us = (ps) => (ps / 1e6).toFixed(ps < 1e8 ? 2 : ps < 1e9 ? 1 : 0);
const usRange = ({ nominal, low, high }) => `${us(nominal)} (${us(low)}–${us(high)})`;
export const ratio = ({ nominal, low, high }) =>
  `${nominal.toFixed(2)} (${low.toFixed(2)}–${high.toFixed(2)})`;

export function pingpongTables(rows) {
  const head = PATHS.map((p) => p),
    align = "r".repeat(PATHS.length + 1);
  return `### One way, µs
Half of the time of a round, and in brackets what 90 % of ${DRAWS} testbeds drawn within the ranges give.

${table(
  ["size", ...head],
  align,
  rows.map((r) => [name(r.size), ...r.oneWay.map(usRange)]),
)}

### Throughput against native
One message in flight, so it is the inverse of the times' ratio; each drawn testbed is set against native
on itself.

${table(
  ["size", ...head.slice(1)],
  align.slice(1),
  rows.map((r) => [name(r.size), ...r.ratio.slice(1).map(ratio)]),
)}
`;
}

export function registrationTable(rows) {
  return `## Registration
\`ibv_reg_mr\` of the message's buffer, µs. The buffer is as long as the message, in physical runs of a few
pages.

${table(
  ["size", ...PATHS],
  "r".repeat(PATHS.length + 1),
  rows.map((r) => [name(r.size), ...r.registration.map(usRange)]),
)}
`;
}

/** Mean over the sizes of a path's ratio, and the widest interval. */
export function overall(rows, path) {
  const of = rows.map((r) => r.ratio[PATHS.indexOf(path)]);
  return {
    nominal: of.reduce((s, x) => s + x.nominal, 0) / of.length,
    low: Math.min(...of.map((x) => x.low)),
    high: Math.max(...of.map((x) => x.high)),
  };
}
