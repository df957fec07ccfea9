import type { CommandModule } from "yargs";
import { UserError } from "../../errors.js";
import { SET_KINDS, SET_SCHEMA, type TraceSet } from "../../replay/set/document.js";
import { joinNotes } from "../../replay/set/join.js";
import { loadTestbed } from "../../testbed/load.js";
import { writeWhole } from "../../trace/container/write-whole.js";
import { type AnyTrace, openAnyTrace } from "../../trace/read.js";
import { checkFiles } from "../support/files.js";
import { memberOf } from "../support/sets.js";
import { say } from "../support/terminal.js";

const KIND_NAMES: Readonly<Record<AnyTrace["kind"], string>> = {
  verbs: "verbs traces",
  memory: "memory traces",
  mapping: "mapping traces",
  exits: "tables of exits",
};
function refuseTwo(open: readonly AnyTrace[]): void {
  open.forEach((trace, i) => {
    const other = open.slice(0, i).find((t) => t.kind === trace.kind);
    if (other !== undefined)
      throw new UserError(
        `join: ${other.path} and ${trace.path} are both ${KIND_NAMES[trace.kind]}, but a set has one of each kind` +
          (trace.kind === "verbs" ? ": make one of them with verbscope merge" : ": leave one out"),
      );
  });
}
const ofKind = <K extends AnyTrace["kind"]>(
  open: readonly AnyTrace[],
  kind: K,
): Extract<AnyTrace, { kind: K }> | undefined =>
  open.find((t): t is Extract<AnyTrace, { kind: K }> => t.kind === kind);

export const joinCommand: CommandModule<object, { traces: string[]; output: string }> = {
  builder: (y) =>
    y
      .positional("traces", {
        type: "string",
        array: true,
        demandOption: true,
        describe: "a verbs trace, a memory trace, a page map and a table of exits of one run, or two of them",
      })
      .option("output", { alias: "o", type: "string", demandOption: true, describe: "set to write (JSON)" })
      .example(
        "$0 join run.arrow exits.arrow -o run.json",
        "replay then prints recorded exits beside emulated ones",
      )
      .example("$0 join run.arrow accesses.arrow pages.arrow -o run.json", "then: verbscope replay run.json"),
  handler: ({ traces, output }) => {
    checkFiles("join", traces, [output]);
    const open: AnyTrace[] = [];
    try {
      for (const file of traces) open.push(openAnyTrace(file));
      refuseTwo(open);
      const notes = joinNotes(
        {
          verbs: ofKind(open, "verbs"),
          memory: ofKind(open, "memory"),
          mapping: ofKind(open, "mapping"),
          exits: ofKind(open, "exits"),
        },
        loadTestbed("thesis-2014", []),
      );
      const set: TraceSet = {
        schema: SET_SCHEMA,
        notes,
        ...Object.fromEntries(
          SET_KINDS.flatMap((kind) => {
            const trace = ofKind(open, kind);
            return trace === undefined ? [] : [[kind, memberOf(trace, output)]];
          }),
        ),
      };
      writeWhole(output, (sink) => sink(Buffer.from(`${JSON.stringify(set, null, 2)}\n`)));
      say(`${output}: ${open.map((t) => `${t.kind} of ${t.path}`).join(", ")}\n`);
      for (const note of notes) say(`  · ${note}\n`);
    } finally {
      for (const trace of open) trace.close();
    }
  },
};
