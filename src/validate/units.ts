/** Units of published figures, and what they are of: time in ps, rates per second, or a plain number. */
export const UNITS = {
  us: { of: "time", scale: 1e6 },
  ns: { of: "time", scale: 1e3 },
  cycles: { of: "time", scale: 0 },
  "MB/s": { of: "bandwidth", scale: 1e6 },
  "GB/s": { of: "bandwidth", scale: 1e9 },
  "Gb/s": { of: "bandwidth", scale: 1e9 / 8 },
  "Mops/s": { of: "rate", scale: 1e6 },
  "GUP/s": { of: "rate", scale: 1e9 },
  ratio: { of: "number", scale: 1 },
  "%": { of: "number", scale: 1 },
  count: { of: "number", scale: 1 },
  bytes: { of: "number", scale: 1 },
} as const;
export type Unit = keyof typeof UNITS;
export type Quantity = (typeof UNITS)[Unit]["of"];

/** A figure in base units (ps, bytes/s, 1/s) in the unit of a point; cycles are of a clock of `ghz`. */
export function inUnit(value: number, unit: Unit, ghz: number): number {
  return value / (unit === "cycles" ? 1e3 / ghz : UNITS[unit].scale);
}
