import { UserError } from "../../errors.js";
import type { Accesses } from "./accesses.js";

const EQUALS = 61,
  DASH = 45;

/** Valgrind's own lines, which start with `==pid==` or `--pid--`: all of one process. */
export class OwnLines {
  count = 0;
  private readonly path: string;
  private pid = "";
  private line = 0;

  constructor(path: string) {
    this.path = path;
  }
  /** Counts the line if it is valgrind's; refuses a second process, whose accesses would be taken for the first's. */
  take(bytes: Uint8Array, from: number, to: number, line: number): boolean {
    const mark = bytes[from];
    if ((mark !== EQUALS && mark !== DASH) || bytes[from + 1] !== mark) return false;
    let at = from + 2;
    while (at < to && bytes[at]! >= 48 && bytes[at]! <= 57) at++;
    if (at === from + 2 || bytes[at] !== mark || bytes[at + 1] !== mark) return false;
    const pid = String.fromCharCode(...bytes.subarray(from + 2, at));
    if (this.count++ === 0) {
      this.pid = pid;
      this.line = line;
    } else if (pid !== this.pid)
      throw new UserError(
        `${this.path}: line ${line}: is of process ${pid}, but line ${this.line} is of process ${this.pid}, ` +
          "and accesses do not name theirs: record with --log-file=%p, which gives each process a file " +
          "of its own, or split the recording",
      );
    return true;
  }
}

const count = (n: number, what: string): string => `${n} ${what}${n === 1 ? "" : "s"}`;

/** What a recording of valgrind's lackey does not hold, and what was joined of what it shows in pieces. */
export function valgrindNotes({ joined: { movs, stos } }: Accesses): string[] {
  const notes: string[] = [];
  if (movs.runs > 0)
    notes.push(
      `${count(movs.runs, "run")} of rep movs, which valgrind shows element by ` +
        `element, ${movs.runs === 1 ? "is" : "are"} joined to accesses of up to 64 ` +
        `bytes: ${movs.before} rows became ${movs.after}`,
    );
  if (stos.runs > 0)
    notes.push(
      `${count(stos.runs, "run")} of rep stos, which valgrind shows byte by byte, ` +
        `${stos.runs === 1 ? "is" : "are"} joined to accesses of up to 64 bytes: ` +
        `${stos.before} rows became ${stos.after}`,
    );
  return [
    ...notes,
    "there are no times: gap counts instructions",
    "threads are not named: the accesses of all threads are one sequence",
    "accesses of the kernel (system calls) are not recorded, " +
      "and addresses are those under valgrind, which places code and stack differently",
  ];
}
