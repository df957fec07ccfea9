import { basename } from "node:path";
import { UserError } from "../../errors.js";
import type { TraceNode } from "../../trace/table/metadata.js";
import type { VerbsRow } from "../../trace/table/rows.js";
import { controlVerb, statusOf } from "./control.js";
import { emptyPollRow, pollRows, postRow, rowOf } from "./data-path.js";
import { type Event, readEvents } from "./event.js";
import { OutstandingSends } from "./outstanding.js";

/** One recorded process: a node of the trace. */
export interface RecordedProcess {
  node: TraceNode;
  rows: Iterable<VerbsRow>;
  /** What this recording lacks; complete once `rows` is exhausted. */
  notes: string[];
  emulated: boolean;
}

/** How far behind its reg_mr an mr_pages event may be: other threads record in between. */
const LOOKAHEAD = 1024;

export function readProcess(path: string, number: number): RecordedProcess {
  const { events, ended, dropped } = readEvents(path);
  const start = events.find((e) => e.ev === "start");
  const devices = events.filter((e) => e.ev === "open_device").map((e) => e.text("dev", "?"));
  const name = sideOf(path);
  const notes: string[] = [];
  if (!ended)
    notes.push(
      `${name}: there is no end event, so the process was killed or left without ` +
        `clean-up${dropped ? "; its last line was incomplete and was dropped" : ""}`,
    );
  return {
    node: {
      name,
      devices: [...new Set(devices)],
      argv: start?.value("argv"),
      exe: start?.value("exe"),
      pid: start?.value("pid"),
      kernel: start && [start.value("kernel"), start.value("kver")].join(" "),
      boot_ns: start?.has("t_realtime") ? String(start.big("t_realtime") - start.big("t")) : undefined,
    },
    rows: rowsOf(path, events, number, name, notes),
    notes,
    emulated: devices.some((d) => /^(rxe|siw)/.test(d)),
  };
}

/** `server`, `client`, `rank0` of RUN.SIDE.PID.jsonl.gz; otherwise the file's name. */
export function sideOf(path: string): string {
  return /\.(server|client|rank\d+)\./.exec(basename(path))?.[1] ?? basename(path);
}

function* rowsOf(
  path: string,
  events: readonly Event[],
  node: number,
  name: string,
  notes: string[],
): Generator<VerbsRow> {
  const sends = new OutstandingSends();
  const channels = new Map<number, number>();
  const cqs = new Map<string, number>();
  let absent = 0,
    reordered = 0;
  const threadEnds = new Map<number, bigint>();
  for (const [i, e] of events.entries()) {
    for (const row of rowsOfEvent(path, e, node)) {
      if (row.verb === "reg_mr" && row.status === 0) absent += addRuns(row, events, i);
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
      `${path}: line ${e.line}: event ${JSON.stringify(e.ev)} is not known: ` +
        "remove the line or use a version of verbscope that knows it",
    );
  const row = rowOf(control.verb, e, node);
  row.status = statusOf(e);
  control.fill(row, e);
  return [row];
}

/** Takes the page runs from the mr_pages event that follows a reg_mr; returns the pages that had no frame. */
function addRuns(row: VerbsRow, events: readonly Event[], i: number): number {
  for (const e of events.slice(i + 1, i + LOOKAHEAD)) {
    if (e.ev !== "mr_pages" || e.int("ctx") !== row.ctx || e.uint("lkey") !== row.lkey) continue;
    row.runs = e.triples("runs").map(([page, frame, count]) => ({ page, frame, count }));
    return e.int("absent", 0);
  }
  return 0;
}
