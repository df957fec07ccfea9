import { describe, expect, test } from "vitest";
import { perfettoOf } from "../../src/report/export/perfetto.js";
import { differences, OPENED, recorded, type Seen, type Tracks, timeline } from "./nesting.js";

interface Event {
  ph: string;
  pid: number;
  tid: number;
  name: string;
  ts: number;
  dur?: number;
  args?: { name?: string };
}
interface Edge {
  name: string;
  track: string;
  begins: boolean;
  at: number;
}
interface Imported {
  tracks: Tracks;
  dropped: number;
}

/** How an importer counts a time in µs, and in which order it takes the edges that it then finds. */
interface Importer {
  count: (us: number) => number;
  order: (a: Edge, b: Edge) => number;
}

/** What importers do, roughly: slices become edges, which are sorted, and an end must be the innermost slice's. */
function imported(json: string, { count, order }: Importer): Imported {
  const { traceEvents } = JSON.parse(json) as { traceEvents: Event[] },
    names = new Map(
      traceEvents.filter((e) => e.ph === "M").map((e) => [`${e.name} ${e.pid}/${e.tid}`, e.args?.name ?? ""]),
    );
  const edges = traceEvents.flatMap((e): Edge[] => {
    const track = `${names.get(`process_name ${e.pid}/0`)}, ${names.get(`thread_name ${e.pid}/${e.tid}`)}`,
      edge = (begins: boolean, at: number): Edge => ({ name: e.name, track, begins, at });
    if (e.ph === "X") return [edge(true, count(e.ts)), edge(false, count(e.ts) + count(e.dur!))];
    return e.ph === "B" || e.ph === "E" ? [edge(e.ph === "B", count(e.ts))] : [];
  });
  edges.sort((a, b) => a.at - b.at || order(a, b));
  const tracks: Tracks = new Map(),
    open = new Map<string, Seen[]>();
  let dropped = 0;
  for (const { name, track, begins, at } of edges) {
    const stack = open.get(track) ?? [],
      list = tracks.get(track) ?? [];
    open.set(track, stack);
    tracks.set(track, list);
    if (begins) {
      const around = stack.at(-1)?.stack,
        slice = { stack: around === undefined ? name : `${around} > ${name}`, start: at, end: -1 };
      stack.push(slice);
      list.push(slice);
    } else if (stack.at(-1)?.stack.split(" > ").at(-1) === name) stack.pop()!.end = at;
    else dropped++;
  }
  return { tracks, dropped };
}

const asWritten = (): number => 0,
  beginningsFirst = (a: Edge, b: Edge): number => Number(b.begins) - Number(a.begins),
  endsFirst = (a: Edge, b: Edge): number => Number(a.begins) - Number(b.begins);
const IMPORTERS: Record<string, Importer> = {
  "whole microseconds": { count: Math.trunc, order: asWritten },
  "whole nanoseconds": { count: (us) => Math.trunc(us * 1000), order: asWritten },
  "doubles, as written": { count: (us) => us, order: asWritten },
  "doubles, beginnings before ends": { count: (us) => us, order: beginningsFirst },
  "doubles, ends before beginnings": { count: (us) => us, order: endsFirst },
};

describe.each(OPENED)("%s on %s, as an importer reads it that counts in", (name, path) => {
  const replayed = timeline(name, path),
    json = perfettoOf(replayed, name);
  test.each(Object.keys(IMPORTERS))("%s", (kind) => {
    const { tracks, dropped } = imported(json, IMPORTERS[kind]!);
    expect(dropped).toBe(0);
    expect(differences(tracks, recorded(replayed), kind.startsWith("doubles"))).toEqual([]);
  });
});
