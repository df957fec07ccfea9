import { legalValues } from "../abi/device-values.js";
import { UserError } from "../errors.js";
import type { Testbed } from "./document.js";
import { type PcieGen, tlpGbps } from "./pcie.js";

/** Cost coefficients are ps × 65536 (R1.2). */
export const Q16 = 65536;

/** 1 MB/s, in ps × 65536 a byte: a message of 2^31 bytes then takes 36 minutes, and no clock can wrap (R3.25). */
const SLOWEST = 1e6 * Q16;

const TIMES = ["ps", "ns", "us", "ms", "cycles"],
  RATES = ["GB/s", "Gb/s"],
  SIZES = ["bytes", "entries", "count"];
/** More lines than any cache or bytes than any burst has; beyond it a 32-bit core could not hold them. */
const MOST: Record<string, number> = { bytes: 2 ** 30, entries: 2 ** 24, count: 2 ** 24 };

function number(
  testbed: Testbed,
  name: string,
  units?: readonly string[],
  what?: string,
): { value: number; unit: string } {
  const v = testbed.values[name];
  if (!v)
    throw new UserError(
      `testbed ${testbed.name} has no value "${name}"; add it or correct the step that names it`,
    );
  if (typeof v.value !== "number")
    throw new UserError(`testbed ${testbed.name}: ${name} is "${v.value}", expected a number`);
  if (units && !units.includes(v.unit))
    throw new UserError(
      `testbed ${testbed.name}: ${name} has unit ${v.unit}; ` +
        `expected ${what ? `${what} in ` : ""}${units.join(", ")}`,
    );
  return { value: v.value, unit: v.unit };
}

/** ps of a time, or ps per byte of a rate (R1.1). */
export function picoseconds(testbed: Testbed, name: string): number {
  const { value, unit } = number(testbed, name);
  switch (unit) {
    case "ps":
      return value;
    case "ns":
      return value * 1e3;
    case "us":
      return value * 1e6;
    case "ms":
      return value * 1e9;
    case "cycles": {
      const ghz = number(testbed, "cpu.clock", ["GHz"]).value;
      if (ghz === 0)
        throw new UserError(
          `testbed ${testbed.name}: cpu.clock is 0, but ${name} is in cycles; give the clock in GHz`,
        );
      return (value * 1e3) / ghz;
    }
    case "GB/s":
    case "Gb/s":
      if (value === 0)
        throw new UserError(`testbed ${testbed.name}: ${name} is 0 ${unit}; a rate must be positive`);
      return (unit === "GB/s" ? 1000 : 8000) / value;
    default:
      throw new UserError(
        `testbed ${testbed.name}: ${name} has unit ${unit}, but a time or a rate is needed here`,
      );
  }
}

/**
 * round(ps × 65536), as the core stores it; a step may cost a time
 * or a rate, a device value is one or the other (R1.2).
 */
export function coefficient(
  testbed: Testbed,
  name: string,
  kind: "time" | "rate" | "either" = "either",
): bigint {
  if (kind !== "either") number(testbed, name, kind === "time" ? TIMES : RATES, `a ${kind}`);
  const c = Math.round(picoseconds(testbed, name) * Q16);
  if (c > Number.MAX_SAFE_INTEGER)
    throw new UserError(`testbed ${testbed.name}: ${name} is longer than 137 ms; check its unit`);
  if (RATES.includes(testbed.values[name]!.unit) && c > SLOWEST)
    throw new UserError(
      `testbed ${testbed.name}: ${name} is slower than 1 MB/s; check its unit (B is bytes, b is bits)`,
    );
  return BigInt(c);
}
/** Whole picoseconds: ⌊c / 65536⌋ (M1.6, M6.1). */
export function wholePs(testbed: Testbed, name: string): bigint {
  return coefficient(testbed, name, "time") >> 16n;
}
/** A size or count as an integer. */
export function integer(testbed: Testbed, name: string, least: number): bigint {
  const { value, unit } = number(testbed, name, SIZES),
    most = MOST[unit]!;
  if (!Number.isInteger(value) || value < least || value > most)
    throw new UserError(
      `testbed ${testbed.name}: ${name} is ${value}; ` +
        `expected a whole number of at least ${least} and at most ${most}`,
    );
  return BigInt(value);
}
function oneOf(testbed: Testbed, name: string): number {
  const { value } = number(testbed, name, SIZES),
    legal = legalValues(name)!;
  if (!legal.includes(value))
    throw new UserError(`testbed ${testbed.name}: ${name} is ${value}; expected one of ${legal.join(", ")}`);
  return value;
}

/** ps × 65536 of a byte on PCIe (R4.10). */
export function pcieCoefficient(testbed: Testbed): bigint {
  const gen = oneOf(testbed, "pcie.gen") as PcieGen;
  const lanes = oneOf(testbed, "pcie.lanes");
  const mps = oneOf(testbed, "pcie.mps");
  return BigInt(Math.round((8000 / tlpGbps(gen, lanes, mps)) * Q16));
}

/** Bytes of one read completion (R4.11). */
export function completionChunk(testbed: Testbed): bigint {
  const kind = testbed.values["pcie.completion_chunk"]?.value;
  if (kind === "mps") return integer(testbed, "pcie.mps", 1);
  if (kind === "rcb") return integer(testbed, "pcie.rcb", 1);
  throw new UserError(`testbed ${testbed.name}: pcie.completion_chunk is "${kind}"; expected mps or rcb`);
}
