import type { CommandModule } from "yargs";
import { UserError } from "../../errors.js";
import { loadPaths } from "../../path/load.js";
import { replayMemory } from "../../replay/memory-replay.js";
import { replayPartial } from "../../replay/partial.js";
import { replay } from "../../replay/replay.js";
import type { Result } from "../../replay/result/document.js";
import type { Extend, Session } from "../../replay/session.js";
import { type RecordedExits, recordedExits } from "../../replay/set/recorded-exits.js";
import { comparedText, recordedText } from "../../report/exits/recorded-text.js";
import { safe } from "../../report/safe-text.js";
import { textReport } from "../../report/text/text.js";
import { loadTestbed } from "../../testbed/load.js";
import { checkDraws, withUncertainty } from "../../uncertainty/uncertainty.js";
import { inParallel, type JobsArgument, jobsOf, jobsOption } from "../parallel/in-parallel.js";
import { checkFiles } from "../support/files.js";
import { withTraces } from "../support/open-traces.js";
import { type OutputArguments, output, outputFiles } from "../support/output.js";
import { progressBar } from "../support/progress.js";
import {
  memoryOptionsOf,
  type ReplayArguments,
  replayArguments,
  replayOptions,
} from "../support/replay-options.js";

interface Arguments extends ReplayArguments, JobsArgument, OutputArguments {
  traces: string[];
  paths: string;
  top: number | undefined;
  "by-qp": boolean;
  partial: boolean;
  uncertainty: number | undefined;
  seed: number | undefined;
}

export const replayCommand: CommandModule<object, Arguments> = {
  builder: (y) =>
    jobsOption(
      replayOptions(
        y
          .positional("traces", {
            type: "string",
            array: true,
            demandOption: true,
            describe: "a verbs trace, a memory trace, one of each of the same run, or a set that join made",
          })
          .option("paths", {
            type: "string",
            default: "native,virt-ib,memlink",
            describe: "paths, by name, name+mechanism=value, or file",
          }),
      ),
    )
      .option("top", { type: "number", describe: "hottest pages to name" })
      .option("by-qp", { type: "boolean", default: false, describe: "latencies of each queue pair too" })
      .option("partial", {
        type: "boolean",
        default: false,
        describe:
          "of a capture that ends early on one side: go as far as all threads do, say what is left out",
      })
      .option("uncertainty", {
        type: "number",
        nargs: 1,
        describe:
          "also: replay on so many testbeds, drawn within the ranges of this " +
          "one, and say how far results vary (20 to 10000)",
      })
      .option("seed", { type: "number", nargs: 1, describe: "seed of the drawn testbeds (default 1)" })
      .option("out", { type: "string", describe: "folder for result.json and report.txt" })
      .option("json", { type: "boolean", default: false, describe: "print the result as JSON, alone" })
      .example("$0 replay traces/rc-pingpong-4k.arrow", "native, virt-ib and memlink on the 2014 testbed")
      .example(
        "$0 replay run.arrow --paths native,virt-ib+memory=memlink,sr-iov --testbed modern",
        "other paths and machine",
      )
      .example("$0 replay run.arrow --set vm.exit_heavy=3000 --json", "a cheaper exit, for a program")
      .example(
        "$0 replay traces/rc-pingpong-4k.arrow --uncertainty 200",
        "and how sure the ratios are, given the ranges of the testbed's values",
      )
      .example("$0 replay run.arrow --partial", "a run of which one side's recording ends early")
      .example(
        "$0 replay program.arrow --link all",
        "what page walks cost a program when all its memory is re-linked",
      ),
  handler: (a) => {
    checkFiles("replay", [...a.traces, a.mapping], outputFiles("result", a.out));
    const paths = loadPaths(
      a.paths
        .split(",")
        .map((p) => p.trim())
        .filter((p) => p !== ""),
    );
    const twice = paths.find((p, i) => paths.some((q, k) => k < i && q.label === p.label));
    if (twice !== undefined)
      throw new UserError(`replay: --paths names ${twice.label} twice: name each path once`);
    if (paths.length === 0)
      throw new UserError("replay: --paths names no path; try --paths native,virt-ib,memlink");
    const testbed = loadTestbed(a.testbed, a.set),
      draws = a.uncertainty,
      seed = a.seed ?? 1,
      jobs = jobsOf(a.jobs);
    if (draws !== undefined) checkDraws({ draws, seed });
    else if (a.seed !== undefined)
      throw new UserError(
        "replay: --seed is that of the drawn testbeds; give --uncertainty too, or leave it out",
      );
    let recorded: RecordedExits | undefined;
    const result = withTraces("replay", a.traces, ({ verbs, memory, mapping, exits }) => {
      if (exits !== undefined) recorded = recordedExits(exits, verbs);
      if (a["by-qp"] && !verbs)
        throw new UserError(
          "replay: --by-qp is about queue pairs, but no verbs trace is named; give one, or leave it out",
        );
      if (a.partial && (!verbs || memory))
        throw new UserError(
          "replay: --partial is about the threads of a verbs trace replayed alone; " +
            `${verbs ? "leave the memory trace or --partial out" : "give one, or leave it out"}`,
        );
      const options = memoryOptionsOf("replay", a, { verbs, memory, mapping });
      const progress = progressBar(
        (verbs ?? memory)!.rows * (paths.length * (1 + (draws ?? 0)) + (verbs ? 0 : 1)),
      );
      const extend: Extend | undefined =
        draws === undefined
          ? undefined
          : (session, on, replays) =>
              withUncertainty(session, on, replays, { draws, seed, onProgress: progress.update });
      const recipe = { command: "replay", files: a.traces, testbed, options: replayArguments(a) };
      const common = {
        think: a.think,
        onProgress: progress.update,
        ...(extend ? { extend } : {}),
      };
      const by = (own: Session): Session => inParallel(own, recipe, jobs);
      const ofVerbs = { ...common, peer: a.peer, byQp: a["by-qp"] };
      try {
        if (!verbs) return replayMemory(memory!, paths, testbed, { ...common, by, ...options });
        return a.partial
          ? replayPartial(verbs, paths, testbed, { ...ofVerbs, onRestart: progress.restart })
          : replay(verbs, paths, testbed, {
              ...ofVerbs,
              by,
              ...(memory ? { memory, memoryOptions: options } : {}),
            });
      } finally {
        progress.stop();
      }
    });
    const beside = recorded === undefined ? "" : besideText(recorded, result);
    output(result, (width) => textReport(result, width) + beside, "result", a);
  },
};

/** Recorded exits under a report: they are no part of the result. */
function besideText(recorded: RecordedExits, { trace, replays }: Result): string {
  const text = trace.schema === "verbs/1" ? comparedText(recorded, replays) : recordedText(recorded);
  return `\n${safe(text)}\n`;
}
