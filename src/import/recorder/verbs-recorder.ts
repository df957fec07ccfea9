import { type ByteSource, bytesSource, fileSource } from "../../trace/container/source.js";
import type { VerbsFormat } from "../shared/format.js";
import { gunzipped } from "../verbs/event.js";
import { type Recording, sideOf } from "../verbs/process.js";
import { type Imported, importRun, type Recorder } from "../verbs/run.js";
import { openCapture } from "./capture-file.js";
import { eventsOf } from "./events.js";
import { MAGIC } from "./layout.js";

const MOST_PACKED_BYTES = 2 ** 30;

/** The file's bytes; of a packed one they are kept in memory, as they are not read in order. */
function sourceOf(path: string): ByteSource {
  const source = fileSource(path);
  const magic = Buffer.alloc(2);
  if (source.size >= 2) source.read(0, magic);
  if (magic[0] !== 0x1f || magic[1] !== 0x8b || source.size > MOST_PACKED_BYTES) return source;
  const packed = Buffer.alloc(source.size);
  source.read(0, packed);
  source.close();
  return bytesSource(path, gunzipped(path, packed));
}

function open(path: string): Recording {
  const file = openCapture(sourceOf(path)),
    { head } = file;
  const notes: string[] = [];
  return {
    path,
    process: {
      argv: head.argv,
      exe: head.exe,
      pid: head.pid,
      host: head.host,
      kernel: head.kernel,
      boot_ns: String(head.realtime_ns - head.monotonic_ns),
    },
    events: eventsOf(path, file, (note) => notes.push(`${sideOf(path)}: ${note}`)),
    notes,
  };
}

const RECORDER: Recorder = {
  name: "verbs-recorder",
  files: ".vcap",
  open,
  never: ["the size of ack_cq_events and the operands of atomics are not imported"],
  devices: "recorded",
};

/** Imports files of `verbscope capture`: those of one run. */
export const importVerbsRecorder = (files: readonly string[], batchRows?: number): Imported =>
  importRun(RECORDER, files, batchRows);

export const verbsRecorder: VerbsFormat = {
  kind: "verbs",
  name: RECORDER.name,
  says: "files of verbscope capture; those of one run, each process becomes a node",
  example: ["run.rank0.71.vcap run.rank1.72.vcap -o run.arrow", "both processes of one run"],
  sniff: (head) => (Buffer.from(head.subarray(0, MAGIC.length)).toString("latin1") === MAGIC ? 1 : 0),
  read: (files) => importVerbsRecorder(files),
};
