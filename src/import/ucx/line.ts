import type { Cursor } from "./cursor.js";
import { word } from "./cursor.js";

const SPACE = 32,
  ZERO = 48,
  OPEN = 91,
  CLOSE = 93,
  DOT = 46;
const MICROSECONDS = 6,
  /** Digits of the seconds for three hundred years to come. */
  SECONDS = 10;
/** The level's word and what pads it to five characters; the component's before it, padded to four. */
const DATA = word("DATA "),
  UCX_DATA = word("UCX  DATA ");
/** Characters of file and line, padded, with the colon and the space: where they are longer, words are counted. */
const SOURCE = 17 + 1 + 4 + 1;

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
  const { bytes, to } = c;
  let at = c.at + 1,
    seconds = 0,
    micros = 0;
  if (bytes[at - 1] !== OPEN) return false;
  const second = at;
  for (; isDigit(bytes[at]!); at++) seconds = seconds * 10 + bytes[at]! - ZERO;
  if (at === second || at - second > SECONDS || bytes[at] !== DOT) return false;
  const micro = ++at;
  for (; isDigit(bytes[at]!); at++) micros = micros * 10 + bytes[at]! - ZERO;
  if (at - micro !== MICROSECONDS || bytes[at] !== CLOSE || bytes[at + 1] !== SPACE) return false;
  head.t_us = seconds * 1e6 + micros;
  at += 2;
  const length = head.who_to - head.who_from;
  head.who_from = head.who_to = at;
  if (bytes[at] === OPEN) {
    head.who_from = at + 1;
    // Most lines have a name as long as that of the line above.
    const guess = at + 1 + length;
    if (guess < to && bytes[guess] === CLOSE) at = guess;
    else while (at < to && bytes[at] !== CLOSE) at++;
    head.who_to = at++;
  }
  c.at = at + 1 + SOURCE;
  head.data = c.pass(UCX_DATA);
  if (head.data) {
    c.passAll(SPACE);
    return c.at < to;
  }
  // File and line, and the component.
  for (let words = 0; words < 2; words++) {
    while (bytes[at] === SPACE) at++;
    while (at < to && bytes[at] !== SPACE) at++;
  }
  while (bytes[at] === SPACE) at++;
  c.at = at;
  head.data = c.pass(DATA);
  if (!head.data && !c.passTo(SPACE)) return false;
  c.passAll(SPACE);
  return c.at < to;
}
const isDigit = (byte: number): boolean => byte >= ZERO && byte <= ZERO + 9;
