import { closeSync, existsSync, openSync, readSync, statSync } from "node:fs";
import { basename } from "node:path";
import type { CommandModule } from "yargs";
import { calibrate } from "../../calibrate/calibrate.js";
import { measuredCalls } from "../../calibrate/calls.js";
import type { Calibration } from "../../calibrate/document.js";
import { measuredExits } from "../../calibrate/exits.js";
import type { Progress } from "../../calibrate/fit/problem.js";
import { NOISE_PERCENT } from "../../calibrate/predict/noise.js";
import { HOLD_OUTS, type HoldOut } from "../../calibrate/predict/series.js";
import { readMeasured, refuseLarge } from "../../calibrate/read/read.js";
import type { MeasuredFile } from "../../calibrate/read/shared/measurement.js";
import { readText } from "../../files.js";
import type { Path } from "../../path/flatten.js";
import { loadPath } from "../../path/load.js";
import { calibrationText } from "../../report/text/calibrate-text.js";
import type { Testbed } from "../../testbed/document.js";
import { loadTestbed } from "../../testbed/load.js";
import { writeWhole } from "../../trace/container/write-whole.js";
import { openAnyTrace, openTrace } from "../../trace/read.js";
import { checkFiles } from "../support/files.js";
import { progressBar } from "../support/progress.js";
import { type MachineArguments, machineOptions } from "../support/replay-options.js";
import { print, printJson, terminalWidth } from "../support/terminal.js";

/** Arrow files and streams begin with one of these. */
const ARROW = ["ARROW1", "\xff\xff\xff\xff"];

interface Arguments extends MachineArguments {
  measured: string[];
  output: string;
  path: string;
  noise: number;
  "hold-out": HoldOut;
  seed: number;
  json: boolean;
}

export const calibrateCommand: CommandModule<object, Arguments> = {
  builder: (y) =>
    machineOptions(
      y.positional("measured", {
        type: "string",
        array: true,
        demandOption: true,
        describe:
          "what perftest, OSU, ibv_rc_pingpong, perf kvm stat, " +
          "lmbench or STREAM printed; verbs traces and tables of exits that were recorded on hardware",
      }),
    )
      .option("output", { alias: "o", type: "string", demandOption: true, describe: "testbed to write" })
      .option("path", {
        type: "string",
        default: "native",
        describe: "path on which it was measured, by name, name+mechanism=value, or file",
      })
      .option("noise", {
        type: "number",
        nargs: 1,
        default: NOISE_PERCENT,
        describe: "percent by which figures may be off",
      })
      .option("hold-out", {
        choices: HOLD_OUTS,
        default: "half" as const,
        describe: "every second size judges the fit, or all are fitted",
      })
      .option("seed", {
        type: "number",
        nargs: 1,
        default: 1,
        describe: "seed of the draws behind the intervals",
      })
      .option("json", { type: "boolean", default: false, describe: "print what was found as JSON, alone" })
      .example(
        "$0 calibrate send-lat.txt write-bw.txt kvm.txt -o mine.json",
        "then: verbscope replay run.arrow --testbed mine.json",
      )
      .example(
        "$0 calibrate lat.txt -o mine.json --testbed edr-2016 --set wire.hops=0",
        "from the testbed that is nearest to the machine; what is known of it is set",
      ),
  handler: (a) => {
    checkFiles("calibrate", a.measured, [a.output]);
    const base = loadTestbed(a.testbed, a.set),
      path = loadPath(a.path);
    const name = basename(a.output).replace(/\.json$/, "");
    const progress = stages();
    let found: Calibration;
    try {
      found = calibrate(
        a.measured.map((file) => measuredFile(file, path, base)),
        {
          base,
          path,
          name,
          noise: a.noise,
          holdOut: a["hold-out"],
          seed: a.seed,
          progress: progress.update,
        },
      );
    } finally {
      progress.stop();
    }
    writeWhole(a.output, (sink) => sink(Buffer.from(`${JSON.stringify(found.testbed, null, 2)}\n`)));
    if (a.json) printJson(`${JSON.stringify(found, null, 2)}\n`);
    else print(calibrationText(found, a.output, terminalWidth()));
  },
};

/** A bar for each stage of a fit: how many there will be is not known before. */
function stages(): { update: Progress; stop: () => void } {
  let now: { stage: string; bar: ReturnType<typeof progressBar> } | undefined;
  const stop = (): void => now?.bar.stop();
  return {
    update: (stage, done, of) => {
      if (now?.stage !== stage) {
        stop();
        now = { stage, bar: progressBar(of) };
      }
      now.bar.update(stage, done, of);
    },
    stop,
  };
}

/** A trace or a tool's output, known by its first bytes. A verbs trace stays open: the fit replays it. */
function measuredFile(file: string, path: Path, base: Testbed): MeasuredFile {
  if (!ARROW.some((start) => firstBytes(file).startsWith(start)))
    return readMeasured(file, measuredText(file));
  const trace = openAnyTrace(file);
  try {
    if (trace.kind === "exits") return measuredExits(trace);
  } finally {
    trace.close();
  }
  return measuredCalls(openTrace(file), path, base);
}

/** All of a text, which is not begun to be read where the file is larger than any output. */
function measuredText(file: string): string {
  if (existsSync(file)) refuseLarge(file, statSync(file).size);
  return readText(file);
}

/** A few bytes as characters; none of what cannot be read, which reading all of it will say. */
function firstBytes(file: string): string {
  if (!existsSync(file) || !statSync(file).isFile()) return "";
  const fd = openSync(file, "r"),
    bytes = Buffer.alloc(8);
  try {
    return bytes.toString("latin1", 0, readSync(fd, bytes));
  } finally {
    closeSync(fd);
  }
}
