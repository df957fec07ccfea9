import { describe, expect, test } from "vitest";
import { loadPath } from "../../src/path/load.js";
import { replay } from "../../src/replay/replay.js";
import type { SelfCheck } from "../../src/replay/result/self-check.js";
import { textReport } from "../../src/report/text/text.js";
import { loadTestbed } from "../../src/testbed/load.js";
import { bytesSource } from "../../src/trace/container/source.js";
import { openSource, type VerbsTrace } from "../../src/trace/read.js";
import type { VerbsRow } from "../../src/trace/table/rows.js";
import { VerbsBuilder } from "../../src/trace/verbs/columns-builder.js";
import { readRows } from "../../src/trace/verbs/read-rows.js";
import { encodeVerbs } from "../../src/trace/verbs/write.js";
import { capture } from "../support/captures.js";

const base = capture("rc-pingpong-4k"),
  rows = [...readRows(base)];
/** The bundled capture as if it had been taken on hardware. */
function trace(
  metadata: Partial<VerbsTrace["metadata"]> = {},
  change: (row: VerbsRow) => void = () => undefined,
): VerbsTrace {
  const builder = new VerbsBuilder(500);
  for (const row of rows) {
    const copy = { ...row };
    change(copy);
    builder.add(copy);
  }
  const { threads: _threads, ...meta } = base.metadata;
  return openSource(
    bytesSource("hw.arrow", encodeVerbs(builder, { ...meta, emulated: false, clock: "ns", ...metadata })),
  );
}
const testbed = loadTestbed("thesis-2014");
const run = (t: VerbsTrace, ...paths: string[]) => replay(t, paths.map(loadPath), testbed);
const comparable = (check: SelfCheck | undefined): Extract<SelfCheck, { comparable: true }> => {
  if (!check?.comparable) throw new Error("not comparable");
  return check;
};

describe("a trace of real hardware", () => {
  const t = trace(),
    result = run(t, "native", "memlink"),
    check = comparable(result.self_check),
    [native] = result.replays;

  test("is held against its own times: the whole, the data path, each verb", () => {
    const span = (node: number, of: (r: VerbsRow) => boolean, from: (r: VerbsRow) => boolean): number => {
      const mine = rows.filter((r) => r.node === node),
        ends = mine.filter(of).map((r) => Number(r.t) + r.dur),
        starts = mine.filter(from).map((r) => Number(r.t));
      return Math.max(...ends) - Math.min(...starts);
    };
    const longest = (...args: [(r: VerbsRow) => boolean, (r: VerbsRow) => boolean]): number =>
      1000 * Math.max(span(0, ...args), span(1, ...args));
    expect(check.total.recorded_ps).toBe(
      longest(
        () => true,
        () => true,
      ),
    );
    expect(check.total.model_ps).toBe(native!.makespan_ps);
    expect(check.data_path!.recorded_ps).toBe(
      longest(
        (r) => ["post_send", "poll_cq", "post_recv"].includes(r.verb),
        (r) => r.verb === "post_send",
      ),
    );
    expect(check.data_path!.model_ps).toBe(
      Number(native!.data_path.end_ps) - Number(native!.data_path.start_ps),
    );
    for (const { verb, calls, recorded_ps, model_ps, error } of check.verbs) {
      const first = rows.filter(
        (r, i) =>
          r.verb === verb &&
          !rows
            .slice(Math.max(0, i - 40), i)
            .some((q) => q.node === r.node && q.tid === r.tid && q.call === r.call),
      );
      expect([verb, calls, recorded_ps]).toEqual([
        verb,
        first.length,
        Math.floor((1000 * first.reduce((sum, r) => sum + r.dur, 0)) / first.length),
      ]);
      expect(error).toBeCloseTo(Number(model_ps) / Number(recorded_ps) - 1, 9);
    }
    expect(check.verbs.map((v) => v.verb)).toEqual(
      expect.arrayContaining(["post_send", "poll_cq", "post_recv", "reg_mr"]),
    );
  });
  test("without native among the paths too, and the digest does not depend on it", () => {
    const alone = run(t, "memlink");
    expect(alone.self_check).toEqual(result.self_check);
    expect(alone.replays.map((r) => r.path)).toEqual(["memlink"]);
  });
  test("says it in the report", () => {
    const text = textReport(result);
    expect(text).toMatch(/Self-check: the native replay against the recorded times/);
    expect(text).toMatch(/whole trace .* [−+]\d+\.\d %/);
    expect(text).toMatch(/post_send +1000 /);
  });
  test("whose call durations are those of the replay has no error", () => {
    const mean = new Map(
      native!.operations
        .filter((o) => o.size_class === "none")
        .map((o) => [o.verb, Math.round(Number(o.latency_ps.mean) / 1000)]),
    );
    const own = comparable(
      run(
        trace({}, (r) => {
          r.dur = mean.get(r.verb) ?? r.dur;
        }),
        "native",
      ).self_check,
    );
    for (const v of own.verbs)
      if (Number(v.recorded_ps) > 1e5) expect(Math.abs(v.error), v.verb).toBeLessThan(0.01);
  });
});

test.each([
  ["emulated devices", { emulated: true }, /emulated when the trace was recorded/],
  ["no clock", { clock: "none" }, /has no clock/],
] as const)("%s: times are said not to be comparable", (_, metadata, why) => {
  const result = run(trace(metadata), "native");
  expect(result.self_check).toMatchObject({ comparable: false, why: expect.stringMatching(why) as string });
  expect(textReport(result, 300)).toMatch(
    new RegExp(`Self-check: recorded times are not compared.*${why.source}`),
  );
});
