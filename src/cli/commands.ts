import type { Argv, CommandModule } from "yargs";

interface Body {
  builder: (y: Argv) => Argv;
  handler: (args: never) => void | Promise<void>;
}

/** A command's module is read when it is asked for: reading all of them took most of a second. */
const lazy = (command: string, describe: string, load: () => Promise<Body>): CommandModule => ({
  command,
  describe,
  builder: (async (y: Argv) => (await load()).builder(y)) as unknown as CommandModule["builder"],
  handler: async (args) => (await load()).handler(args as never),
});

/** Every command, in the order of the help. */
export const commands: readonly CommandModule[] = [
  lazy(
    "import <files..>",
    "turn a recording into a trace",
    async () => (await import("./traces/import.js")).importCommand as Body,
  ),
  lazy(
    "capture [program..]",
    "run a program and record its verbs",
    async () => (await import("./capture/capture.js")).captureCommand as Body,
  ),
  lazy(
    "inspect <trace>",
    "show what is in a trace, and what is not",
    async () => (await import("./traces/inspect.js")).inspectCommand as Body,
  ),
  lazy(
    "merge <traces..>",
    "join captures of one run into one trace of several nodes",
    async () => (await import("./traces/merge.js")).mergeCommand as Body,
  ),
  lazy(
    "join <traces..>",
    "make one set of the verbs, the memory accesses and the page map of a run",
    async () => (await import("./traces/join.js")).joinCommand as Body,
  ),
  lazy(
    "replay <traces..>",
    "replay a trace on several I/O paths and attribute every picosecond",
    async () => (await import("./commands/replay.js")).replayCommand as Body,
  ),
  lazy(
    "explain <trace>",
    "one operation from call to poll: every step and stage, its wait, its cost and its source",
    async () => (await import("./commands/explain.js")).explainCommand as Body,
  ),
  lazy(
    "attribute <traces..>",
    "share the difference between two paths among the mechanisms that differ",
    async () => (await import("./commands/attribute.js")).attributeCommand as Body,
  ),
  lazy(
    "sensitivity <traces..>",
    "which testbed values a result hangs on: Sobol indices of each",
    async () => (await import("./commands/sensitivity.js")).sensitivityCommand as Body,
  ),
  lazy(
    "break-even",
    "after how many messages a path's dearer set-up has paid for itself, and how many random accesses eat the gain",
    async () => (await import("./commands/break-even.js")).breakEvenCommand as Body,
  ),
  lazy(
    "calibrate <measured..>",
    "fit a testbed to what a machine measured",
    async () => (await import("./commands/calibrate.js")).calibrateCommand as Body,
  ),
  lazy(
    "compare <base> [new]",
    "what differs between two results; with budgets, a gate: exit code 1 when one is exceeded",
    async () => (await import("./commands/compare.js")).compareCommand as Body,
  ),
  lazy(
    "report <results..>",
    "a result for people and for other tools",
    async () => (await import("./commands/report.js")).reportCommand as Body,
  ),
  lazy(
    "paths <action> [name]",
    "list the built-in paths, or show one",
    async () => (await import("./commands/paths.js")).pathsCommand as Body,
  ),
  lazy(
    "testbeds <action> [name]",
    "list the built-in testbeds, or show one with every value's range and source",
    async () => (await import("./commands/testbeds.js")).testbedsCommand as Body,
  ),
  lazy(
    "generate <workload>",
    "write the trace of a standard workload",
    async () => (await import("./traces/generate.js")).generateCommand as Body,
  ),
  lazy(
    "validate",
    "run published figures through the model and say how far off it is",
    async () => (await import("./commands/validate.js")).validateCommand as Body,
  ),
];
