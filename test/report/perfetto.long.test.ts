import { describe, expect, test } from "vitest";
import { LAYERS } from "../../src/abi/layers.js";
import { VERBS } from "../../src/abi/verbs.js";
import { loadPath } from "../../src/path/load.js";
import { verbsSession } from "../../src/replay/replay.js";
import { resourceOf, type Timeline, timelineOf } from "../../src/replay/timeline.js";
import { perfettoOf } from "../../src/report/export/perfetto.js";
import { loadTestbed } from "../../src/testbed/load.js";
import { CAPTURES, capture } from "../support/captures.js";
import { refused } from "../support/refused.js";
import { type ChromeTrace, chromeTrace } from "./chrome-trace.js";

const PATHS = ["native", "virt-ib", "virt-ib-forward", "memlink"];
const testbed = loadTestbed("thesis-2014");

function timelines(name: (typeof CAPTURES)[number], paths: readonly string[], budget?: number): Timeline[] {
  const trace = capture(name);
  try {
    const session = verbsSession(trace, testbed);
    return paths.map((p) => timelineOf(session, trace, loadPath(p), budget));
  } finally {
    trace.close();
  }
}

/** Long lists, of which only what differs is of interest. */
function same(lines: readonly string[], expected: readonly string[]): void {
  expect(lines.length).toBe(expected.length);
  expect(lines.findIndex((l, i) => l !== expected[i])).toBe(-1);
}
/** Each record of the log is a slice, an operation or an arrow, with its picoseconds. */
function sameAsLog(
  { events, names, slices: all }: ChromeTrace,
  { records, makespan_ps, threads }: Timeline,
): void {
  const slices = (category: string): string[] =>
    all
      .filter((e) => e.cat === category)
      .map(
        (e) =>
          `${names.get(`${e.pid}/${e.tid}`)} of ${e.pid}: ` +
          `${e.name} ${e.start_ps} ${e.end_ps - e.start_ps} ${e.operation} ${e.depth}`,
      )
      .sort();
  const of = (kind: string): typeof records => records.filter((r) => r.kind === kind);
  const named = (r: (typeof records)[number], on: string, node: number, name: string, depth = 0): string =>
    `${on} of ${node + 1}: ${name} ${r.start_ps} ${r.end_ps - r.start_ps} ${r.operation} ${depth}`;
  const resource = (r: (typeof records)[number], name: string): string =>
    named(r, resourceOf(r).name, resourceOf(r).node, name);
  same(
    slices("step"),
    of("STEP")
      .map((r) => named(r, `thread ${threads[r.track]!.tid}`, threads[r.track]!.node, LAYERS[r.what]!, 1))
      .sort(),
  );
  same(
    slices("stage"),
    of("STAGE")
      .map((r) => resource(r, LAYERS[r.what]!))
      .sort(),
  );
  same(
    slices("hold"),
    of("HOLD")
      .map((r) => resource(r, `thread ${threads[r.what]!.tid}`))
      .sort(),
  );
  const ends = all.filter((e) => e.cat === "call").map((e) => `${e.tid} ${e.name} ${e.end_ps}`);
  expect(ends.sort()).toEqual(
    of("CALL")
      .map((r) => `${r.track + 1} ${VERBS[r.what]} ${r.end_ps}`)
      .sort(),
  );
  const operations = events
    .filter((e) => e.ph === "b")
    .map((e) => `${e.pid} ${e.id} ${e.args.qp} ${e.args.bytes} ${e.args.start_ps} ${e.args.latency_ps}`);
  expect(operations.sort()).toEqual(
    of("OPERATION")
      .map((r) => `${r.track + 1} ${r.operation} ${r.qp} ${r.bytes} ${r.start_ps} ${r.end_ps - r.start_ps}`)
      .sort(),
  );
  expect(all.every((e) => e.end_ps <= makespan_ps)).toBe(true);
}

describe.each(CAPTURES)("%s is valid and says what the log says", (name) => {
  test.each(PATHS)("on %s", (path) => {
    const [timeline] = timelines(name, [path]),
      trace = chromeTrace(perfettoOf(timeline!, name));
    expect(trace.other).toEqual({
      title: name,
      path,
      coverage: "complete",
      makespan_ps: Number(timeline!.makespan_ps),
    });
    sameAsLog(trace, timeline!);
    expect(trace.events.filter((e) => e.ph === "s").length).toBe(
      timeline!.records.filter((r) => r.kind === "POLLED" && r.operation !== undefined && (r.what & 1) === 0)
        .length + messages(timeline!),
    );
  });
});
/** Messages that a poll returned and whose post is in the trace: a simulated peer's has none. */
function messages({ records }: Timeline): number {
  const posted = new Set(
    records.filter((r) => r.kind === "CALL" && r.operation !== undefined).map((r) => r.start_ps),
  );
  return records.filter((r) => r.kind === "POLLED" && (r.what & 1) === 1 && posted.has(r.start_ps)).length;
}

describe("the cut", () => {
  const [whole] = timelines("rc-pingpong-4k", ["virt-ib"]);
  test.each([1, 2, 17, 500, 5000])("after %i records: the beginning, and the file says so", (budget) => {
    const [timeline] = timelines("rc-pingpong-4k", ["virt-ib"], budget);
    expect(timeline!.records).toEqual(whole!.records.slice(0, budget));
    expect(timeline!.makespan_ps).toBe(whole!.makespan_ps);
    const trace = chromeTrace(perfettoOf(timeline!, "x"));
    expect(trace.other.coverage).toMatch(
      new RegExp(
        `^the first ${budget} records, up to \\d+\\.\\d{3} µs of ` +
          `\\d+\\.\\d{3} µs: the rest is cut off \\(--records\\)$`,
      ),
    );
  });
  test("exactly as many records as there are cut nothing", () =>
    expect(timelines("rc-pingpong-4k", ["virt-ib"], whole!.records.length)[0]!.cut).toBeUndefined());
  test.each([0, -1, 1.5, Number.NaN, 1e9])("%d records are refused", (budget) =>
    expect(refused(() => timelines("write-lat-8", ["native"], budget))).toMatch(
      /a timeline holds 1 to 100000000 records/,
    ),
  );
});

describe("what a trace of 2^53 ps and hostile names would do", () => {
  const BIG = 1n << 60n,
    records: Timeline["records"] = [
      {
        kind: "STEP",
        track: 0,
        start_ps: BIG,
        end_ps: BIG + 999n,
        operation: undefined,
        what: 1,
        qp: 0,
        bytes: 0,
      },
      {
        kind: "CALL",
        track: 0,
        start_ps: BIG,
        end_ps: BIG + 1500n,
        operation: BIG,
        what: 0,
        qp: 0,
        bytes: 0,
      },
    ];
  const text = perfettoOf(
    {
      path: "a\u001b[2J",
      makespan_ps: BIG * 2n,
      nodes: ["\u202e</script>\n"],
      threads: [{ node: 0, tid: 7 }],
      records,
      cut: undefined,
    },
    "\u0000;\u009b",
  );
  test("picoseconds survive, as text where doubles end", () => {
    const { slices } = chromeTrace(text);
    expect(slices.map((e) => [e.start_ps, e.end_ps - e.start_ps, e.operation])).toEqual([
      [BIG, 1500n, String(BIG)],
      [BIG, 999n, undefined],
    ]);
    expect(text).toContain(`"ts":${BIG / 1_000_000n}.${String(BIG % 1_000_000n).padStart(6, "0")}0`);
  });
  test("names are inert", () =>
    expect(text.replaceAll("\n", "")).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u202a-\u202e]|\\u0/));
});
