import type { CommandModule } from "yargs";
import { generate, VERBS_WORKLOADS, type VerbsOptions, type VerbsWorkload } from "../generate/generate.js";
import { writeVerbs } from "../trace/write.js";

type Arguments = { workload: VerbsWorkload; output: string } & Partial<VerbsOptions>;

export const generateCommand: CommandModule<object, Arguments> = {
  command: "generate <workload>",
  describe: "write the trace of a standard workload, both sides",
  builder: (y) =>
    y.positional("workload", { choices: VERBS_WORKLOADS, demandOption: true, describe: "as ibv_rc_pingpong or perftest run it" })
      .option("output", { alias: "o", type: "string", demandOption: true, describe: "trace to write" })
      .option("size", { alias: "s", type: "number", describe: "bytes of a message" })
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
      .option("contiguity", { choices: ["fragmented", "contiguous"] as const, describe: "physical pages of the buffers" })
      .option("seed", { type: "number", describe: "seed of the page frames" })
      .example("$0 generate rc-pingpong --size 65536 -o pp.arrow", "ibv_rc_pingpong with 64 KiB")
      .example("$0 generate send-bw -s 65536 -t 128 -n 5000 -o bw.arrow", "ib_send_bw"),
  handler: (a) => {
    const pick = <K extends keyof VerbsOptions>(k: K): Partial<VerbsOptions> => (a[k] === undefined ? {} : ({ [k]: a[k] } as Partial<VerbsOptions>));
    const keys: (keyof VerbsOptions)[] = ["size", "iters", "txDepth", "rxDepth", "postList", "cqMod", "inline", "qps", "events", "mtu", "bidirectional", "transport", "contiguity", "seed"];
    const { builder, metadata } = generate(a.workload, Object.assign({}, ...keys.map(pick)) as Partial<VerbsOptions>);
    writeVerbs(a.output, builder, metadata);
    process.stderr.write(`${a.output}: ${builder.rows} rows\n`);
  },
};
