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
