import { UserError } from "../../errors.js";
import { unpacked } from "./unpack.js";

const NEWLINE = 10,
  RETURN = 13;
const LONGEST = 1 << 20;

/**
 * A line is bytes[from] to bytes[to - 1]; `whole` is false for a last
 * line without a newline. Returning true ends the reading.
 */
export type OnLine = (bytes: Uint8Array, from: number, to: number, line: number, whole: boolean) => boolean;

/** Hands over the lines of a file, packed or not, without making text of them. */
export async function eachLine(path: string, onLine: OnLine): Promise<void> {
  let rest = new Uint8Array(),
    line = 0;
  const one = (bytes: Uint8Array, from: number, end: number, whole: boolean): boolean => {
    line++;
    return onLine(bytes, from, end > from && bytes[end - 1] === RETURN ? end - 1 : end, line, whole);
  };
  for await (const chunk of unpacked(path)) {
    let from = 0;
    if (rest.length > 0) {
      const newline = chunk.indexOf(NEWLINE);
      from = newline < 0 ? chunk.length : newline + 1;
      if (rest.length + from > LONGEST)
        throw new UserError(
          `${path}: line ${line + 1}: is longer than ${LONGEST} bytes: give a text file of short lines`,
        );
      const joined: Uint8Array<ArrayBuffer> = new Uint8Array(rest.length + from);
      joined.set(rest);
      joined.set(chunk.subarray(0, from), rest.length);
      rest = joined;
      if (newline < 0) continue;
      rest = new Uint8Array();
      if (one(joined, 0, joined.length - 1, true)) return;
    }
    for (let to = from; to < chunk.length; to++) {
      if (chunk[to] !== NEWLINE) continue;
      if (one(chunk, from, to, true)) return;
      from = to + 1;
    }
    if (from < chunk.length) rest = Uint8Array.from(chunk.subarray(from));
  }
  if (rest.length > 0) one(rest, 0, rest.length, false);
}

const TEXT = new TextDecoder();
/** A piece of a line, for a sentence. */
export function quote(bytes: Uint8Array, from: number, to: number): string {
  return JSON.stringify(
    TEXT.decode(bytes.subarray(from, Math.min(to, from + 60))) + (to - from > 60 ? "…" : ""),
  );
}
