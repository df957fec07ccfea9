import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { NO_ID } from "../../abi/columns.js";
import { UserError } from "../../errors.js";
import { refused, STANDARD } from "../../files.js";
import type { Sge } from "../../trace/table/rows.js";

/** One recorded event, with checked access to its fields. */
export class Event {
  readonly file: string;
  /** Where in it: `line 3`, `record 3`. */
  readonly place: string;
  readonly ev: string;
  private readonly raw: Record<string, unknown>;

  constructor(file: string, place: string, raw: unknown) {
    this.file = file;
    this.place = place;
    this.raw = typeof raw === "object" && raw !== null ? (raw as Record<string, unknown>) : {};
    this.ev = String(this.raw.ev);
    if (typeof this.raw.ev !== "string") throw this.error("ev", "must be the name of a call");
  }
  error(field: string, why: string): UserError {
    const value = this.raw[field];
    return new UserError(
      `${this.file}: ${this.place}: field ${field} of ${this.ev} ${why}, ` +
        `but is ${typeof value === "bigint" ? value : JSON.stringify(value)}: record it again`,
    );
  }
  has(field: string): boolean {
    return this.raw[field] !== undefined;
  }
  /** A whole number; `otherwise` when the field is absent. */
  int(field: string, otherwise?: number): number {
    const value = this.raw[field] ?? otherwise;
    if (!Number.isSafeInteger(value)) throw this.error(field, "must be a whole number");
    return value as number;
  }
  /** A number that must fit `max`. */
  uint(field: string, otherwise?: number, max = NO_ID): number {
    const value = this.int(field, otherwise);
    if (value < 0 || value > max) throw this.error(field, `must be 0 to ${max}`);
    return value;
  }
  /** A handle: absent or -1 where there is none. */
  id(field: string): number {
    return this.int(field, -1) < 0 ? NO_ID : this.uint(field);
  }
  big(field: string, otherwise?: bigint): bigint {
    const value = toBig(this.raw[field] ?? otherwise);
    if (value === undefined) throw this.error(field, "must be 0 to 2^64-1");
    return value;
  }
  text(field: string, otherwise?: string): string {
    const value = this.raw[field] ?? otherwise;
    if (typeof value !== "string") throw this.error(field, "must be text");
    return value;
  }
  value(field: string): unknown {
    return this.raw[field];
  }
  /** A list of objects, each as an event of its own so that errors name this line. */
  objects(field: string): Event[] {
    const list = this.raw[field];
    if (!Array.isArray(list)) throw this.error(field, "must be a list");
    return list.map((item) => new Event(this.file, this.place, { ...item, ev: `${this.ev}.${field}` }));
  }
  object(field: string): Event {
    return new Event(this.file, this.place, { ...(this.raw[field] as object), ev: `${this.ev}.${field}` });
  }
  /** A list of number triples. */
  triples(field: string): [bigint, bigint, number][] {
    const list = this.raw[field];
    if (!Array.isArray(list)) throw this.error(field, "must be a list");
    return list.map((item: unknown) => {
      const [a, b, c] =
        Array.isArray(item) && item.length === 3 ? [toBig(item[0]), toBig(item[1]), item[2] as unknown] : [];
      if (
        a === undefined ||
        b === undefined ||
        !Number.isInteger(c) ||
        (c as number) < 0 ||
        (c as number) > NO_ID
      )
        throw this.error(field, "must hold triples of numbers");
      return [a, b, c as number];
    });
  }
  sges(): Sge[] {
    return this.triples("sge").map(([addr, length, lkey]) => {
      if (length > 0xffffffffn) throw this.error("sge", "must hold lengths below 4 GiB");
      return { addr, length: Number(length), lkey };
    });
  }
}

/** Numbers past 2^53 arrive as text (see `parse`). */
function toBig(value: unknown): bigint | undefined {
  if (typeof value === "bigint") return value;
  if (typeof value === "number" && Number.isSafeInteger(value) && value >= 0) return BigInt(value);
  if (typeof value !== "string" || !/^\d{16,20}$/.test(value)) return undefined;
  const big = BigInt(value);
  return big < 2n ** 64n ? big : undefined;
}

/**
 * JSON.parse rounds numbers past 2^53 (work request ids are often
 * pointers or bit patterns); they are made text first.
 */
function parse(bytes: Uint8Array): unknown {
  const line = TEXT.decode(bytes);
  if (!hasLongNumber(bytes)) return JSON.parse(line);
  return JSON.parse(
    line.replace(/"(?:[^"\\]|\\.)*"|\d{16,}/g, (token) => (token[0] === '"' ? token : `"${token}"`)),
  );
}

const TEXT = new TextDecoder();

/** Whether 16 digits stand in a row; such a run covers every 16th byte somewhere. */
function hasLongNumber(bytes: Uint8Array): boolean {
  const digit = (at: number): boolean => bytes[at]! >= 48 && bytes[at]! <= 57;
  for (let at = 15; at < bytes.length; at += 16) {
    if (!digit(at)) continue;
    let from = at,
      to = at + 1;
    while (digit(from - 1)) from--;
    while (digit(to)) to++;
    if (to - from >= 16) return true;
  }
  return false;
}

export interface EventFile {
  events: Event[];
  ended: boolean;
  dropped: boolean;
}

/**
 * Reads a recorder's file. The last line of a process that was killed
 * (no `end` event) may be incomplete: it is dropped.
 */
export function readEvents(path: string): EventFile {
  const bytes = readBytes(path);
  const events: Event[] = [];
  let ended = false;
  for (let from = 0, line = 1; from < bytes.length; line++) {
    const newline = bytes.indexOf(10, from);
    const to = newline < 0 ? bytes.length : newline;
    if (to > from) {
      let raw: unknown;
      try {
        raw = parse(bytes.subarray(from, to));
      } catch {
        if (newline < 0 && !ended && line > 1) return { events, ended, dropped: true };
        throw new UserError(`${path}: line ${line}: is not JSON: correct the line or record it again`);
      }
      const event = new Event(path, `line ${line}`, raw);
      ended ||= event.ev === "end";
      events.push(event);
    }
    from = to + 1;
  }
  if (events.length === 0)
    throw new UserError(`${path}: line 1: there is no event: give a file of the recorder`);
  return { events, ended, dropped: false };
}

/** Most bytes of a recording, which is read whole. */
const LONGEST_BYTES = 2 ** 30;

function readBytes(path: string): Uint8Array {
  let bytes: Uint8Array;
  try {
    bytes = readFileSync(path === STANDARD ? 0 : path);
  } catch (error) {
    throw refused(path, "read", error);
  }
  return gunzipped(path, bytes);
}

/** Bytes of a recording as they are, or unpacked when they are gzip. */
export function gunzipped(path: string, bytes: Uint8Array): Uint8Array {
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return bytes;
  try {
    return gunzipSync(bytes, { maxOutputLength: LONGEST_BYTES });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ERR_BUFFER_TOO_LARGE")
      throw new UserError(
        `${path}: has more than 1 GiB when it is unpacked; cut the recording, or record less`,
      );
    throw new UserError(
      `${path}: byte 0: cannot be unpacked ` +
        `(${error instanceof Error ? error.message : String(error)}): ` +
        "copy the file again",
    );
  }
}
