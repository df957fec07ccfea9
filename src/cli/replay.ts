import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { CommandModule } from "yargs";
import { UserError } from "../errors.js";
import { loadPath } from "../path/load.js";
import type { Result } from "../replay/document.js";
import { replayMemory } from "../replay/memory/replay.js";
import { replay } from "../replay/replay.js";
import type { Think } from "../replay/think.js";
import { textReport } from "../report/text.js";
import { loadTestbed } from "../testbed/load.js";
import { openAnyTrace, type AnyTrace } from "../trace/read.js";
import { writeWhole } from "../trace/write-whole.js";
import { progressBar } from "./progress.js";

interface Arguments {
  traces: string[]; paths: string; testbed: string; set: string[]; think: Think; peer: "same" | "native"; out: string | undefined; json: boolean;
  link: string | undefined; placement: string | undefined; mapping: string | undefined; top: number | undefined;
}

export const replayCommand: CommandModule<object, Arguments> = {
  command: "replay <traces..>",
  describe: "replay a trace on several I/O paths and attribute every picosecond",
  builder: (y) =>
    y.positional("traces", { type: "string", array: true, demandOption: true, describe: "a verbs trace, a memory trace, or one of each of the same run" })
      .option("paths", { type: "string", default: "native,virt-ib,memlink", describe: "paths, by name, name+mechanism=value, or file" })
      .option("testbed", { type: "string", default: "thesis-2014", describe: "testbed, by name or file" })
      .option("set", { type: "string", array: true, default: [] as string[], nargs: 1, describe: "name=value: override a testbed value" })
      .option("think", { choices: ["auto", "recorded", "none"] as const, default: "auto" as const, describe: "gaps between calls, or instructions between accesses: as recorded, or none" })
      .option("peer", { choices: ["same", "native"] as const, default: "same" as const, describe: "path of a peer that the trace lacks" })
      .option("link", { type: "string", describe: "memory that memlink re-links: none, all, heap, largest, BASE:LEN, from:VERBS.arrow" })
      .option("placement", { type: "string", describe: "frames of pages: contiguous, fragmented[:SEED], thp=SHARE[:SEED]" })
      .option("mapping", { type: "string", describe: "page map (mapping/1) that gives the frames" })
      .option("top", { type: "number", describe: "hottest pages to name" })
      .option("out", { type: "string", describe: "folder for result.json and report.txt" })
      .option("json", { type: "boolean", default: false, describe: "print the result as JSON, alone" })
      .example("$0 replay traces/rc-pingpong-4k.arrow", "native, virt-ib and memlink on the 2014 testbed")
      .example("$0 replay run.arrow --paths native,virt-ib+memory=memlink,sr-iov --testbed modern", "other paths and machine")
      .example("$0 replay run.arrow --set vm.exit_heavy=3000 --json", "a cheaper exit, for a program")
      .example("$0 replay program.arrow --link all", "what page walks cost a program when all its memory is re-linked"),
  handler: (a) => {
    const paths = a.paths.split(",").map((p) => p.trim()).filter((p) => p !== "").map(loadPath);
    if (paths.length === 0) throw new UserError("replay: --paths names no path; try --paths native,virt-ib,memlink");
    const testbed = loadTestbed(a.testbed, a.set);
    const given = <K extends "link" | "placement" | "mapping" | "top">(...keys: K[]): Partial<Pick<Arguments, K>> => Object.fromEntries(keys.filter((k) => a[k] !== undefined).map((k) => [k, a[k]])) as Partial<Pick<Arguments, K>>;
    const memory = given("link", "placement", "mapping", "top") as { link?: string; placement?: string; mapping?: string; top?: number };
    if (memory.top !== undefined && !(Number.isInteger(memory.top) && memory.top >= 0 && memory.top <= 10_000)) throw new UserError(`--top ${memory.top}: give a whole number of 0 to 10000`);
    const open: AnyTrace[] = [];
    let progress: ReturnType<typeof progressBar> | undefined;
    try {
      for (const file of a.traces) open.push(openAnyTrace(file));
      const { verbs, memory: accesses } = sorted(open);
      progress = progressBar((verbs ?? accesses)!.rows * (paths.length + (verbs ? 0 : 1)));
      const options = { think: a.think, onProgress: progress.update };
      if (!accesses && Object.keys(memory).length > 0) throw new UserError(`replay: --${Object.keys(memory)[0]} is about memory accesses, but no memory trace is named; give one, or leave it out`);
      const result = !verbs ? replayMemory(accesses!, paths, testbed, { ...options, ...memory }) : replay(verbs, paths, testbed, { ...options, peer: a.peer, ...(accesses ? { memory: accesses, memoryOptions: memory } : {}) });
      progress.stop();
      print(result, a);
    } finally {
      progress?.stop();
      for (const t of open) t.close();
    }
  },
};

/** The one trace of each kind. */
function sorted(open: readonly AnyTrace[]): { verbs: Extract<AnyTrace, { kind: "verbs" }> | undefined; memory: Extract<AnyTrace, { kind: "memory" }> | undefined } {
  const of = <K extends AnyTrace["kind"]>(kind: K): Extract<AnyTrace, { kind: K }>[] => open.filter((t): t is Extract<AnyTrace, { kind: K }> => t.kind === kind);
  const verbs = of("verbs"), memory = of("memory"), mapping = of("mapping");
  if (mapping.length > 0) throw new UserError(`${mapping[0]!.path}: is a page map, not a trace to replay; give it with --mapping`);
  if (verbs.length > 1) throw new UserError(`replay: ${verbs.length} verbs traces are named, but one is replayed at a time; join captures of one run with: verbscope merge ${verbs.map((t) => t.path).join(" ")} -o run.arrow`);
  if (memory.length > 1) throw new UserError(`replay: ${memory.length} memory traces are named, but one is replayed at a time; replay them one after the other`);
  return { verbs: verbs[0], memory: memory[0] };
}

function print(result: Result, { out, json }: Arguments): void {
  const text = `${JSON.stringify(result, null, 2)}\n`;
  if (out !== undefined) save(out, text, textReport(result));
  process.stdout.write(json ? text : textReport(result, process.stdout.columns ?? 120));
}

function save(folder: string, json: string, text: string): void {
  try {
    mkdirSync(folder, { recursive: true });
  } catch (e) {
    throw new UserError(`${folder}: cannot be made (${(e as NodeJS.ErrnoException).code}); choose a folder that is writable`);
  }
  writeWhole(join(folder, "result.json"), (sink) => sink(Buffer.from(json)));
  writeWhole(join(folder, "report.txt"), (sink) => sink(Buffer.from(text)));
}
