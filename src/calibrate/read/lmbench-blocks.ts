import { BEYOND_CACHES, MIB } from "./shared/caches.js";
import type { MeasuredValue } from "./shared/measurement.js";
import { positive } from "./shared/numbers.js";
import type { Line, Source } from "./shared/source.js";
import { median, repeatSpread } from "./shared/spread.js";

/** A pair of a block: processes or size, and its figure. */
export interface Point {
  readonly line: Line;
  readonly x: number;
  readonly y: number;
}
/** What a block stands for: a testbed value in ps (or ps a byte), or why for none. */
export type Taken =
  | {
      readonly value: number;
      readonly name: string;
      readonly line: Line;
      readonly more: Pick<MeasuredValue, "spread" | "note">;
    }
  | { readonly value: undefined; readonly why: string };

/** lmbench's own sweeps have about a hundred pairs. */
export const MAX_LATENCY_LINES = 10_000;
const PS_PER_US = 1e6,
  PS_PER_NS = 1e3,
  MB = 1e6,
  PS_PER_S = 1e12;
/** No DRAM answers faster: a shorter time is that of lines which a prefetcher brought. */
const FASTEST_DRAM_NS = 40;
/** Points of a plateau differ by no more than this; within a cache's edge they differ by factors. */
const PLATEAU = 1.1;
/** A stride of a cache line or more, or several loads hit the same line. */
const LINE = 64;

/** lat_mem_rd: size in 2^20 bytes, ns a load. */
export function latencyPoint(source: Source, line: Line, size: string, ns: string): Point {
  return { line, x: positive(source, line, "size", size) * MIB, y: positive(source, line, "latency", ns) };
}
/** lat_ctx: processes, us. bw_mem: size in 10^6 bytes, 10^6 bytes a second. */
export function bandwidthPoint(source: Source, line: Line, kind: string, x: string, y: string): Point {
  return kind === "context"
    ? { line, x: positive(source, line, "processes", x), y: positive(source, line, "time", y) }
    : { line, x: positive(source, line, "size", x) * MB, y: positive(source, line, "bandwidth", y) };
}

/** Two processes that touch no memory: more of them, or larger ones, also pay for cold caches. */
export function contextSwitch(kilobytes: number, points: readonly Point[]): Taken {
  const pair = points.find((p) => p.x === 2);
  if (kilobytes !== 0 || pair === undefined)
    return {
      value: undefined,
      why:
        "context switches of processes with data, or of others than two, " +
        "are not used: they pay for cold caches too",
    };
  return { value: pair.y * PS_PER_US, name: "cpu.context_switch", line: pair.line, more: {} };
}

/**
 * The plateau at the end of a sweep, where it is one: beyond all
 * caches, flat, and slower than any prefetched line.
 */
export function dram(stride: number, points: readonly Point[]): Taken {
  const none = (why: string): Taken => ({
    value: undefined,
    why: `a sweep of lat_mem_rd is not used: ${why}`,
  });
  const last = points.at(-1)!;
  if (stride < LINE) return none(`its stride is less than a cache line of ${LINE} bytes`);
  if (last.x < BEYOND_CACHES)
    return none(`it ends within what a cache may hold, below ${BEYOND_CACHES / MIB} MiB`);
  const plateau = points.filter((p) => p.x >= last.x / 2),
    times = plateau.map((p) => p.y);
  if (plateau.length < 3) return none("fewer than three points lie in its last half");
  if (Math.max(...times) > PLATEAU * Math.min(...times)) return none("its last half is not flat");
  const value = median(times);
  if (value < FASTEST_DRAM_NS)
    return none(
      `its end is below ${FASTEST_DRAM_NS} ns, so that a prefetcher brought the lines: run it with -t`,
    );
  return {
    value: value * PS_PER_NS,
    name: "mem.dram",
    line: last.line,
    more: { spread: repeatSpread(times), note: "includes what TLB misses cost" },
  };
}

/** libc's copy at the largest size, where no cache holds it. lmbench counts the bytes copied, once. */
export function copyRate(points: readonly Point[]): Taken {
  const last = points.reduce((a, b) => (b.x > a.x ? b : a));
  if (last.x < BEYOND_CACHES)
    return {
      value: undefined,
      why: `copies of less than ${BEYOND_CACHES / MIB} MiB are not used: caches hold them`,
    };
  return { value: PS_PER_S / (last.y * MB), name: "cpu.memcpy", line: last.line, more: {} };
}
