/** Takes one line of a report. */
export type Line = (s?: string) => void;
/** Columns of a table's first word. */
export const NAME = 18;

/** A point of a list, broken at `width`. */
export function wrap(text: string, width: number, line: Line): void {
  let current = "  ·";
  for (const word of text.split(" ")) {
    if (current.length + 1 + word.length > width && current.length > 4) {
      line(current);
      current = "   ";
    }
    current += ` ${word}`;
  }
  line(current);
}

/** Text broken at `width`, every line of it at column `indent`; the first one begins with `first`. */
export function paragraph(text: string, width: number, indent: number, first: string, line: Line): void {
  let current = first.padEnd(indent);
  const empty = (): boolean => current.length <= indent;
  for (const word of text.split(" ")) {
    if (!empty() && current.length + 1 + word.length > width) {
      line(current);
      current = " ".repeat(indent);
    }
    current += empty() ? word : ` ${word}`;
  }
  line(current);
}
