/** Takes one line of a report. */
export type Line = (s?: string) => void;
/** Columns of a table's first word. */
export const NAME = 18;

/** Text behind `first`, broken at `width`; what follows stands below its beginning. */
export function hanging(first: string, text: string, width: number, line: Line): void {
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
