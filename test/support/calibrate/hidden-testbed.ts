import { predictor } from "../../../src/calibrate/predict/predict.js";
import { readMeasured } from "../../../src/calibrate/read/read.js";
import type { MeasuredFile, Measurement } from "../../../src/calibrate/read/shared/measurement.js";
import type { VerbsOptions, VerbsWorkload } from "../../../src/generate/options.js";
import { Random } from "../../../src/generate/random.js";
import { loadPath } from "../../../src/path/load.js";
import type { Testbed, TestbedValue } from "../../../src/testbed/document.js";
import { streamOf } from "../random/rng.js";

/** Runs of perftest and ibv_rc_pingpong, each with its sizes; traces of them are short. */
const SERIES: readonly [VerbsWorkload, readonly number[], Partial<VerbsOptions>?][] = [
  ["send-lat", [2, 1024, 4096]],
  ["send-lat", [2, 64], { inline: 236 }],
  ["send-lat", [2, 4096], { events: true }],
  ["write-lat", [2, 4096]],
  ["read-lat", [2, 4096]],
  ["atomic-lat", [8]],
  ["rc-pingpong", [4096]],
  ["write-bw", [2, 64], { txDepth: 32, cqMod: 16, postList: 16 }],
  ["write-bw", [2, 64], { txDepth: 32, cqMod: 16 }],
  ["send-bw", [2, 64], { txDepth: 32, cqMod: 16 }],
];
/** Values that other tools measure. */
const VALUES: readonly (readonly string[])[] = [
  ["cpu.memcpy"],
  ["mem.dram"],
  ["cpu.syscall"],
  ["cpu.context_switch"],
  ["vm.exit_heavy", "vmm.dispatch"],
  ["vm.ept_violation"],
];

/** Where a value lies in its range, 0 to 1: of a rate, where its inverse lies. */
export function placeOf({ low, high, unit }: TestbedValue, value: number): number {
  const rate = unit.endsWith("/s") || unit === "GHz",
    x = (v: number): number => (rate ? 1 / v : v),
    from = x(Number(rate ? high : low)),
    to = x(Number(rate ? low : high));
  return (x(value) - from) / (to - from);
}

const continuous = (v: TestbedValue): boolean =>
  !["bytes", "entries", "count", "name"].includes(v.unit) && v.low !== v.high;

/** The testbed with every time and rate anywhere in its range, each drawn from a seed of its name. */
export function hidden(base: Testbed, random: Random): Testbed {
  const seed = random.u32();
  const drawn = Object.entries(base.values).map(([name, v]): [string, TestbedValue] => {
    if (!continuous(v)) return [name, v];
    const unit = new Random(seed ^ streamOf(name)).unit();
    return [name, { ...v, value: Number(v.low) + unit * (Number(v.high) - Number(v.low)) }];
  });
  return { ...base, values: Object.fromEntries(drawn) };
}

/** What the machine would measure, off by `noise` (a relative standard deviation). */
export function measurementsOf(machine: Testbed, noise: number, random: Random): Measurement[] {
  const runs = SERIES.flatMap(([workload, sizes, options]) =>
    sizes.map(
      (size): Measurement => ({
        kind: "run",
        at: { file: "runs", line: 1 },
        tool: "perftest",
        workload,
        options: { ...options, size, mtu: 4096 },
        quantity: workload.endsWith("-bw") ? "bandwidth" : "latency",
        value: 1,
      }),
    ),
  );
  const values = VALUES.map(
    (names): Measurement => ({
      kind: "value",
      at: { file: "values", line: 1 },
      tool: "lmbench",
      values: names,
      value_ps: 1,
    }),
  );
  return [...runs, ...values].map((m) => {
    const normal = Math.sqrt(-2 * Math.log(1 - random.unit())) * Math.cos(2 * Math.PI * random.unit()),
      figure = predictor(m, loadPath("native"), machine).predict(machine) * Math.exp(noise * normal);
    return m.kind === "run" ? { ...m, value: figure } : { ...m, value_ps: figure };
  });
}

export const asFile = (file: string, measurements: readonly Measurement[]): MeasuredFile => ({
  file,
  tool: "perftest",
  measurements,
  notes: [],
});

/** The same, perftest's runs written as perftest prints them and read again. */
export function throughText(measurements: readonly Measurement[]): MeasuredFile[] {
  const texts = measurements
    .filter((m) => m.kind === "run" && m.workload !== "rc-pingpong")
    .map(perftestText)
    .join("\n");
  return [
    readMeasured("perftest.txt", texts),
    asFile(
      "others",
      measurements.filter((m) => m.kind !== "run" || m.workload === "rc-pingpong"),
    ),
  ];
}

const TITLES: Partial<Record<VerbsWorkload, string>> = {
  "send-lat": "Send Latency",
  "write-lat": "RDMA_Write Latency",
  "read-lat": "RDMA_Read Latency",
  "atomic-lat": "Atomic FETCH_AND_ADD Latency",
  "send-bw": "Send BW",
  "write-bw": "RDMA_Write BW",
};

function perftestText(m: Measurement): string {
  if (m.kind !== "run") throw new Error("only runs are perftest's");
  const { size = 0, mtu, txDepth = 1, inline = 0, postList = 1, cqMod = 1, events } = m.options,
    rule = "-".repeat(87);
  const latency = m.quantity === "latency",
    us = (m.value / 1e6).toFixed(4);
  const header = [
    "Number of qps   : 1\t\tTransport type : IB",
    "Connection type : RC\t\tUsing SRQ      : OFF",
    `TX depth        : ${txDepth}`,
    ...(latency ? [] : [`CQ Moderation   : ${cqMod}`]),
    ...(postList > 1 ? [`Post List       : ${postList}`] : []),
    ...(events === true ? ["Test with events: ON"] : []),
    `Mtu             : ${mtu}[B]`,
    "Link type       : IB",
    `Max inline data : ${inline}[B]`,
  ];
  const rows = latency
    ? [
        " #bytes #iterations    t_min[usec]    t_max[usec]  t_typical[usec]    t_avg[usec]    " +
          "t_stdev[usec]   99% percentile[usec]   99.9% percentile[usec] ",
        ` ${size} 1000 ${us} ${us} ${us} ${us} 0.00 ${us} ${us}`,
      ]
    : [
        " #bytes     #iterations    BW peak[Gb/sec]    BW average[Gb/sec]   MsgRate[Mpps]",
        ` ${size} 5000 0.00 ${((m.value * 8) / 1e9).toFixed(6)} ${(m.value / size / 1e6).toFixed(6)}`,
      ];
  return [
    rule,
    `                    ${TITLES[m.workload]} Test`,
    ...header.map((h) => ` ${h}`),
    rule,
    ...rows,
    rule,
  ].join("\n");
}
