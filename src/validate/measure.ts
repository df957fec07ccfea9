import { UserError } from "../errors.js";
import { loadPath } from "../path/load.js";
import { type ReplayResult, windowOf } from "../replay/result/result.js";
import { completionChunk, integer, pcieCoefficient, picoseconds, Q16 } from "../testbed/convert.js";
import type { Testbed } from "../testbed/document.js";
import { type PcieGen, rawGbps } from "../testbed/pcie.js";
import type { GeneratedWorkload, Metric, PcieWorkload, Point, Workload } from "./points.js";
import { type Runs, runner } from "./workload.js";

const MWR = 24,
  MRD = 24,
  CPL = 20; // bytes a TLP adds (docs/closed-forms.md)

/** The model's figure in base units: ps, bytes/s, 1/s or a number. */
export function measure(point: Point, testbed: Testbed): number {
  const workloads = (
    Array.isArray(point.workload) ? point.workload : [point.workload]
  ) as readonly Workload[];
  return workloads.reduce((sum, w) => sum + one(point, w, testbed), 0) / workloads.length;
}

function one(point: Point, workload: Workload, testbed: Testbed): number {
  if (isPcie(workload)) return pcie(workload, testbed);
  const run = runner(workload as GeneratedWorkload, testbed),
    path = loadPath(point.path ?? "native"),
    value = figure(point.metric, run.replay(path), point.id);
  if (point.against === undefined) return value;
  const base = figure(point.metric, run.replay(loadPath(point.against)), point.id),
    ratio = value / base;
  if (point.as === "ratio") return ratio;
  return 100 * (isRate(point.metric) ? 1 - ratio : ratio - 1);
}
const isPcie = (workload: Workload): workload is PcieWorkload => "pcie" in workload;
const MEMORY: readonly unknown[] = ["access", "pair", "updates"];
const isRate = (metric: Metric): boolean =>
  metric === "bandwidth" || metric === "rate" || metric === "updates";

function figure(metric: Metric, { short, long, iterations }: Runs, id: string): number {
  const window = (r: ReplayResult): number => Number(windowOf(r));
  const grown = (of: (r: ReplayResult) => number): number => of(long) - (short ? of(short) : 0);
  if (typeof metric === "object") {
    const total = grown((r) =>
      "layer" in metric
        ? Number(r.layers[metric.layer] ?? 0)
        : Object.entries(metric.counters).reduce(
            (sum, [name, weight]) => sum + weight * counter(r, name, id),
            0,
          ),
    );
    return total / grown((r) => counter(r, metric.per, id));
  }
  if (!short !== MEMORY.includes(metric))
    throw new UserError(
      `point ${id}: metric ${metric} is not for this workload; ` +
        `memory has ${MEMORY.join(", ")}, verbs have the others`,
    );
  switch (metric) {
    case "iteration":
      return grown(window) / iterations;
    case "half-iteration":
      return grown(window) / iterations / 2;
    case "bandwidth":
      return (grown((r) => Number(r.throughput.bytes)) * 1e12) / grown(window);
    case "rate":
      return (
        (grown((r) =>
          r.operations
            .filter((o) => o.verb === "post_send" && o.size_class !== "none")
            .reduce((n, o) => n + o.count, 0),
        ) *
          1e12) /
        grown(window)
      );
    case "set-up":
      return Number(long.data_path.start_ps);
    default:
      return memoryFigure(metric, long, iterations);
  }
}
function memoryFigure(metric: string, { memory, layers }: ReplayResult, accesses: number): number {
  const access = Number(memory!.access_ps) - Number(memory!.first_touch_ps),
    loop = access + Number(layers["app.think"] ?? 0);
  return metric === "access"
    ? access / accesses
    : metric === "pair"
      ? (2 * loop) / accesses
      : (accesses * 1e12) / loop;
}
function counter(r: ReplayResult, name: string, id: string): number {
  const value = r.counters[name];
  if (value === undefined) throw new UserError(`point ${id}: there is no counter ${name}`);
  return Number(value);
}

/**
 * PCIe alone, from the coefficient that the core is given:
 * bytes/s of back-to-back transfers, or ps of one read.
 */
function pcie({ pcie: kind, bytes = 0 }: PcieWorkload, testbed: Testbed): number {
  const mps = Number(integer(testbed, "pcie.mps", 1)),
    mrrs = Number(integer(testbed, "pcie.mrrs", 1)),
    chunk = Number(completionChunk(testbed));
  const perByte = Number(pcieCoefficient(testbed)) / Q16,
    perSecond = (load: number): number => ((bytes / load) * 1e12) / perByte;
  const write = bytes + MWR * Math.ceil(bytes / mps),
    request = MRD * Math.ceil(bytes / mrrs),
    completion = bytes + CPL * Math.ceil(bytes / chunk);
  switch (kind) {
    case "raw":
      return (
        (rawGbps(
          Number(integer(testbed, "pcie.gen", 1)) as PcieGen,
          Number(integer(testbed, "pcie.lanes", 1)),
        ) *
          1e9) /
        8
      );
    case "tlp":
      return 1e12 / perByte;
    case "write":
      return perSecond(write);
    case "read":
      return perSecond(Math.max(completion, request));
    case "read+write":
      return perSecond(Math.max(completion, write + request));
    case "round-trip":
      return (request + completion) * perByte + picoseconds(testbed, "pcie.read_rtt");
  }
}
