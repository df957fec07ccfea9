import { expect } from "vitest";

/** One event of a Chrome trace, with its time in tenths of a picosecond. */
export interface TraceEvent {
  ph: string;
  pid: number;
  tid: number;
  name: string;
  cat?: string;
  id?: string;
  bp?: string;
  operation?: number | string;
  at: bigint;
  args: Record<string, unknown>;
}
/** A slice, from the event that begins it and the one that ends it. */
export interface TraceSlice {
  pid: number;
  tid: number;
  name: string;
  cat: string;
  operation: number | string | undefined;
  start_ps: bigint;
  end_ps: bigint;
  begins: bigint;
  ends: bigint;
  depth: number;
}
export interface ChromeTrace {
  other: Record<string, unknown>;
  events: TraceEvent[];
  slices: TraceSlice[];
  names: Map<string, string>;
}

/** What Perfetto needs of each phase that verbscope writes. */
const FIELDS: Record<string, readonly string[]> = {
  M: ["name", "args"],
  B: ["ts", "name", "cat"],
  E: ["ts", "name"],
  b: ["ts", "id", "name", "cat", "args"],
  e: ["ts", "id", "name", "cat"],
  s: ["ts", "id", "name", "cat"],
  f: ["ts", "id", "name", "cat", "bp"],
};
const track = (e: { pid: number; tid: number }): string => `${e.pid}/${e.tid}`;

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
  const rough = /"ts":(?!\d+\.\d{7}[,}]).{20}/.exec(text);
  faults.holds(rough === null, "times have seven decimals", () => rough![0]);
  const document = JSON.parse(text.replace(/"ts":([\d.]+)/g, '"ts":"$1"')) as {
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
    return {
      ...(e as unknown as TraceEvent),
      at: BigInt(String(e.ts ?? "0").replace(".", "")),
      args: (e.args ?? {}) as Record<string, unknown>,
    };
  });
  const names = new Map<string, string>();
  for (const e of events) {
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
  const slices = slicesOf(events, faults);
  paired(events, faults);
  flows(events, slices, faults);
  faults.none();
  return { other: document.otherData, events, slices, names };
}

/** Slices nest: each end is that of the slice begun last, and no two events of a track are at one time. */
function slicesOf(events: readonly TraceEvent[], faults: Faults): TraceSlice[] {
  const slices: TraceSlice[] = [],
    tracks = new Map<string, { last: bigint; open: TraceSlice[] }>();
  for (const e of events) {
    if (e.ph !== "B" && e.ph !== "E") continue;
    const on = tracks.get(track(e)) ?? { last: -1n, open: [] };
    tracks.set(track(e), on);
    faults.holds(e.at > on.last, "events of a track are one after the other", () => e);
    faults.holds(Object.keys(e.args).length === 0, "slices have no arguments", () => e);
    on.last = e.at;
    if (e.ph === "E") {
      const slice = on.open.pop();
      faults.holds(slice?.name === e.name, "an end is that of the slice begun last", () => [slice, e]);
      if (slice) Object.assign(slice, { ends: e.at, end_ps: e.at / 10n });
      continue;
    }
    const { pid, tid, name, cat, operation, at } = e,
      slice = { pid, tid, name, cat: cat!, operation, start_ps: at / 10n, begins: at },
      whole = { ...slice, end_ps: -1n, ends: -1n, depth: on.open.length };
    on.open.push(whole);
    slices.push(whole);
  }
  faults.holds(
    [...tracks.values()].every((t) => t.open.length === 0),
    "every slice ends",
    () => 0,
  );
  return slices;
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
        from !== undefined && from.at <= e.at && from.name === e.name && from.pid === e.pid,
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
function flows(events: readonly TraceEvent[], slices: readonly TraceSlice[], faults: Faults): void {
  const calls = new Map<string, TraceSlice[]>();
  for (const s of slices)
    if (s.cat === "call") (calls.get(track(s)) ?? calls.set(track(s), []).get(track(s))!).push(s);
  /** The call around an event, by times counted in so many parts. */
  const around = (e: TraceEvent, parts: bigint): TraceSlice | undefined => {
    const list = calls.get(track(e)) ?? [],
      at = e.at / parts;
    let low = 0,
      high = list.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (list[middle]!.begins / parts <= at) low = middle + 1;
      else high = middle;
    }
    const call = list[low - 1];
    return call && (at < call.ends / parts || at === call.begins / parts) ? call : undefined;
  };
  const begun = new Map<string, TraceEvent>(),
    ended = new Set<string>();
  for (const e of events) {
    if (e.ph !== "s" && e.ph !== "f") continue;
    // As doubles have it, and in Perfetto's whole nanoseconds.
    for (const parts of [1n, 10_000n]) {
      const call = around(e, parts);
      faults.holds(
        call?.name === (e.ph === "s" ? "post_send" : "poll_cq"),
        `${e.ph} lies in a ${e.ph === "s" ? "post" : "poll"}`,
        () => [e, call],
      );
    }
    faults.holds(/^0x[0-9a-f]{1,16}$/.test(e.id!), "an arrow's id is a number to Perfetto", () => e);
    if (e.ph === "s") {
      faults.holds(!begun.has(e.id!), "an arrow begins once", () => e);
      begun.set(e.id!, e);
    } else {
      const from = begun.get(e.id!);
      faults.holds(
        e.bp === "e" && from !== undefined && from.at <= e.at && !ended.has(e.id!),
        "an arrow ends once, after it began",
        () => [from, e],
      );
      ended.add(e.id!);
    }
  }
  faults.holds(begun.size === ended.size, "arrows have both ends", () => [begun.size, ended.size]);
}
