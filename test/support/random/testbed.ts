/** Random testbeds: every value that the device reads, and every cost that the given path documents name. */
import { MECHANISMS } from "../../../src/abi/mechanisms.js";
import type { PathDocument, StepDocument } from "../../oracle/path.js";
import type { TestbedDocument } from "../../oracle/testbed.js";
import { Random } from "./rng.js";

const DEVICE_COSTS = [
  "hca.process",
  "hca.rx_packet",
  "hca.doorbell_latency",
  "hca.wqe_fetch",
  "hca.rq_fetch",
  "hca.atomic",
  "hca.complete_latency",
  "hca.event_latency",
  "pcie.read_rtt",
  "pcie.write_latency",
  "iommu.miss",
  "wire.port",
  "wire.hop",
];

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

export function randomTestbed(seed: number, documents: readonly PathDocument[] = []): TestbedDocument {
  const random = new Random(seed, 1);
  const values: TestbedDocument["values"] = {};
  const set = (name: string, value: number | string, unit: string): void => {
    values[name] =
      typeof value === "number"
        ? { value, low: value, high: value, unit, source: "inferred: random" }
        : { value, unit, source: "inferred: random" };
  };
  const allZero = random.chance(0.05);
  const time = (name: string): void => {
    if (allZero || random.chance(0.15)) return set(name, 0, "ns");
    switch (random.int(0, 5)) {
      case 0:
        return set(name, random.int(1, 5000), "ps");
      case 1:
        return set(name, random.int(1, 3000) / 1000, "us");
      case 2:
        return set(name, random.int(1, 4000), "cycles");
      default:
        return set(name, random.int(1, 200_000) / 100, "ns");
    }
  };
  set("cpu.clock", random.pick([1, 2.4, 2.67, 3.3]), "GHz");
  set("pcie.gen", random.int(1, 5), "count");
  set("pcie.lanes", random.pick([1, 2, 4, 8, 16]), "count");
  set("pcie.mps", random.pick([128, 256, 512]), "bytes");
  set("pcie.mrrs", random.pick([128, 256, 512, 1024, 4096]), "bytes");
  set("pcie.rcb", random.pick([64, 128]), "bytes");
  set("pcie.completion_chunk", random.pick(["mps", "rcb"]), "name");
  for (const name of DEVICE_COSTS) time(name);
  set("hca.burst_bytes", random.pick([512, 1000, 1024, 2048, 4096, 5000, 16384, 65536]), "bytes");
  for (const cache of ["qpc", "cqc", "mpt", "mtt"]) {
    const tiny = random.chance(0.5);
    set(`hca.${cache}_ways`, tiny ? random.int(1, 3) : random.pick([4, 8, 16]), "count");
    set(`hca.${cache}_entries`, tiny ? random.int(1, 40) : random.pick([64, 256, 1000, 4096]), "entries");
  }
  set("iommu.entries", random.pick([1, 3, 16, 64, 512]), "entries");
  set("iommu.ways", random.pick([1, 2, 4, 16]), "count");
  set("wire.rate", random.pick([2.5, 8, 32, 54.3, 100, 400]), "Gb/s");
  set("wire.header_bytes", random.pick([26, 82]), "bytes");
  set("wire.mtu", random.pick([256, 512, 1024, 2048, 4096]), "bytes");
  set("wire.hops", random.int(0, 3), "count");
  const bytes = perByte(documents);
  for (const name of costNames(documents)) {
    if (values[name] !== undefined) continue;
    if (bytes.has(name) && random.chance(0.5)) set(name, random.int(0, 1000), "ps");
    else if (bytes.has(name) || random.chance(0.1)) set(name, random.int(1, 400) / 10, "GB/s");
    else time(name);
  }
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
