import type { VerbsFormat } from "../shared/format.js";
import { firstLine } from "../shared/likeness.js";
import { readEvents } from "./event.js";
import { type Recording, sideOf } from "./process.js";
import { type Imported, importRun, type Recorder } from "./run.js";

function open(path: string): Recording {
  const { events, ended, dropped } = readEvents(path);
  const start = events.find((e) => e.ev === "start");
  const notes: string[] = [];
  if (!ended)
    notes.push(
      `${sideOf(path)}: there is no end event, so the process was killed or left without ` +
        `clean-up${dropped ? "; its last line was incomplete and was dropped" : ""}`,
    );
  return {
    path,
    process: {
      argv: start?.value("argv"),
      exe: start?.value("exe"),
      pid: start?.value("pid"),
      kernel: start && [start.value("kernel"), start.value("kver")].join(" "),
      boot_ns: start?.has("t_realtime") ? String(start.big("t_realtime") - start.big("t")) : undefined,
    },
    events,
    notes,
  };
}

const RECORDER: Recorder = {
  name: "verbs-jsonl",
  files: ".jsonl or .jsonl.gz",
  open,
  never: ["get_device_list, query calls and the size of ack_cq_events are not recorded"],
  devices: "assumed",
};

/** Imports a recorder's JSON lines: the files of one run. */
export const importVerbsJsonl = (files: readonly string[], batchRows?: number): Imported =>
  importRun(RECORDER, files, batchRows);

export const verbsJsonl: VerbsFormat = {
  kind: "verbs",
  name: RECORDER.name,
  says: "a recorder's JSON lines of verbs; the files of one run, each process becomes a node",
  example: ["run.server.jsonl.gz run.client.jsonl.gz -o run.arrow", "both sides of one run"],
  sniff: (head) => (/^\s*\{[^\n]*"ev"\s*:/.test(firstLine(head)) ? 0.95 : 0),
  read: (files) => importVerbsJsonl(files),
};
