import { LAYERS } from "../../src/abi/layers.js";
import { VERBS } from "../../src/abi/verbs.js";
import { loadPath } from "../../src/path/load.js";
import { verbsSession } from "../../src/replay/replay.js";
import { resourceOf, type Timeline, timelineOf } from "../../src/replay/timeline.js";
import { loadTestbed } from "../../src/testbed/load.js";
import { type CAPTURES, capture } from "../support/captures.js";

/** Bundled traces whose timelines are opened as other programs do: much touches, at many names. */
export const OPENED = [
  ["rc-pingpong-4k", "virt-ib"],
  ["ucx-tag-lat", "memlink"],
] as const;

/** A slice as it has to be seen: the names around it, the outermost first, then its own; times in µs. */
export interface Seen {
  stack: string;
  start: number;
  end: number;
}
/** The slices of each track, in the order in which they begin. Tracks are `process, thread`. */
export type Tracks = Map<string, Seen[]>;

export function timeline(name: (typeof CAPTURES)[number], path: string): Timeline {
  const trace = capture(name);
  try {
    return timelineOf(verbsSession(trace, loadTestbed("thesis-2014")), trace, loadPath(path));
  } finally {
    trace.close();
  }
}

/** What a timeline's records say that a viewer has to show. */
export function recorded({ records, threads, nodes }: Timeline): Tracks {
  const tracks: Tracks = new Map(),
    put = (node: number, track: string, stack: string, start_ps: bigint, end_ps: bigint): void => {
      const key = `node ${node}: ${nodes[node]}, ${track}`,
        list = tracks.get(key) ?? [];
      tracks.set(key, list);
      list.push({ stack, start: Number(start_ps) / 1e6, end: Number(end_ps) / 1e6 });
    };
  const steps = new Map<number, typeof records>();
  for (const r of records) {
    const { node, tid } = threads[r.kind === "HOLD" ? r.what : r.track] ?? { node: -1, tid: -1 };
    if (r.kind === "STEP") steps.set(r.track, [...(steps.get(r.track) ?? []), r]);
    else if (r.kind === "CALL") {
      const inside = steps.get(r.track) ?? [],
        verb = VERBS[r.what]!,
        // A call that waits for an event counts from where it woke up; its slice begins with its first step.
        start = inside[0] && inside[0].start_ps < r.start_ps ? inside[0].start_ps : r.start_ps;
      put(node, `thread ${tid}`, verb, start, r.end_ps);
      for (const s of inside)
        put(node, `thread ${tid}`, `${verb} > ${LAYERS[s.what]!}`, s.start_ps, s.end_ps);
      steps.delete(r.track);
    } else if (r.kind === "STAGE" || r.kind === "HOLD") {
      const on = resourceOf(r);
      put(on.node, on.name, r.kind === "HOLD" ? `thread ${tid}` : LAYERS[r.what]!, r.start_ps, r.end_ps);
    }
  }
  return tracks;
}

/** Where two readings of a timeline differ, by track, and only the first difference of each; times to 1 ps. */
export function differences(seen: Tracks, expected: Tracks, times: boolean): string[] {
  const shown = (s: Seen | undefined): string =>
    s === undefined ? "nothing" : `${s.stack}${times ? ` ${s.start} to ${s.end} µs` : ""}`;
  const near = (a: Seen | undefined, b: Seen | undefined): boolean =>
    a?.stack === b?.stack &&
    (!times || !a || !b || (Math.abs(a.start - b.start) < 1e-6 && Math.abs(a.end - b.end) < 1e-6));
  return [...new Set([...seen.keys(), ...expected.keys()])].flatMap((track) => {
    const a = seen.get(track) ?? [],
      b = expected.get(track) ?? [],
      i = Array.from({ length: Math.max(a.length, b.length) }, (_, k) => k).find((k) => !near(a[k], b[k]));
    return i === undefined ? [] : [`${track}: slice ${i} is ${shown(a[i])}, not ${shown(b[i])}`];
  });
}
