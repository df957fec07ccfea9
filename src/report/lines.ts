/** Takes one line of a report. */
export type Line = (s?: string) => void;
/** Columns of a table's first word. */
export const NAME = 18;

/** Room that text behind a table's columns needs, so that they stay side by side. */
const ROOM = 16;

/** Text behind `first`, broken at `width` where that leaves room; what follows stands below its beginning. */
export function hanging(first: string, text: string, width: number, line: Line): void {
  if (first.length + ROOM > width) return line(first + text);
  const indent = " ".repeat(first.length);
  let current = first,
    empty = true;
  for (const word of text.split(" ")) {
    const gap = empty ? "" : " ";
    if (current.length + gap.length + word.length > width && !empty) {
      line(current);
      current = indent + word;
    } else current += gap + word;
    empty = false;
  }
  line(current);
}
/** A point of a list, broken at `width`. */
export const wrap = (text: string, width: number, line: Line): void => hanging("  · ", text, width, line);
