import type { ScaleContinuousNumeric } from "d3-scale";
import { type Markup, markup } from "../parts/markup.js";
import { line, SMALL, text, textWidth } from "../parts/svg.js";

type Scale = ScaleContinuousNumeric<number, number>;
const TIME: readonly [number, string][] = [
  [1e12, "s"],
  [1e9, "ms"],
  [1e6, "µs"],
  [1e3, "ns"],
  [1, "ps"],
];
const plain = (x: number): string => Number(x.toPrecision(6)).toString();

/** A tick's time: as few digits as it has. */
export function timeTick(ps: number): string {
  const [size, unit] = TIME.find(([s]) => Math.abs(ps) >= s) ?? [1, "ps"];
  return ps === 0 ? "0" : `${plain(ps / size)} ${unit}`.replace("-", "−");
}
export function rateTick(bytesPerSecond: number): string {
  const [size, unit] = (
    [
      [1e9, "GB/s"],
      [1e6, "MB/s"],
      [1e3, "kB/s"],
    ] as const
  ).find(([s]) => bytesPerSecond >= s) ?? [1, "B/s"];
  return `${plain(bytesPerSecond / size)} ${unit}`;
}
export function sizeTick(bytes: number): string {
  const [size, unit] = (
    [
      [2 ** 30, "GiB"],
      [2 ** 20, "MiB"],
      [2 ** 10, "KiB"],
    ] as const
  ).find(([s]) => bytes >= s) ?? [1, "B"];
  return `${plain(bytes / size)} ${unit}`;
}

/**
 * Ticks of which no two labels meet; of a logarithmic scale 1, 2 and 5
 * of each decade, or its decades, or every few of them.
 */
function spaced(
  candidates: readonly (readonly number[])[],
  scale: Scale,
  room: (label: string) => number,
  label: (x: number) => string,
): number[] {
  for (const ticks of candidates) {
    const fits = ticks.every(
      (v, i) =>
        i === 0 ||
        Math.abs(scale(v) - scale(ticks[i - 1]!)) >= (room(label(v)) + room(label(ticks[i - 1]!))) / 2,
    );
    if (fits) return [...ticks];
  }
  return [...(candidates.at(-1) ?? [])];
}
export function logTicks(
  scale: Scale,
  label: (x: number) => string,
  room: (label: string) => number,
): number[] {
  const [low, high] = scale.domain() as [number, number];
  const every = (digits: readonly number[], step = 1): number[] => {
    const out: number[] = [];
    for (let e = Math.floor(Math.log10(low)); e <= Math.ceil(Math.log10(high)); e++)
      if (e % step === 0) for (const d of digits) out.push(Number(`${d}e${e}`));
    return out.filter((v) => v >= low * 0.999 && v <= high * 1.001);
  };
  return spaced(
    [every([1, 2, 5]), every([1, 3]), every([1]), every([1], 2), every([1], 3)],
    scale,
    room,
    label,
  );
}
/** Powers of two, as message sizes come. */
export function powersOfTwo(scale: Scale, room: (label: string) => number): number[] {
  const [low, high] = scale.domain() as [number, number];
  const every = (step: number): number[] =>
    Array.from({ length: 64 }, (_, i) => i)
      .filter((e) => e % step === 0 && 2 ** e >= low * 0.999 && 2 ** e <= high * 1.001)
      .map((e) => 2 ** e);
  return spaced([every(1), every(2), every(3), every(4), every(6), every(10)], scale, room, sizeTick);
}
export function linearTicks(scale: Scale, label: (x: number) => string): number[] {
  const fewest = scale.ticks(2);
  return spaced(
    [
      ...[8, 6, 5, 4, 3, 2].map((n) => scale.ticks(n)),
      fewest.filter((_, i) => i % 2 === 0),
      fewest.slice(0, 1),
    ],
    scale,
    (l) => textWidth(l, SMALL) + 14,
    label,
  );
}
export const beside = (label: string): number => textWidth(label, SMALL) + 14;

/** Grid lines from `top` to `bottom` with labels below. */
export function bottomAxis(
  scale: Scale,
  ticks: readonly number[],
  label: (x: number) => string,
  top: number,
  bottom: number,
  limit = Infinity,
): Markup {
  return markup`${ticks.map((v) => {
    const x = scale(v),
      half = textWidth(label(v), SMALL) / 2,
      [place, anchor] =
        x + half > limit
          ? ([limit, "end"] as const)
          : x < half
            ? ([0, "start"] as const)
            : ([x, "middle"] as const);
    const below = text(place, bottom + 14, label(v), { anchor, size: SMALL, muted: true });
    return markup`${line(x, top, x, bottom)}${below}`;
  })}`;
}
export function leftAxis(
  scale: Scale,
  ticks: readonly number[],
  label: (x: number) => string,
  left: number,
  right: number,
): Markup {
  return markup`${ticks.map(
    (v) => markup`${line(left, scale(v), right, scale(v))}
    ${text(left - 6, scale(v) + 4, label(v), { anchor: "end", size: SMALL, muted: true })}`,
  )}`;
}
