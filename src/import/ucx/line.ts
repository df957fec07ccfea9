import type { Cursor } from "./cursor.js";
import { word } from "./cursor.js";

const SPACE = 32,
  OPEN = 91,
  CLOSE = 93,
  DOT = 46;
const MICROSECONDS = 6;
/** The level's word and what pads it to five characters. */
const DATA = word("DATA ");

/** What stands before the text of a line. */
export interface Head {
  /** Of the wall clock, µs. */
  t_us: number;
  /** Where `host:pid:thread` or `thread` stands; equal where there is neither. */
  who_from: number;
  who_to: number;
  /** It is of the level `data`. */
  data: boolean;
}
export const emptyHead = (): Head => ({ t_us: 0, who_from: 0, who_to: 0, data: false });

/**
 * Reads what UCX puts before each text (src/ucs/debug/log.c, 1.13): `[seconds.microseconds]`, then
 * `[host:pid:thread]` or, until the log is set up, `[thread]`, or nothing; then file:line, component and level,
 * padded, and an indentation. Leaves `c` at the text; false for a line that has none of this.
 */
export function readHead(c: Cursor, head: Head): boolean {
  const { bytes } = c;
  if (bytes[c.at] !== OPEN) return false;
  c.at++;
  const seconds = c.decimal();
  if (seconds < 0 || bytes[c.at] !== DOT) return false;
  const from = ++c.at,
    micros = c.decimal();
  if (micros < 0 || c.at - from !== MICROSECONDS || bytes[c.at] !== CLOSE) return false;
  head.t_us = seconds * 1e6 + micros;
  if (!(head.t_us < 2 ** 53)) return false;
  c.at++;
  c.passAll(SPACE);
  head.who_from = head.who_to = c.at;
  if (bytes[c.at] === OPEN) {
    head.who_from = c.at + 1;
    if (!c.passTo(CLOSE)) return false;
    head.who_to = c.at - 1;
    c.passAll(SPACE);
  }
  for (let words = 0; words < 2; words++) {
    if (!c.passTo(SPACE)) return false;
    c.passAll(SPACE);
  }
  head.data = c.pass(DATA);
  if (!head.data && !c.passTo(SPACE)) return false;
  c.passAll(SPACE);
  return true;
}
