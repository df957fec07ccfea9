import { LAYERS } from "../../abi/layers.js";
import { OPCODES, VERBS } from "../../abi/verbs.js";
import { type Integer, integer } from "../../numbers.js";
import type { LogRecord } from "../../replay/log/log.js";
import { resourceOf, type Timeline } from "../../replay/timeline.js";
import { safe } from "../safe-text.js";

// Chrome's trace event format, which Perfetto opens: a process a node, a thread for each
// of its threads and resources. Times are microseconds there, written with
// three decimals: whole nanoseconds, rounded down at both ends, so that what touches still
// touches and what nests still nests. The arguments have the picoseconds.

const RESOURCE_TIDS = 1_000_000; // above any thread index
/** Nanoseconds as the format's microseconds, exactly. */
const us = (ps: bigint): string => {
  const ns = ps / 1000n;
  return `${ns / 1000n}.${String(ns % 1000n).padStart(3, "0")}`;
};
const text = JSON.stringify;

interface Slice {
  pid: number;
  tid: number;
  name: string;
  category: string;
  start: bigint;
  end: bigint;
  args: Record<string, unknown>;
}
const sliceText = (s: Slice): string =>
  `{"ph":"X","pid":${s.pid},"tid":${s.tid},"ts":${us(s.start)}` +
  `,"dur":${us((s.end / 1000n - s.start / 1000n) * 1000n)},"name":${text(s.name)}` +
  `,"cat":${text(s.category)}` +
  `,"args":${text({ ...s.args, start_ps: integer(s.start), duration_ps: integer(s.end - s.start) })}}`;

/** A call, from its first step to its end, around its steps; and the completions that it returned. */
interface Call {
  record: LogRecord;
  start: bigint;
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
    tracks = new Map<string, number>();
  const process = (node: number): number => {
    if (!pids.has(node)) name("process_name", node + 1, 0, { name: `node ${node}: ${nodeName(node)}` });
    pids.add(node);
    return node + 1;
  };
  threads.forEach((t, i) => name("thread_name", process(t.node), i + 1, { name: `thread ${t.tid}` }));
  const resource = (record: LogRecord): { pid: number; tid: number } => {
    const { node, name: label } = resourceOf(record),
      pid = process(node),
      key = `${record.kind} ${record.track}`;
    let tid = tracks.get(key);
    if (tid === undefined) {
      tracks.set(key, (tid = RESOURCE_TIDS + tracks.size));
      name("thread_name", pid, tid, { name: label });
      name("thread_sort_index", pid, tid, { sort_index: tid });
    }
    return { pid, tid };
  };
  const calls = callsOf(timeline.records);
  for (const { record: r, start, steps } of calls) {
    const pid = process(threads[r.track]!.node),
      tid = r.track + 1;
    events.push(
      sliceText({
        pid,
        tid,
        name: VERBS[r.what]!,
        category: "call",
        start,
        end: r.end_ps,
        args: operationOf(r),
      }),
    );
    for (const s of steps)
      events.push(
        sliceText({
          pid,
          tid,
          name: LAYERS[s.what]!,
          category: "step",
          start: s.start_ps,
          end: s.end_ps,
          args: {},
        }),
      );
  }
  for (const r of timeline.records) {
    if (r.kind === "STAGE")
      events.push(
        sliceText({
          ...resource(r),
          name: LAYERS[r.what]!,
          category: "stage",
          start: r.start_ps,
          end: r.end_ps,
          args: operationOf(r),
        }),
      );
    else if (r.kind === "HOLD")
      events.push(
        sliceText({
          ...resource(r),
          name: `thread ${threads[r.what]!.tid}`,
          category: "hold",
          start: r.start_ps,
          end: r.end_ps,
          args: {},
        }),
      );
    else if (r.kind === "OPERATION") events.push(asyncText(r, process(r.track)));
  }
  for (const arrow of arrows(timeline, calls)) events.push(arrow);
  const cut = timeline.cut
    ? `the first ${timeline.cut.records} records, up to ${us(timeline.cut.at_ps)} µs of ` +
      `${us(timeline.makespan_ps)} µs: the rest is cut off (--records)`
    : "complete";
  return (
    `{"displayTimeUnit":"ns","otherData":${text({ title: safe(title), path: safe(timeline.path), coverage: cut, makespan_ps: integer(timeline.makespan_ps) })}` +
    `,"traceEvents":[\n${events.join(",\n")}\n]}\n`
  );
}
const operationOf = (r: LogRecord): { operation?: Integer } =>
  r.operation === undefined ? {} : { operation: integer(r.operation) };

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
      calls.push({ record, start, ...parts });
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
      ...operationOf(r),
      qp: r.qp,
      bytes: r.bytes,
      start_ps: integer(r.start_ps),
      latency_ps: integer(r.end_ps - r.start_ps),
    });
  return (
    `{"ph":"b","pid":${pid},"tid":0,"id":"${id}","ts":${us(r.start_ps)},"name":${label}` +
    `,"cat":"operation","args":${args}},\n{"ph":"e","pid":${pid},"tid":0,"id":"${id}` +
    `","ts":${us(r.end_ps)},"name":${label},"cat":"operation"}`
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
      const id = `${r.operation}.${r.what & 1}`,
        from = threads[post.record.track]!.node + 1,
        to = threads[r.track]!.node + 1;
      out.push(
        `{"ph":"s","pid":${from},"tid":${post.record.track + 1},"id":"${id}` +
          `","ts":${us(post.start)},"name":"completion","cat":"flow"}`,
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
function lastInside({ start, record: { end_ps } }: Call): bigint {
  return end_ps / 1000n > start / 1000n ? end_ps - 1000n : start;
}
