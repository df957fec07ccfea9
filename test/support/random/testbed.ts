/** Random testbeds: every value that the device reads, and every cost that the given path documents name. */
import { type DeviceValue, deviceValues } from "../../../src/abi/device-values.js";
import { MECHANISMS } from "../../../src/abi/mechanisms.js";
import type { PathDocument, StepDocument } from "../../oracle/path.js";
import type { TestbedDocument } from "../../oracle/testbed.js";
import { Random, streamOf } from "./rng.js";

export function costNames(documents: readonly PathDocument[]): string[] {
  const of = (steps: StepDocument[]): string[] =>
    steps.flatMap((s) => (s.cost === undefined ? [] : [s.cost]));
  return [
    ...new Set(
      documents.flatMap((d) =>
        [...Object.values(d.groups ?? {}), ...Object.values(d.programs ?? {})].flatMap(of),
      ),
    ),
  ].sort();
}

/** Costs that some step multiplies by bytes. They stay small, so that count × coefficient fits 64 bits. */
function perByte(documents: readonly PathDocument[]): Set<string> {
  const steps = documents.flatMap((d) =>
    [...Object.values(d.groups ?? {}), ...Object.values(d.programs ?? {})].flat(),
  );
  const bytes = /bytes/;
  return new Set(
    steps.flatMap((s) => (s.cost !== undefined && bytes.test(`${s.count ?? ""}`) ? [s.cost] : [])),
  );
}

type Figure = readonly [value: number | string, unit: string];

function time(random: Random): Figure {
  if (random.chance(0.15)) return [0, "ns"];
  switch (random.int(0, 5)) {
    case 0:
      return [random.int(1, 5000), "ps"];
    case 1:
      return [random.int(1, 3000) / 1000, "us"];
    case 2:
      return [random.int(1, 4000), "cycles"];
    default:
      return [random.int(1, 200_000) / 100, "ns"];
  }
}
/** Sizes that the device model may hold, where not every number makes sense. */
const SIZES: Record<string, readonly number[]> = {
  "pcie.mps": [128, 256, 512],
  "pcie.mrrs": [128, 256, 512, 1024, 4096],
  "pcie.rcb": [64, 128],
  "wire.header_bytes": [26, 82],
  "wire.mtu": [256, 512, 1024, 2048, 4096],
  "hca.burst_bytes": [512, 1000, 1024, 2048, 4096, 5000, 16384, 65536],
};
/** A figure that the device model reads; caches are tiny for half of the seeds, each kind for itself. */
function deviceFigure(seed: number, { name, kind, legal, least }: DeviceValue): Figure {
  const random = new Random(seed, streamOf(name)),
    [, cache, part] = /^(.*)[._](entries|ways)$/.exec(name) ?? [];
  if (cache) {
    const tiny = new Random(seed, streamOf(cache)).chance(0.5);
    if (part === "ways") return [tiny ? random.int(1, 3) : random.pick([4, 8, 16]), "count"];
    return [tiny ? random.int(1, 40) : random.pick([64, 256, 1000, 4096]), "entries"];
  }
  if (kind === "time") return time(random);
  if (kind === "rate") return [random.pick([2.5, 8, 32, 54.3, 100, 400]), "Gb/s"];
  if (kind === "frequency") return [random.pick([1, 2.4, 2.67, 3.3]), "GHz"];
  const sizes = SIZES[name] ?? legal;
  if (sizes)
    return [
      random.pick(sizes),
      kind === "name" ? "name" : /mps|mrrs|rcb|bytes|mtu/.test(name) ? "bytes" : "count",
    ];
  return [random.int(least ?? 0, 3), "count"];
}

/** Each value is drawn from a seed of its name, so that an addition to the list moves no other. */
export function randomTestbed(seed: number, documents: readonly PathDocument[] = []): TestbedDocument {
  const allZero = new Random(seed, 1).chance(0.05),
    bytes = perByte(documents);
  const costFigure = (name: string): Figure => {
    const random = new Random(seed, streamOf(name));
    if (bytes.has(name) && random.chance(0.5)) return [random.int(0, 1000), "ps"];
    if (bytes.has(name) || random.chance(0.1)) return [random.int(1, 400) / 10, "GB/s"];
    return allZero ? [0, "ns"] : time(random);
  };
  const figures = new Map<string, Figure>(
    deviceValues.map((v) => [v.name, allZero && v.kind === "time" ? [0, "ns"] : deviceFigure(seed, v)]),
  );
  for (const name of costNames(documents)) if (!figures.has(name)) figures.set(name, costFigure(name));
  const source = "inferred: random";
  const values = Object.fromEntries(
    [...figures].map(([name, [value, unit]]) => [
      name,
      typeof value === "number" ? { value, low: value, high: value, unit, source } : { value, unit, source },
    ]),
  );
  return { schema: "verbscope.testbed/1", name: `random-${seed}`, title: "random values", values };
}

/** Time of a byte on PCIe, as a Q16 coefficient, for tests that do not ask the testbed for it. */
export function randomPcieCoefficient(seed: number): bigint {
  return BigInt(new Random(seed, 2).int(1, 400 * 65536));
}

export function randomMechanisms(seed: number): Record<string, string> {
  const random = new Random(seed, 3);
  const out: Record<string, string> = {};
  for (const [name, { values }] of Object.entries(MECHANISMS))
    if (random.chance(0.4)) out[name] = random.pick(values as readonly string[]);
  return out;
}
