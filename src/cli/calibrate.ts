import { existsSync, realpathSync } from "node:fs";
import { basename } from "node:path";
import type { CommandModule } from "yargs";
import { calibrate } from "../calibrate/calibrate.js";
import { readMeasured } from "../calibrate/read/read.js";
import { NOISE_PERCENT } from "../calibrate/noise.js";
import { HOLD_OUTS, type HoldOut } from "../calibrate/series.js";
import { UserError } from "../errors.js";
import { readText } from "../files.js";
import { loadPath } from "../path/load.js";
import { calibrationText } from "../report/calibrate-text.js";
import { loadTestbed } from "../testbed/load.js";
import { writeWhole } from "../trace/write-whole.js";
import { machineOptions, type MachineArguments } from "./replay-options.js";
import { terminalWidth } from "./terminal.js";

interface Arguments extends MachineArguments { measured: string[]; output: string; path: string; noise: number; "hold-out": HoldOut; seed: number; json: boolean }

export const calibrateCommand: CommandModule<object, Arguments> = {
  command: "calibrate <measured..>",
  describe: "fit a testbed to what a machine measured",
  builder: (y) =>
    machineOptions(y.positional("measured", { type: "string", array: true, demandOption: true, describe: "what perftest, OSU, ibv_rc_pingpong, perf kvm stat, lmbench or STREAM printed" }))
      .option("output", { alias: "o", type: "string", demandOption: true, describe: "testbed to write" })
      .option("path", { type: "string", default: "native", describe: "path on which it was measured, by name, name+mechanism=value, or file" })
      .option("noise", { type: "number", nargs: 1, default: NOISE_PERCENT, describe: "percent by which figures may be off" })
      .option("hold-out", { choices: HOLD_OUTS, default: "half" as const, describe: "every second size judges the fit, or all are fitted" })
      .option("seed", { type: "number", nargs: 1, default: 1, describe: "seed of the draws behind the intervals" })
      .option("json", { type: "boolean", default: false, describe: "print what was found as JSON, alone" })
      .example("$0 calibrate send-lat.txt write-bw.txt kvm.txt -o mine.json", "then: verbscope replay run.arrow --testbed mine.json")
      .example("$0 calibrate lat.txt -o mine.json --testbed edr-2016 --set wire.hops=0", "from the testbed that is nearest to the machine; what is known of it is set"),
  handler: (a) => {
    const files = a.measured.map((file) => readMeasured(file, readText(file)));
    const same = a.measured.find((file) => existsSync(a.output) && realpathSync(a.output) === realpathSync(file));
    if (same !== undefined) throw new UserError(`calibrate: -o ${a.output} is one of the measured files, which would be lost: choose another name`);
    const name = basename(a.output).replace(/\.json$/, "");
    const found = calibrate(files, { base: loadTestbed(a.testbed, a.set), path: loadPath(a.path), name, noise: a.noise, holdOut: a["hold-out"], seed: a.seed });
    writeWhole(a.output, (sink) => sink(Buffer.from(`${JSON.stringify(found.testbed, null, 2)}\n`)));
    process.stdout.write(a.json ? `${JSON.stringify(found, null, 2)}\n` : calibrationText(found, a.output, terminalWidth()));
  },
};
