import type { CommandModule } from "yargs";
import { attribute, withTolerance } from "../../attribution/attribute.js";
import { tolerance } from "../../attribution/tolerance.js";
import { loadPath } from "../../path/load.js";
import { METRICS_HELP } from "../../replay/result/metric.js";
import { attributionText } from "../../report/text/attribution-text.js";
import { loadTestbed } from "../../testbed/load.js";
import { inParallel, type JobsArgument, jobsOf, jobsOption } from "../parallel/in-parallel.js";
import { checkFiles } from "../support/files.js";
import { withTraces } from "../support/open-traces.js";
import { type OutputArguments, output, outputFiles } from "../support/output.js";
import { progressBar } from "../support/progress.js";
import { type ReplayArguments, replayArguments, replayOptions } from "../support/replay-options.js";
import { sessionOf } from "../support/session-of.js";

interface Arguments extends ReplayArguments, JobsArgument, OutputArguments {
  traces: string[];
  from: string;
  to: string;
  metric: string;
  together: string[];
  samples: number | undefined;
  seed: number;
  tolerance: number | undefined;
}

export const attributeCommand: CommandModule<object, Arguments> = {
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
          .option("from", {
            type: "string",
            default: "virt-ib",
            describe: "path, by name, name+mechanism=value, or file",
          })
          .option("to", { type: "string", default: "memlink", describe: "path to compare it with" })
          .option("metric", { type: "string", default: "time", describe: METRICS_HELP })
          .option("together", {
            type: "string",
            array: true,
            default: [] as string[],
            nargs: 1,
            describe: "mechanisms that count as one, by commas",
          })
          .option("samples", {
            type: "number",
            describe: "sample so many orders, instead of all subsets (default above 12 mechanisms: 400)",
          })
          .option("seed", { type: "number", default: 1, describe: "seed of the sample" })
          .option("tolerance", {
            type: "number",
            nargs: 1,
            describe: "also: how much each cost may grow before throughput falls by so many percent",
          }),
      ),
    )
      .option("out", { type: "string", describe: "folder for attribution.json and report.txt" })
      .option("json", { type: "boolean", default: false, describe: "print the result as JSON, alone" })
      .example(
        "$0 attribute traces/rc-pingpong-4k.arrow --from virt-ib --to memlink",
        "what doorbell, memory and the others have each saved",
      )
      .example(
        "$0 attribute traces/send-bw-srq.arrow --metric throughput --tolerance 1",
        "of throughput, and what it hangs on",
      )
      .example(
        "$0 attribute traces/ucx-tag-lat.arrow --metric p99:message:RDMA_WRITE_WITH_IMM",
        "of a latency",
      )
      .example(
        "$0 attribute traces/sort.arrow --from native --to memlink --link all --together machine,control",
        "of a program's memory accesses",
      ),
  handler: (a) => {
    checkFiles("attribute", [...a.traces, a.mapping], outputFiles("attribution", a.out));
    const testbed = loadTestbed(a.testbed, a.set),
      jobs = jobsOf(a.jobs);
    const result = withTraces("attribute", a.traces, (traces) => {
      const recipe = { command: "attribute", files: a.traces, testbed, options: replayArguments(a) };
      const session = inParallel(sessionOf("attribute", traces, testbed, a), recipe, jobs);
      let bar: ReturnType<typeof progressBar> | undefined;
      const onPlan = (rows: number): void => {
        bar?.stop();
        bar = progressBar(rows);
      };
      try {
        const onProgress = (path: string, rows: number, total: number): void =>
          bar?.update(path, rows, total);
        const found = attribute(session, a.from, a.to, {
          metric: a.metric,
          together: a.together,
          seed: a.seed,
          ...(a.samples !== undefined ? { samples: a.samples } : {}),
          onPlan: (replays) => onPlan(session.rows * replays),
          onProgress,
        });
        if (a.tolerance === undefined) return found;
        return withTolerance(
          found,
          tolerance(session, [...new Set([a.from, a.to])].map(loadPath), a.tolerance, { onPlan, onProgress }),
        );
      } finally {
        bar?.stop();
      }
    });
    output(result, (width) => attributionText(result, width), "attribution", a);
  },
};
