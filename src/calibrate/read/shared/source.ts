import { UserError } from "../../../errors.js";

/** Longest line of a measured file: reports are narrow, and a longer line is another kind of file. */
const LONGEST = 65_536;
/** The same with all its blanks: patterns keep a place to go back to for each, with room for some millions. */
const LONGEST_WITH_BLANKS = 2 ** 20;
/** So much of a line goes into a message. */
const QUOTED = 40;
/**
 * Runs of blanks are shortened to these: tools indent by less, and a pattern that tries every
 * blank of a run as the end of one part and the start of the next takes the square of its length.
 */
const BLANKS = 32;
const MORE_BLANKS = new RegExp(`\\s{${BLANKS + 1},}`, "g");

export interface Line {
  /** Counted from 1. */
  readonly number: number;
  readonly text: string;
}

/**
 * A measured file as lines: without byte order mark, carriage returns and long runs of blanks.
 * Making one throws a UserError where a line is too long for a report.
 */
export class Source {
  readonly file: string;
  readonly lines: readonly Line[];
  /** Whether the last line has no end: it may have lost digits. */
  private readonly open: boolean;

  constructor(file: string, text: string) {
    this.file = file;
    this.open = text !== "" && !text.endsWith("\n");
    const lines = text.replace(/^\ufeff/, "").split("\n");
    if (!this.open) lines.pop();
    this.lines = lines.map((line, i) => {
      this.checkLength(i + 1, line, LONGEST_WITH_BLANKS);
      const text = (line.endsWith("\r") ? line.slice(0, -1) : line).replace(MORE_BLANKS, " ".repeat(BLANKS));
      this.checkLength(i + 1, text, LONGEST);
      return { number: i + 1, text };
    });
  }

  /** Refuses lines that no report has, before any pattern is tried on them. */
  private checkLength(number: number, text: string, longest: number): void {
    if (text.length > longest)
      this.refuse(number, `is longer than ${longest} characters: give the tool's own output`);
  }
  /** `what` goes on after file and line, and says what to do. */
  refuse(line: Line | number, what: string): never {
    throw new UserError(`${this.file}: line ${typeof line === "number" ? line : line.number}: ${what}`);
  }
  /** Refuses the file as a whole. */
  refuseAll(what: string): never {
    throw new UserError(`${this.file}: ${what}`);
  }
  /** Whether the line is the file's last and has no end. */
  isOpen(line: Line): boolean {
    return this.open && line === this.lines.at(-1);
  }
}

/** A piece of a file for a message: short, quoted, control characters as escapes. */
export const quote = (text: string): string =>
  JSON.stringify(text.length > QUOTED ? `${text.slice(0, QUOTED)}…` : text);

/** A note of lines that were read past. */
export const readPast = (n: number, what: string): string =>
  `${n} line${n === 1 ? "" : "s"} of ${what} ${n === 1 ? "was" : "were"} read past`;
