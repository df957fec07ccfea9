const EIGHTHS = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"];

/** A bar of `share` (0 to 1) of `width` cells, in eighths of a cell. */
export function bar(share: number, width: number): string {
  const eighths = Math.max(0, Math.min(width * 8, Math.round(share * width * 8)));
  return ("█".repeat(Math.floor(eighths / 8)) + EIGHTHS[eighths % 8]!).padEnd(width);
}

/** The unit in which a time of `ps` is shown with three or four digits. */
function timeUnit(ps: number): { size: number; unit: string; digits: number } {
  const units: [number, string][] = [
    [1e12, "s"],
    [1e9, "ms"],
    [1e6, "µs"],
    [1e3, "ns"],
    [1, "ps"],
  ];
  const [size, unit] = units.find(([s]) => Math.abs(ps) >= s) ?? [1, "ps"];
  const v = Math.abs(ps / size);
  return { size, unit, digits: unit === "ps" ? 0 : v >= 100 ? 1 : v >= 10 ? 2 : 3 };
}
/** A time in ps for a person. */
export function timeText(ps: number): string {
  const { size, unit, digits } = timeUnit(ps);
  return `${(ps / size).toFixed(digits)} ${unit}`;
}
/** Two times in ps, in the unit of the second. */
export function timeRangeText(low: number, high: number): string {
  const { size, unit, digits } = timeUnit(high);
  return low === high
    ? timeText(high)
    : `${(low / size).toFixed(digits)}–${(high / size).toFixed(digits)} ${unit}`;
}

export function rateText(bytesPerSecond: number): string {
  const units: [number, string][] = [
    [1e9, "GB/s"],
    [1e6, "MB/s"],
    [1e3, "kB/s"],
  ];
  const [size, unit] = units.find(([s]) => bytesPerSecond >= s) ?? [1, "B/s"];
  return `${(bytesPerSecond / size).toFixed(2)} ${unit}`;
}

export const percent = (x: number): string => `${(100 * x).toFixed(1)} %`;

/** Text that cannot move a terminal's cursor: control characters are shown as dots. */
export const inert = (text: string): string => text.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]/g, "·");
