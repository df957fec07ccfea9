import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { CommandModule } from "yargs";
import { UserError } from "../errors.js";
import { loadPath } from "../path/load.js";
import { replay, type Think } from "../replay/replay.js";
import { textReport } from "../report/text.js";
import { loadTestbed } from "../testbed/load.js";
import { openTrace } from "../trace/read.js";
import { writeWhole } from "../trace/write-whole.js";
import { progressBar } from "./progress.js";

interface Arguments {
  traces: string[]; paths: string; testbed: string; set: string[]; think: Think; peer: "same" | "native"; out: string | undefined; json: boolean;
}

export const replayCommand: CommandModule<object, Arguments> = {
  command: "replay <traces..>",
  describe: "replay a trace on several I/O paths and attribute every picosecond",
  builder: (y) =>
    y.positional("traces", { type: "string", array: true, demandOption: true, describe: "a verbs trace (captures of several nodes: merge them first)" })
      .option("paths", { type: "string", default: "native,virt-ib,memlink", describe: "paths, by name, name+mechanism=value, or file" })
      .option("testbed", { type: "string", default: "thesis-2014", describe: "testbed, by name or file" })
      .option("set", { type: "string", array: true, default: [] as string[], nargs: 1, describe: "name=value: override a testbed value" })
      .option("think", { choices: ["auto", "recorded", "none"] as const, default: "auto" as const, describe: "gaps between calls: as recorded, or none" })
      .option("peer", { choices: ["same", "native"] as const, default: "same" as const, describe: "path of a peer that the trace lacks" })
      .option("out", { type: "string", describe: "folder for result.json and report.txt" })
      .option("json", { type: "boolean", default: false, describe: "print the result as JSON, alone" })
      .example("$0 replay traces/rc-pingpong-4k.arrow", "native, virt-ib and memlink on the 2014 testbed")
      .example("$0 replay run.arrow --paths native,virt-ib+memory=memlink,sr-iov --testbed modern", "other paths and machine")
      .example("$0 replay run.arrow --set vm.exit_heavy=3000 --json", "a cheaper exit, for a program"),
  handler: (a) => {
    if (a.traces.length > 1) throw new UserError(`replay: ${a.traces.length} traces are named, but one is replayed at a time; join captures of one run with: verbscope merge ${a.traces.join(" ")} -o run.arrow`);
    const paths = a.paths.split(",").map((p) => p.trim()).filter((p) => p !== "").map(loadPath);
    if (paths.length === 0) throw new UserError("replay: --paths names no path; try --paths native,virt-ib,memlink");
    const testbed = loadTestbed(a.testbed, a.set);
    const trace = openTrace(a.traces[0]!);
    const progress = progressBar(trace.rows * paths.length);
    try {
      const result = replay(trace, paths, testbed, { think: a.think, peer: a.peer, onProgress: progress.update });
      progress.stop();
      const json = `${JSON.stringify(result, null, 2)}\n`;
      if (a.out !== undefined) save(a.out, json, textReport(result));
      process.stdout.write(a.json ? json : textReport(result, process.stdout.columns ?? 120));
    } finally {
      progress.stop();
      trace.close();
    }
  },
};

function save(folder: string, json: string, text: string): void {
  try {
    mkdirSync(folder, { recursive: true });
  } catch (e) {
    throw new UserError(`${folder}: cannot be made (${(e as NodeJS.ErrnoException).code}); choose a folder that is writable`);
  }
  writeWhole(join(folder, "result.json"), (sink) => sink(Buffer.from(json)));
  writeWhole(join(folder, "report.txt"), (sink) => sink(Buffer.from(text)));
}
