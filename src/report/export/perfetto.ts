import { LAYERS } from "../../abi/layers.js";
import { OPCODES, VERBS } from "../../abi/verbs.js";
import { integer } from "../../numbers.js";
import type { LogRecord } from "../../replay/log/log.js";
import { resourceOf, type Timeline } from "../../replay/timeline.js";
import { safe } from "../safe-text.js";
import { PARTS, type Slice, Track, us } from "./slices.js";

// Chrome's trace event format, which Perfetto opens: a process a node, a thread for each
// of its threads and resources. Times are microseconds there, written exactly: six decimals
// are picoseconds, and a seventh keeps what touches apart. Perfetto counts whole nanoseconds,
// rounded down, so that what touches still touches and what nests still nests.

const RESOURCE_TIDS = 1_000_000; // above any thread index
const text = JSON.stringify;
const usOf = (ps: bigint): string => us(ps * PARTS);

/** A call, from its first step to its end, around its steps; and the completions that it returned. */
interface Call {
  record: LogRecord;
  start: bigint;
  /** When its slice begins, in parts of a picosecond. */
  begins: bigint;
  steps: LogRecord[];
  polled: LogRecord[];
}

/** The timeline as Chrome JSON, with an arrow from each post to the poll that returned its completion. */
export function perfettoOf(timeline: Timeline, title: string): string {
  const events: string[] = [],
    { threads, nodes } = timeline;
  const name = (
    what: "process_name" | "thread_name" | "thread_sort_index",
    pid: number,
    tid: number,
    args: object,
  ): void => void events.push(`{"ph":"M","pid":${pid},"tid":${tid},"name":"${what}","args":${text(args)}}`);
  const nodeName = (i: number): string => safe(nodes[i] ?? "simulated peer");
  const pids = new Set<number>(),
    tracks = new Map<string, Track>();
  const process = (node: number): number => {
    if (!pids.has(node)) name("process_name", node + 1, 0, { name: `node ${node}: ${nodeName(node)}` });
    pids.add(node);
    return node + 1;
  };
  const onThreads = threads.map((t, i) => {
    const track = new Track(process(t.node), i + 1);
    name("thread_name", track.pid, track.tid, { name: `thread ${t.tid}` });
    return track;
  });
  const resource = (record: LogRecord): Track => {
    const { node, name: label } = resourceOf(record),
      pid = process(node),
      key = `${record.kind} ${record.track}`;
    let track = tracks.get(key);
    if (track === undefined) {
      tracks.set(key, (track = new Track(pid, RESOURCE_TIDS + tracks.size)));
      name("thread_name", pid, track.tid, { name: label });
      name("thread_sort_index", pid, track.tid, { sort_index: track.tid });
    }
    return track;
  };
  const calls = callsOf(timeline.records);
  for (const call of calls) {
    const { record: r, start, steps } = call,
      track = onThreads[r.track]!;
    call.begins = track.begin({ ...sliceOf(r, "call", VERBS[r.what]!), start });
    for (const s of steps) track.begin({ ...sliceOf(s, "step", LAYERS[s.what]!), depth: 1 });
  }
  for (const r of timeline.records) {
    if (r.kind === "STAGE") resource(r).begin(sliceOf(r, "stage", LAYERS[r.what]!));
    else if (r.kind === "HOLD") resource(r).begin(sliceOf(r, "hold", `thread ${threads[r.what]!.tid}`));
    else if (r.kind === "OPERATION") events.push(asyncText(r, process(r.track)));
  }
  for (const track of [...onThreads, ...tracks.values()]) {
    track.end();
    for (const line of track.lines) events.push(line);
  }
  for (const arrow of arrows(timeline, calls)) events.push(arrow);
  const cut = timeline.cut
    ? `the first ${timeline.cut.records} records, up to ${brief(timeline.cut.at_ps)} µs of ` +
      `${brief(timeline.makespan_ps)} µs: the rest is cut off (--records)`
    : "complete";
  return (
    `{"displayTimeUnit":"ns","otherData":${text({ title: safe(title), path: safe(timeline.path), coverage: cut, makespan_ps: integer(timeline.makespan_ps) })}` +
    `,"traceEvents":[\n${events.join(",\n")}\n]}\n`
  );
}
/** Microseconds with three decimals, rounded down. */
const brief = (ps: bigint): string => usOf(ps).slice(0, -4);
const sliceOf = (r: LogRecord, category: string, name: string): Slice => ({
  name,
  category,
  start: r.start_ps,
  end: r.end_ps,
  depth: 0,
  operation: r.operation,
});

/**
 * Calls with their steps and completions: those of a thread are logged before the call
 * that they belong to. A call that the cut left without its end is left out.
 */
function callsOf(records: readonly LogRecord[]): Call[] {
  const open = new Map<number, Pick<Call, "steps" | "polled">>(),
    calls: Call[] = [];
  for (const record of records) {
    if (record.kind !== "STEP" && record.kind !== "POLLED" && record.kind !== "CALL") continue;
    const parts = open.get(record.track) ?? { steps: [], polled: [] };
    if (record.kind === "CALL") {
      open.delete(record.track);
      // A call that waits for an event counts from where it woke up; its slice begins with its first step.
      const start = parts.steps.reduce(
        (least, s) => (s.start_ps < least ? s.start_ps : least),
        record.start_ps,
      );
      calls.push({ record, start, begins: start * PARTS, ...parts });
    } else {
      (record.kind === "STEP" ? parts.steps : parts.polled).push(record);
      open.set(record.track, parts);
    }
  }
  return calls;
}

/** An operation: an asynchronous slice of its node, which may overlap others. */
function asyncText(r: LogRecord, pid: number): string {
  const id = String(r.operation),
    label = text(OPCODES[r.what]!),
    args = text({
      operation: integer(r.operation!),
      qp: r.qp,
      bytes: r.bytes,
      start_ps: integer(r.start_ps),
      latency_ps: integer(r.end_ps - r.start_ps),
    });
  return (
    `{"ph":"b","pid":${pid},"tid":0,"id":"${id}","ts":${usOf(r.start_ps)},"name":${label}` +
    `,"cat":"operation","args":${args}},\n{"ph":"e","pid":${pid},"tid":0,"id":"${id}` +
    `","ts":${usOf(r.end_ps)},"name":${label},"cat":"operation"}`
  );
}

/** From the post that began an operation to the call that polled its completion, at either side. */
function arrows({ threads }: Timeline, calls: readonly Call[]): string[] {
  const posts = calls
    .filter((c) => c.record.operation !== undefined)
    .sort((a, b) => (a.record.operation! < b.record.operation! ? -1 : 1));
  /** The last post whose first operation is not after this one. */
  const postOf = (operation: bigint): Call | undefined => {
    let low = 0,
      high = posts.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (posts[middle]!.record.operation! <= operation) low = middle + 1;
      else high = middle;
    }
    return posts[low - 1];
  };
  const out: string[] = [];
  for (const call of calls) {
    for (const r of call.polled) {
      const post = r.operation === undefined ? undefined : postOf(r.operation);
      // An operation begins when its call does: a simulated peer's
      // message has no post here, and a cut may have taken it.
      if (!post || post.record.start_ps !== r.start_ps) continue;
      // Perfetto reads the id of an arrow as a hexadecimal number, and drops an arrow whose id is none.
      const id = `0x${(r.operation! * 2n + BigInt(r.what & 1)).toString(16)}`,
        from = threads[post.record.track]!.node + 1,
        to = threads[r.track]!.node + 1;
      out.push(
        `{"ph":"s","pid":${from},"tid":${post.record.track + 1},"id":"${id}` +
          `","ts":${us(post.begins)},"name":"completion","cat":"flow"}`,
      );
      out.push(
        `{"ph":"f","bp":"e","pid":${to},"tid":${r.track + 1},"id":"${id}` +
          `","ts":${us(lastInside(call))},"name":"completion","cat":"flow"}`,
      );
    }
  }
  return out;
}
/**
 * The last nanosecond that is inside a call: an arrow that ends
 * where the call ends would point into the next one.
 */
function lastInside({ begins, record: { end_ps } }: Call): bigint {
  const before = (end_ps - 1000n) * PARTS;
  return before > begins ? before : begins;
}
