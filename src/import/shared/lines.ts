import { UserError } from "../../errors.js";
import { unpacked } from "./unpack.js";

const NEWLINE = 10,
  RETURN = 13;
const LONGEST = 1 << 20,
  SHORT = 20;

/**
 * A line is bytes[from] to bytes[to - 1]; `whole` is false for a last
 * line without a newline. Returning true ends the reading.
 */
export type OnLine = (bytes: Uint8Array, from: number, to: number, line: number, whole: boolean) => boolean;

/** Hands over the lines of a file, packed or not, without making text of them. */
export async function eachLine(path: string, onLine: OnLine): Promise<void> {
  const lines = new Lines(path, onLine);
  for await (const chunk of unpacked(path)) if (lines.push(chunk)) return;
  lines.end();
}

/**
 * Divides chunks into lines. The loop over them is a function of its own, which sees arrays of one class only:
 * with more in it, or Buffers beside arrays, V8 gave its compiled code up once a chunk, and it took three times as
 * long.
 */
class Lines {
  private rest = new Uint8Array();
  private line = 0;
  private done = false;
  private readonly path: string;
  private readonly onLine: OnLine;

  constructor(path: string, onLine: OnLine) {
    this.path = path;
    this.onLine = onLine;
  }
  /** Hands over the lines that end in the chunk; true when no more are wanted. */
  push(bytes: Uint8Array): boolean {
    const start = this.rest.length === 0 ? 0 : this.finish(bytes),
      from = this.done ? bytes.length : this.within(bytes, start);
    if (from < bytes.length) this.rest = bytes.slice(from);
    return this.done;
  }
  /** Ends the line that the chunks before began; returns where the next one starts. */
  private finish(bytes: Uint8Array): number {
    const newline = bytes.indexOf(NEWLINE),
      end = newline < 0 ? bytes.length : newline + 1;
    if (this.rest.length + end > LONGEST)
      throw new UserError(
        `${this.path}: line ${this.line + 1}: is longer than ${LONGEST} bytes: give a text file of short lines`,
      );
    const joined = new Uint8Array(this.rest.length + end);
    joined.set(this.rest);
    joined.set(bytes.subarray(0, end), this.rest.length);
    this.rest = newline < 0 ? joined : new Uint8Array();
    if (newline >= 0) this.within(joined, 0);
    return end;
  }
  /** Hands over all whole lines from `start` on; returns where the last one, which has no end, starts. */
  private within(bytes: Uint8Array, start: number): number {
    const { onLine } = this;
    let from = start,
      { line } = this;
    for (;;) {
      // Short lines are faster in a loop, long ones in the library's.
      const near = Math.min(bytes.length, from + SHORT);
      let to = from;
      while (to < near && bytes[to] !== NEWLINE) to++;
      if (to === near) {
        to = bytes.indexOf(NEWLINE, near);
        if (to < 0) break;
      }
      const end = to > from && bytes[to - 1] === RETURN ? to - 1 : to;
      if (onLine(bytes, from, end, ++line, true)) {
        this.done = true;
        return bytes.length;
      }
      from = to + 1;
    }
    this.line = line;
    return from;
  }
  /** Hands over a last line without an end. */
  end(): void {
    const { rest } = this,
      { length } = rest;
    if (length === 0) return;
    this.onLine(rest, 0, rest[length - 1] === RETURN ? length - 1 : length, this.line + 1, false);
  }
}

const TEXT = new TextDecoder();
/** A piece of a line, for a sentence. */
export function quote(bytes: Uint8Array, from: number, to: number): string {
  return JSON.stringify(
    TEXT.decode(bytes.subarray(from, Math.min(to, from + 60))) + (to - from > 60 ? "…" : ""),
  );
}
