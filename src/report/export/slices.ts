import { integer } from "../../numbers.js";

/** A stretch of a track, with its times in ps. */
export interface Slice {
  name: string;
  category: string;
  start: bigint;
  end: bigint;
  /** How many slices are around it. */
  depth: number;
  operation: bigint | undefined;
}

/** Parts of a picosecond that order what happens at one. */
export const PARTS = 10n;
/** Parts of a picosecond as the format's microseconds, exactly. */
export const us = (parts: bigint): string =>
  `${parts / 10_000_000n}.${String(parts % 10_000_000n).padStart(7, "0")}`;

/**
 * The slices of one track as begin and end events, each later than the one before it, also in doubles
 * (up to 2^29 µs, 9 minutes: from there on they are further apart than a tenth of a picosecond).
 * Viewers differ in what they do with events of one time: speedscope 1.25 sorts beginnings and ends each by
 * themselves and then, of two with one name, takes the beginning first, so that a slice would swallow the
 * neighbour that it touches. It also makes frames of name and arguments together: slices have no arguments.
 * More than ten events at one picosecond, as only calls that take no time make, reach into the next.
 */
export class Track {
  /** The events, in their order. */
  readonly lines: string[] = [];
  readonly pid: number;
  readonly tid: number;
  private readonly open: Slice[] = [];
  private last = -1n;

  constructor(pid: number, tid: number) {
    this.pid = pid;
    this.tid = tid;
  }

  /** Begins a slice, after those that it does not lie in; returns when, in parts of a picosecond. */
  begin(slice: Slice): bigint {
    this.end(slice.depth);
    this.open.push(slice);
    const operation =
      slice.operation === undefined ? "" : `,"operation":${JSON.stringify(integer(slice.operation))}`;
    return this.put("B", slice, slice.start, `,"cat":"${slice.category}"${operation}`);
  }
  /** Ends the slices that are open at a depth and below. */
  end(depth = 0): void {
    while (this.open.length > depth) {
      const slice = this.open.pop()!;
      this.put("E", slice, slice.end, "");
    }
  }

  private put(ph: "B" | "E", { name }: Slice, ps: bigint, rest: string): bigint {
    const at = ps * PARTS > this.last ? ps * PARTS : this.last + 1n;
    this.last = at;
    this.lines.push(
      `{"ph":"${ph}","pid":${this.pid},"tid":${this.tid},"ts":${us(at)},"name":${JSON.stringify(name)}${rest}}`,
    );
    return at;
  }
}
