import { setImmediate as turn } from "node:timers/promises";
import type { CommandModule } from "yargs";
import { UserError } from "../../errors.js";
import { generate, VERBS_WORKLOADS, type VerbsOptions, type VerbsWorkload } from "../../generate/generate.js";
import {
  generateMemoryInTurns,
  MEMORY_WORKLOADS,
  type MemoryOptions,
  type MemoryWorkload,
  memoryOptionsOf,
} from "../../generate/memory/memory.js";
import { writeMemory } from "../../trace/memory/memory-write.js";
import { writeVerbs } from "../../trace/verbs/write.js";
import { parseBytes } from "../support/bytes.js";
import { checkFiles, interruptible } from "../support/files.js";
import { say } from "../support/terminal.js";

type Workload = VerbsWorkload | MemoryWorkload;
type Arguments = {
  workload: Workload;
  output: string;
  footprint?: string;
  stride?: string;
  size?: string;
} & Partial<Omit<VerbsOptions, "size">> &
  Partial<Omit<MemoryOptions, "footprint" | "stride">>;
type Option = keyof Omit<VerbsOptions, "pollBatch"> | keyof MemoryOptions;

const VERBS_OPTIONS: readonly Option[] = [
  "size",
  "iters",
  "txDepth",
  "rxDepth",
  "postList",
  "cqMod",
  "inline",
  "qps",
  "events",
  "mtu",
  "bidirectional",
  "transport",
  "contiguity",
  "seed",
];
/** Written with units or without. */
const IN_BYTES: ReadonlySet<Option> = new Set(["size", "footprint", "stride"]);
const ALL: ReadonlySet<Option> = new Set([...VERBS_OPTIONS, ...MEMORY_WORKLOADS.flatMap(memoryOptionsOf)]);
const isMemory = (workload: Workload): workload is MemoryWorkload =>
  (MEMORY_WORKLOADS as readonly string[]).includes(workload);
const dashed = (option: Option): string => `--${option.replace(/[A-Z]/g, (c) => `-${c.toLowerCase()}`)}`;

/** The options given, which must be some of those that the workload takes. */
function given(a: Arguments, takes: readonly Option[]): Partial<Record<Option, unknown>> {
  const some = [...ALL].filter((option) => a[option] !== undefined);
  const odd = some.find((option) => !takes.includes(option));
  if (odd)
    throw new UserError(
      `generate ${a.workload}: ${dashed(odd)} is not for this workload; ` +
        `it takes ${takes.map(dashed).join(", ")}`,
    );
  return Object.fromEntries(
    some.map((option) => [
      option,
      IN_BYTES.has(option) ? parseBytes(`generate ${a.workload}`, option, String(a[option])) : a[option],
    ]),
  );
}

export const generateCommand: CommandModule<object, Arguments> = {
  builder: (y) =>
    y
      .positional("workload", {
        choices: [...VERBS_WORKLOADS, ...MEMORY_WORKLOADS],
        demandOption: true,
        describe: "verbs of both sides, as ibv_rc_pingpong or perftest run it; or memory accesses",
      })
      .option("output", { alias: "o", type: "string", demandOption: true, describe: "trace to write" })
      .option("size", { alias: "s", type: "string", describe: "bytes of a message, such as 4096 or 64KiB" })
      .option("iters", { alias: "n", type: "number", describe: "messages of each QP" })
      .option("tx-depth", { alias: "t", type: "number", describe: "sends outstanding" })
      .option("rx-depth", { alias: "r", type: "number", describe: "receives posted" })
      .option("post-list", { alias: "l", type: "number", describe: "work requests a post" })
      .option("cq-mod", { alias: "Q", type: "number", describe: "one completion every so many sends" })
      .option("inline", { alias: "I", type: "number", describe: "send messages up to this size inline" })
      .option("qps", { alias: "q", type: "number", describe: "queue pairs" })
      .option("events", { alias: "e", type: "boolean", describe: "sleep on completion events" })
      .option("mtu", { alias: "m", type: "number", describe: "path MTU" })
      .option("bidirectional", { alias: "b", type: "boolean", describe: "both sides send" })
      .option("transport", { alias: "c", choices: ["RC", "UC", "UD"] as const, describe: "transport" })
      .option("contiguity", {
        choices: ["fragmented", "contiguous"] as const,
        describe: "physical pages of the buffers",
      })
      .option("seed", { type: "number", describe: "seed of what is random" })
      .option("footprint", { type: "string", describe: "memory: bytes of the data, such as 64MiB or 8GiB" })
      .option("accesses", { type: "number", describe: "memory: rows" })
      .option("stride", { type: "string", describe: "memory: bytes from one load to the next" })
      .option("theta", { type: "number", describe: "memory: exponent of the Zipf distribution" })
      .option("elem", { type: "number", describe: "memory: bytes of an access" })
      .option("chunks", { type: "number", describe: "memory: places that are read" })
      .option("offset", {
        type: "number",
        describe: "memory: bytes by which each place lies further into its chunk",
      })
      .option("indices", {
        type: "number",
        describe: "memory: entries of the array that holds the order of the places",
      })
      .example("$0 generate rc-pingpong --size 65536 -o pp.arrow", "ibv_rc_pingpong with 64 KiB")
      .example("$0 generate send-bw -s 65536 -t 128 -n 5000 -o bw.arrow", "ib_send_bw")
      .example(
        "$0 generate gups --footprint 8GiB --accesses 1e7 -o gups.arrow",
        "HPCC RandomAccess on 8 GiB",
      ),
  handler: async (a) => {
    const { workload, output } = a;
    checkFiles("generate", [], [output]);
    if (isMemory(workload)) {
      const source = generateMemoryInTurns(
        workload,
        given(a, memoryOptionsOf(workload)) as Partial<MemoryOptions>,
        turn,
      );
      const { rows } = await interruptible(() => writeMemory(output, source));
      say(`${output}: ${rows} rows\n`);
      return;
    }
    const { builder, metadata } = generate(workload, given(a, VERBS_OPTIONS) as Partial<VerbsOptions>);
    await interruptible(() => writeVerbs(output, builder, metadata));
    say(`${output}: ${builder.rows} rows\n`);
  },
};
