import { Event } from "../verbs/event.js";
import type { CaptureFile } from "./capture-file.js";
import { controlled, mappingOf, pagesOf } from "./control-events.js";
import { common, emptyPolls, polled, posted, type Raw } from "./data-events.js";
import { COST_CALLS, HEAD_FLAGS } from "./layout.js";
import { type Call, callsOfAll, type Lost } from "./thread-calls.js";

const HUGE_KB = 2048;
/** Measured calls below which a median is chance. */
const ENOUGH = 30;

/** Events of a recording in the order of its calls; what it lacks is noted once they are exhausted. */
export function* eventsOf(path: string, file: CaptureFile, note: (text: string) => void): Generator<Event> {
  const { source, threads, head } = file;
  const lost: Lost = { blocks: 0, records: 0 };
  let calls = 0,
    regions = 0,
    hidden = 0,
    huge = 0;
  try {
    for (const call of callsOfAll(source, threads, lost)) {
      calls++;
      for (const raw of rawsOf(call, calls, file)) {
        if (raw.ev === "reg_mr") regions++;
        if (raw.ev === "mr_pages") hidden += Number(raw.hidden) > 0 ? 1 : 0;
        yield new Event(path, `call ${calls}`, raw);
      }
      for (const r of call.records) if (r.kind === "mr_vma" && mappingOf(r).page_kb >= HUGE_KB) huge++;
    }
  } finally {
    source.close();
  }
  const dropped = threads.reduce((sum, t) => sum + t.dropped, 0),
    waited = threads.reduce((sum, t) => sum + t.waited, 0);
  if (dropped > 0) yield new Event(path, `call ${calls}`, { ev: "recorder_dropped", records: dropped });
  if (!file.ended)
    note(
      "there is no footer, so the process was killed, replaced itself by exec or still runs: " +
        `its last calls may be missing${file.cut ? "; the last block was cut off and was dropped" : ""}`,
    );
  if (head.flags & HEAD_FLAGS.forked)
    note(`it was forked by process ${head.parent}, whose recording has what was made before`);
  if (lost.blocks > 0)
    note(
      `${lost.blocks} blocks with ${lost.records} records are damaged and were left out: the trace is incomplete`,
    );
  if (waited > 0)
    note(`${waited} calls waited for the recorder, which was behind: the times around them are too long`);
  if (regions > 0 && head.flags & HEAD_FLAGS.pagesOff) note("pages of regions were not to be recorded");
  if (hidden > 0)
    note(
      `the frames of ${hidden} registered regions were not visible to the recorder, ` +
        "for which Linux asks CAP_SYS_ADMIN",
    );
  if (huge > 0) note(`${huge} registered regions lie in pages of 2 MiB or more`);
  const costs = file.costs
    .filter((c) => c.measured >= ENOUGH)
    .map((c) => `${c.p50_ns} ns to ${COST_CALLS[c.call] ?? "a call"}`);
  if (costs.length > 0) note(`the recorder added, as a median, ${costs.join(", ")}`);
}

/** What one call becomes: a work request is an event, and so is a poll with all that it found. */
function* rawsOf({ tid, records }: Call, seq: number, { ticks }: CaptureFile): Generator<Raw> {
  const [first] = records;
  if (!first) return;
  const raw = common(first, tid, seq, ticks);
  if (first.kind === "completion") return yield polled(records, raw);
  for (const r of records) {
    if (r.kind.startsWith("post_")) yield posted(r, r === first ? raw : common(r, tid, seq, ticks));
    else if (r.kind === "poll_cq_empty") yield emptyPolls(r, raw, ticks);
    else if (r.kind === "failed_poll")
      yield { ...raw, ev: "poll_cq", cq: r.bytes.readUInt32LE(r.at + 4), rc: -1, wc: [] };
    else if (r.kind !== "mr_pages" && r.kind !== "mr_vma") yield controlled(r, raw);
  }
  const pages = records.filter((r) => r.kind === "mr_pages");
  if (pages.length > 0) yield pagesOf(pages, raw);
}
