import { join } from "node:path";
import { recorderLibrary } from "./recorder.js";

export interface Recorded {
  pages: "all" | "runs" | "none";
}

/** What a process must have in its environment to be recorded, one file a process. */
export function environment(a: Recorded, folder: string): Record<string, string> {
  const before = process.env.LD_PRELOAD;
  return {
    LD_PRELOAD: recorderLibrary() + (before ? `:${before}` : ""),
    VERBSCOPE_CAPTURE_FILE: join(folder, "capture.%r.%h.%p.vcap"),
    ...(a.pages === "all" ? {} : { VERBSCOPE_CAPTURE_PAGES: a.pages }),
  };
}

/** A word as a shell takes it. */
export const quoted = (word: string): string =>
  /^[\w./%:=-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;

/** The same for launchers, as lines that a shell takes, and how the files are joined. */
export function environmentText(a: Recorded, folder: string, output: string): string {
  const env = Object.entries(environment(a, folder));
  const lines = env.map(([name, value]) => `export ${name}=${quoted(value)}\n`);
  const passed = env.map(([name, value]) => `-x ${quoted(`${name}=${value}`)}`).join(" ");
  return (
    `${lines.join("")}` +
    `# Open MPI:  mpirun ${passed} -np 2 PROGRAM\n` +
    `# Slurm:     srun --export=ALL env ${env.map(([n, v]) => quoted(`${n}=${v}`)).join(" ")} PROGRAM\n` +
    `# then:      verbscope import verbs-recorder ${quoted(folder)}/*.vcap -o ${quoted(output)}\n`
  );
}
