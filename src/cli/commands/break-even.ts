import type { CommandModule } from "yargs";
import {
  BREAK_EVEN_WORKLOADS,
  type BreakEvenWorkload,
  breakEven,
  MOST_EXCHANGES,
} from "../../attribution/break-even.js";
import { breakEvenText } from "../../report/text/break-even-text.js";
import { loadTestbed } from "../../testbed/load.js";
import { breakingEven, type JobsArgument, jobsOf, jobsOption } from "../parallel/in-parallel.js";
import { parseBytes } from "../support/bytes.js";
import { checkFiles } from "../support/files.js";
import { type OutputArguments, output, outputFiles } from "../support/output.js";
import { type MachineArguments, machineOptions } from "../support/replay-options.js";

interface Arguments extends MachineArguments, JobsArgument, OutputArguments {
  from: string;
  to: string;
  workload: BreakEvenWorkload;
  sizes: string;
  footprint: string | undefined;
  most: number;
}

export const breakEvenCommand: CommandModule<object, Arguments> = {
  builder: (y) =>
    jobsOption(
      machineOptions(
        y
          .option("from", { type: "string", default: "virt-ib", describe: "path that is cheap to set up" })
          .option("to", {
            type: "string",
            default: "memlink",
            describe: "path that is dear to set up and saves with each message",
          })
          .option("workload", {
            choices: BREAK_EVEN_WORKLOADS,
            default: "rc-pingpong" as const,
            describe: "round trips, or a stream of messages",
          })
          .option("sizes", {
            type: "string",
            default: "64,4096,64KiB,1MiB,16MiB",
            describe: "bytes of a message and of its registered buffer, by commas",
          })
          .option("footprint", {
            type: "string",
            describe: "linked bytes that random accesses go to (default: the message's)",
          })
          .option("most", {
            type: "number",
            default: MOST_EXCHANGES,
            describe: "longest run to replay; above it, the number is computed",
          }),
      ),
    )
      .option("out", { type: "string", describe: "folder for break-even.json and report.txt" })
      .option("json", { type: "boolean", default: false, describe: "print the result as JSON, alone" })
      .example("$0 break-even", "virt-ib against memlink, as ibv_rc_pingpong")
      .example(
        "$0 break-even --workload send-bw --sizes 4096,1MiB --testbed modern",
        "a stream, on a modern machine",
      )
      .example(
        "$0 break-even --sizes 4096 --footprint 1GiB",
        "small messages, and random accesses to 1 GiB of linked memory",
      ),
  handler: (a) => {
    checkFiles("break-even", [], outputFiles("break-even", a.out));
    const sizes = a.sizes.split(",").map((s) => parseBytes("break-even", "sizes", s.trim()));
    const testbed = loadTestbed(a.testbed, a.set),
      options = {
        workload: a.workload,
        most: a.most,
        ...(a.footprint !== undefined
          ? { footprint: parseBytes("break-even", "footprint", a.footprint) }
          : {}),
      };
    const result = breakEven(a.from, a.to, testbed, {
      ...options,
      sizes,
      measure: breakingEven(sizes, jobsOf(a.jobs), { from: a.from, to: a.to, testbed, options }),
      onStep: (what) => {
        if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${what} …`);
      },
    });
    if (process.stderr.isTTY) process.stderr.write("\r\x1b[K");
    output(result, () => breakEvenText(result), "break-even", a);
  },
};
