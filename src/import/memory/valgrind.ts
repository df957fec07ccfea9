import type { Accesses } from "./accesses.js";

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
