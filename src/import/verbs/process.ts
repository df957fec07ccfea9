import { basename } from "node:path";
import { UserError } from "../../errors.js";
import type { TraceNode } from "../../trace/table/metadata.js";
import type { VerbsRow } from "../../trace/table/rows.js";
import { Ahead } from "./ahead.js";
import { controlVerb, statusOf } from "./control.js";
import { emptyPollRow, pollRows, postRow, rowOf } from "./data-path.js";
import type { Event } from "./event.js";
import { OutstandingSends } from "./outstanding.js";

/** What a recorder wrote of one process, whatever its format. */
export interface Recording {
  path: string;
  /** What the process was; of older recordings unknown. */
  process: Omit<TraceNode, "name" | "devices">;
  events: Iterable<Event>;
  /** What the recording itself lacks; complete once `events` is exhausted. */
  notes: string[];
}
/** One recorded process: a node of the trace. */
export interface RecordedProcess {
  /** Its devices are complete once `rows` is exhausted, as are the notes. */
  node: TraceNode & { devices: string[] };
  rows: Iterable<VerbsRow>;
  /** What this recording lacks. */
  notes: string[];
}

/** How far behind its reg_mr an mr_pages event may be: other threads record in between. */
const LOOKAHEAD = 1024;

export function processOf({ path, process, events, notes }: Recording, number: number): RecordedProcess {
  const name = sideOf(path),
    devices: string[] = [];
  return {
    node: { name, devices, ...process },
    rows: rowsOf(path, new Ahead(events), number, name, devices, notes),
    notes,
  };
}

/** Devices of the kernel's software transports, and those of the recorder's own tests. */
export const isEmulated = (device: string): boolean => /^(rxe|siw|stub)/.test(device);

/** `server`, `client`, `rank0` of RUN.SIDE.PID.jsonl.gz; otherwise the file's name. */
export function sideOf(path: string): string {
  return /\.(server|client|rank\d+)\./.exec(basename(path))?.[1] ?? basename(path);
}

function* rowsOf(
  path: string,
  events: Ahead<Event>,
  node: number,
  name: string,
  devices: string[],
  notes: string[],
): Generator<VerbsRow> {
  const sends = new OutstandingSends();
  const channels = new Map<number, number>();
  const cqs = new Map<string, number>();
  let absent = 0,
    reordered = 0;
  const threadEnds = new Map<number, bigint>();
  for (let e = events.next(); e; e = events.next()) {
    const device = e.ev === "open_device" ? e.text("dev", "?") : undefined;
    if (device !== undefined && !devices.includes(device)) devices.push(device);
    for (const row of rowsOfEvent(path, e, node)) {
      if (row.verb === "reg_mr" && row.status === 0) absent += addRuns(row, events);
      if (e.ev === "create_comp_channel") channels.set(e.int("fd"), row.ctx);
      if (row.verb === "create_cq" && e.has("channel")) cqs.set(`${e.int("channel")}/${row.cq}`, row.ctx);
      if (row.verb === "get_cq_event")
        row.ctx = cqs.get(`${e.int("fd")}/${row.cq}`) ?? channels.get(e.int("fd")) ?? 0;
      sends.see(row);
      if (row.t < (threadEnds.get(row.tid) ?? 0n)) reordered++;
      threadEnds.set(row.tid, row.t);
      yield row;
    }
    if (e.ev === "recorder_dropped")
      notes.push(
        `${name}: the recorder ran full and dropped ${e.int("records")} records: the trace is incomplete`,
      );
  }
  if (absent > 0)
    notes.push(
      `${name}: ${absent} registered pages were not present when the recorder looked and have no frame`,
    );
  if (reordered > 0)
    notes.push(
      `${name}: ${reordered} calls enclose calls that librdmacm made and are ` +
        "recorded after them; their durations include them",
    );
  if (sends.inferred > 0)
    notes.push(
      `${name}: the opcodes of ${sends.inferred} failed completions are inferred from the send queue`,
    );
}

function rowsOfEvent(path: string, e: Event, node: number): VerbsRow[] {
  switch (e.ev) {
    case "start":
    case "end":
    case "mr_pages":
    case "recorder_dropped":
      return [];
    case "post_send":
    case "post_recv":
    case "post_srq_recv":
      return [postRow(e.ev, e, node)];
    case "poll_cq":
    case "poll_cq_ex":
      return pollRows(e, node);
    case "poll_cq_empty":
      return [emptyPollRow(e, node)];
  }
  const control = controlVerb(e.ev);
  if (!control)
    throw new UserError(
      `${path}: ${e.place}: event ${JSON.stringify(e.ev)} is not known: ` +
        "remove it or use a version of verbscope that knows it",
    );
  const row = rowOf(control.verb, e, node);
  row.status = statusOf(e);
  control.fill(row, e);
  return [row];
}

/** Takes the page runs from the mr_pages event that follows a reg_mr; returns the pages that had no frame. */
function addRuns(row: VerbsRow, events: Ahead<Event>): number {
  const pages = events.find(
    LOOKAHEAD - 1,
    (e) => e.ev === "mr_pages" && e.int("ctx") === row.ctx && e.uint("lkey") === row.lkey,
  );
  if (!pages) return 0;
  row.runs = pages.triples("runs").map(([page, frame, count]) => ({ page, frame, count }));
  return pages.int("absent", 0);
}
