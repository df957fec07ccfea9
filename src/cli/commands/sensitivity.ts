import type { CommandModule } from "yargs";
import { UserError } from "../../errors.js";
import type { Path } from "../../path/flatten.js";
import { loadPaths } from "../../path/load.js";
import { METRICS_HELP } from "../../replay/result/metric.js";
import { sensitivityText } from "../../report/text/sensitivity-text.js";
import { loadTestbed } from "../../testbed/load.js";
import { checkSamples, DEFAULT_SAMPLES, sensitivity } from "../../uncertainty/sensitivity.js";
import { inParallel, type JobsArgument, jobsOf, jobsOption } from "../parallel/in-parallel.js";
import { checkFiles } from "../support/files.js";
import { withTraces } from "../support/open-traces.js";
import { type OutputArguments, output, outputFiles } from "../support/output.js";
import { progressBar } from "../support/progress.js";
import { type ReplayArguments, replayArguments, replayOptions } from "../support/replay-options.js";
import { sessionOf } from "../support/session-of.js";

interface Arguments extends ReplayArguments, JobsArgument, OutputArguments {
  traces: string[];
  path: string;
  against: string | undefined;
  metric: string;
  samples: number;
  seed: number;
}

export const sensitivityCommand: CommandModule<object, Arguments> = {
  builder: (y) =>
    jobsOption(
      replayOptions(
        y
          .positional("traces", {
            type: "string",
            array: true,
            demandOption: true,
            describe: "a verbs trace, a memory trace, or one of each of the same run",
          })
          .option("path", {
            type: "string",
            default: "virt-ib",
            describe: "path, by name, name+mechanism=value, or file",
          })
          .option("against", {
            type: "string",
            describe: "path whose metric divides, or none (default native; none for native itself)",
          })
          .option("metric", { type: "string", default: "time", describe: METRICS_HELP })
          .option("samples", {
            type: "number",
            nargs: 1,
            default: DEFAULT_SAMPLES,
            describe: "base points; each value that matters takes so many outcomes more",
          })
          .option("seed", { type: "number", nargs: 1, default: 1, describe: "seed of all points" }),
      ),
    )
      .option("out", { type: "string", describe: "folder for sensitivity.json and report.txt" })
      .option("json", { type: "boolean", default: false, describe: "print the result as JSON, alone" })
      .example(
        "$0 sensitivity traces/rc-pingpong-4k.arrow",
        "what the time of virt-ib against native hangs on",
      )
      .example(
        "$0 sensitivity traces/send-bw-srq.arrow --path memlink --metric throughput --samples 256",
        "throughput, with narrower intervals",
      )
      .example(
        "$0 sensitivity traces/write-lat-8.arrow --path native --metric p99:post_send",
        "a latency, by itself",
      ),
  handler: (a) => {
    checkFiles("sensitivity", [...a.traces, a.mapping], outputFiles("sensitivity", a.out));
    checkSamples(a.samples, a.seed);
    const other = a.against ?? (a.path === "native" ? "none" : "native"),
      [path, against = null] = loadPaths(other === "none" ? [a.path] : [a.path, other]) as [Path, Path?];
    if (against?.label === path.label)
      throw new UserError(
        `sensitivity: --against names ${path.label} itself, ` +
          "so the ratio is 1 whatever the testbed; name another path, or none",
      );
    const testbed = loadTestbed(a.testbed, a.set),
      jobs = jobsOf(a.jobs);
    const result = withTraces("sensitivity", a.traces, (traces) => {
      const recipe = { command: "sensitivity", files: a.traces, testbed, options: replayArguments(a) };
      const session = inParallel(sessionOf("sensitivity", traces, testbed, a), recipe, jobs);
      let bar: ReturnType<typeof progressBar> | undefined,
        step = "";
      try {
        return sensitivity(session, path, against, {
          metric: a.metric,
          samples: a.samples,
          seed: a.seed,
          onProgress: (what, done, total) => {
            if (what !== step) {
              bar?.stop();
              bar = progressBar(total);
              step = what;
            }
            bar!.update(what, done, total);
          },
        });
      } finally {
        bar?.stop();
      }
    });
    output(result, (width) => sensitivityText(result, width), "sensitivity", a);
  },
};
