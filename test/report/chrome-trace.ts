import { expect } from "vitest";

/** One event of a Chrome trace, with its times as whole nanoseconds. */
export interface TraceEvent {
  ph: string;
  pid: number;
  tid: number;
  name: string;
  cat?: string;
  id?: string;
  bp?: string;
  start: number;
  end: number;
  args: Record<string, unknown>;
}
export interface ChromeTrace {
  other: Record<string, unknown>;
  events: TraceEvent[];
  slices: Map<string, TraceEvent[]>;
  names: Map<string, string>;
}

/** What Perfetto needs of each phase that verbscope writes. */
const FIELDS: Record<string, readonly string[]> = {
  M: ["name", "args"],
  X: ["ts", "dur", "name", "cat", "args"],
  b: ["ts", "id", "name", "cat", "args"],
  e: ["ts", "id", "name", "cat"],
  s: ["ts", "id", "name", "cat"],
  f: ["ts", "id", "name", "cat", "bp"],
};
const track = (e: TraceEvent): string => `${e.pid}/${e.tid}`;
const nanoseconds = (microseconds: unknown): number => Math.round(Number(microseconds) * 1000);

/** Collects what is wrong; one message of a kind is enough. */
class Faults {
  private readonly seen = new Map<string, string>();
  holds(is: boolean, rule: string, about: () => unknown): void {
    if (!is && !this.seen.has(rule))
      this.seen.set(
        rule,
        JSON.stringify(about(), (_, v: unknown) => (typeof v === "bigint" ? String(v) : v)),
      );
  }
  none(): void {
    expect(Object.fromEntries(this.seen)).toEqual({});
  }
}

/** Reads a timeline as Perfetto does, and holds it to the rules that Perfetto leaves to who writes one. */
export function chromeTrace(text: string): ChromeTrace {
  const faults = new Faults();
  const rough = /"(?:ts|dur)":(?!\d+\.\d{3}[,}]).{20}/.exec(text);
  faults.holds(rough === null, "times have three decimals", () => rough![0]);
  const document = JSON.parse(text) as {
    displayTimeUnit: string;
    otherData: Record<string, unknown>;
    traceEvents: Record<string, unknown>[];
  };
  expect(document.displayTimeUnit).toBe("ns");
  const events = document.traceEvents.map((e): TraceEvent => {
    const fields = FIELDS[e.ph as string];
    faults.holds(
      fields !== undefined &&
        fields.every((f) => e[f] !== undefined) &&
        Number.isInteger(e.pid) &&
        Number.isInteger(e.tid),
      `${String(e.ph)} has its fields`,
      () => e,
    );
    const start = nanoseconds(e.ts ?? 0);
    return {
      ...(e as unknown as TraceEvent),
      start,
      end: start + nanoseconds(e.dur ?? 0),
      args: (e.args ?? {}) as Record<string, unknown>,
    };
  });
  const slices = new Map<string, TraceEvent[]>(),
    names = new Map<string, string>();
  for (const e of events) {
    if (e.ph === "X") (slices.get(track(e)) ?? slices.set(track(e), []).get(track(e))!).push(e);
    if (e.ph !== "M" || e.name === "thread_sort_index") continue;
    const key = e.name === "process_name" ? String(e.pid) : track(e);
    faults.holds(!names.has(key), "a track has one name", () => e);
    names.set(key, String(e.args.name));
  }
  for (const e of events)
    if (e.ph !== "M")
      faults.holds(
        names.has(String(e.pid)) && (e.tid === 0 || names.has(track(e))),
        "every track has a name",
        () => e,
      );
  for (const list of slices.values()) nested(list, faults);
  paired(events, faults);
  flows(events, slices, faults);
  faults.none();
  return { other: document.otherData, events, slices, names };
}

/**
 * Slices of a track lie inside or beside each other. Of two that begin
 * together, Perfetto puts the one that is written first outside.
 */
function nested(list: readonly TraceEvent[], faults: Faults): void {
  const order = list.map((e, i) => ({ e, i })).sort((a, b) => a.e.start - b.e.start || a.i - b.i),
    open: TraceEvent[] = [];
  for (const { e } of order) {
    while (open.length > 0 && open.at(-1)!.end <= e.start) open.pop();
    faults.holds(open.length === 0 || e.end <= open.at(-1)!.end, "slices of a track nest", () => [
      open.at(-1),
      e,
    ]);
    open.push(e);
  }
}
function paired(events: readonly TraceEvent[], faults: Faults): void {
  const begun = new Map<string, TraceEvent>();
  for (const e of events) {
    const key = `${e.cat} ${e.id}`,
      from = begun.get(key);
    if (e.ph === "b") {
      faults.holds(from === undefined, "an id begins once", () => e);
      begun.set(key, e);
    } else if (e.ph === "e") {
      faults.holds(
        from !== undefined && from.start <= e.start && from.name === e.name && from.pid === e.pid,
        "an end has its beginning",
        () => [from, e],
      );
      begun.delete(key);
    }
  }
  faults.holds(begun.size === 0, "a beginning has its end", () => [...begun.values()][0]);
}

/**
 * An arrow joins the slices that are open where it begins and where it
 * ends: an end that touches the next slice would point there.
 */
function flows(
  events: readonly TraceEvent[],
  slices: ReadonlyMap<string, readonly TraceEvent[]>,
  faults: Faults,
): void {
  const calls = new Map(
    [...slices].map(([key, list]) => [
      key,
      list.filter((e) => e.cat === "call").sort((a, b) => a.start - b.start),
    ]),
  );
  const around = (e: TraceEvent): TraceEvent | undefined => {
    const list = calls.get(track(e)) ?? [];
    let low = 0,
      high = list.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (list[middle]!.start <= e.start) low = middle + 1;
      else high = middle;
    }
    const call = list[low - 1];
    return call && (e.start < call.end || e.start === call.start) ? call : undefined;
  };
  const begun = new Map<string, TraceEvent>(),
    ended = new Set<string>();
  for (const e of events) {
    if (e.ph !== "s" && e.ph !== "f") continue;
    const call = around(e);
    faults.holds(
      call?.name === (e.ph === "s" ? "post_send" : "poll_cq"),
      `${e.ph} lies in a ${e.ph === "s" ? "post" : "poll"}`,
      () => [e, call],
    );
    if (e.ph === "s") {
      faults.holds(!begun.has(e.id!), "an arrow begins once", () => e);
      begun.set(e.id!, e);
    } else {
      const from = begun.get(e.id!);
      faults.holds(
        e.bp === "e" && from !== undefined && from.start <= e.start && !ended.has(e.id!),
        "an arrow ends once, after it began",
        () => [from, e],
      );
      ended.add(e.id!);
    }
  }
  faults.holds(begun.size === ended.size, "arrows have both ends", () => [begun.size, ended.size]);
}
