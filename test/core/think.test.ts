import { expect, test } from "vitest";
import { generate } from "../../src/generate/generate.js";
import { loadPath } from "../../src/path/load.js";
import { replay } from "../../src/replay/replay.js";
import type { Result } from "../../src/replay/result/document.js";
import type { Think } from "../../src/replay/think.js";
import { loadTestbed } from "../../src/testbed/load.js";
import { encodeVerbs } from "../../src/trace/verbs/write.js";
import { capture } from "../support/captures.js";
import { scratch } from "../support/files.js";
import { encodeRows, type Row } from "../support/script.js";

const { trace: written } = scratch();
const testbed = loadTestbed("thesis-2014"),
  native = [loadPath("native")];
const one = (think?: Think): Result =>
  replay(capture("rc-pingpong-4k"), native, testbed, think ? { think } : {});
const thought = (r: Result): number => Number(r.replays[0]!.layers["app.think"] ?? 0);

test("auto leaves out what emulated devices recorded; recorded keeps it; none drops it", () => {
  expect(capture("rc-pingpong-4k").emulated).toBe(true);
  expect(
    [one(), one("auto"), one("recorded"), one("none")].map((r) => [r.trace.think, thought(r) > 0]),
  ).toEqual([
    ["none", false],
    ["none", false],
    ["recorded", true],
    ["none", false],
  ]);
  expect(Number(one("recorded").replays[0]!.makespan_ps)).toBeGreaterThan(
    Number(one("none").replays[0]!.makespan_ps),
  );
});

test("the result says which was used and why", () => {
  expect(one("auto").trace.notes.join("\n")).toMatch(
    /think time is left out: device or machine were emulated/,
  );
  expect(one("recorded").trace.notes.join("\n")).toMatch(
    /think time as recorded, though on emulated devices/,
  );
  expect(one("none").trace.notes.join("\n")).toMatch(/think time is left out \(--think none\)/);
});

test("it is the sum of the gaps between calls, spins dropped, on hardware by itself", () => {
  const rows: Row[] = [
    { verb: "query_port", t: 1000n, dur: 10 },
    { verb: "query_port", t: 1050n, dur: 10 }, // 40 ns after the call before
    { verb: "query_port", t: 1055n, dur: 10 }, // overlaps: none
    { verb: "poll_cq_empty", t: 1100n, dur: 30 }, // 35 ns before the spin, 5 ns after it
    { verb: "query_port", t: 1135n, dur: 10 },
    { verb: "query_port", t: 0n }, // not recorded: none on either side
    { verb: "query_port", t: 1200n, dur: 10 },
  ];
  const result = replay(written(encodeRows(rows, { clock: "ns", emulated: false })), native, testbed);
  expect(result.trace).toMatchObject({ think: "recorded", rows: 7, spin: 1, replayed: 6 });
  expect(result.trace.notes.join("\n")).toMatch(/think time as recorded on real hardware/);
  expect(thought(result)).toBe((40 + 35 + 5) * 1000);
});

test("it needs a clock", () => {
  const { builder, metadata } = generate("send-lat", { iters: 2 });
  const trace = written(encodeVerbs(builder, metadata));
  expect(() => replay(trace, native, testbed, { think: "recorded" })).toThrow(
    /has no clock, so --think recorded is not possible; use --think none/,
  );
  expect(replay(trace, native, testbed).trace.notes.join("\n")).toMatch(
    /think time is left out: the trace has no clock/,
  );
});
