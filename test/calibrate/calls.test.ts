import { beforeAll, describe, expect, test } from "vitest";
import { calibrate } from "../../src/calibrate/calibrate.js";
import { measuredCalls } from "../../src/calibrate/calls.js";
import { noiseOf } from "../../src/calibrate/predict/noise.js";
import type { MeasuredCall } from "../../src/calibrate/read/shared/measurement.js";
import { Random } from "../../src/generate/random.js";
import { loadPath } from "../../src/path/load.js";
import { withSettings } from "../../src/testbed/document.js";
import { loadTestbed } from "../../src/testbed/load.js";
import { bytesSource } from "../../src/trace/container/source.js";
import { openSource, type VerbsTrace } from "../../src/trace/read.js";
import { VerbsBuilder } from "../../src/trace/verbs/columns-builder.js";
import { readRows } from "../../src/trace/verbs/read-rows.js";
import { recordedCalls } from "../../src/trace/verbs/recorded-calls.js";
import { encodeVerbs } from "../../src/trace/verbs/write.js";
import { capture } from "../support/captures.js";
import { command } from "../support/command.js";
import { scratch } from "../support/files.js";
import { generated } from "../support/generated.js";
import { refused } from "../support/refused.js";
import { replayOn } from "../support/replay.js";

const files = scratch(),
  base = loadTestbed("edr-2016"),
  path = loadPath("native");
const MACHINE = [
  "lib.wqe_post=70",
  "lib.cqe_poll=28",
  "lib.recv_post=22",
  "lib.doorbell_store=75",
  "lib.poll_call=25",
];

/**
 * A capture of a program on a machine that only the test knows: durations of the
 * model's calls, with some noise, and now and then an interrupt.
 */
function captured(of: VerbsTrace, change: Partial<VerbsTrace["metadata"]> = {}, scale = 1): Uint8Array {
  const model = replayOn(of, "native", { testbed: "edr-2016", set: MACHINE }),
    random = new Random(5),
    builder = new VerbsBuilder();
  for (const row of readRows(of)) {
    const o = model.operations.find((p) => p.verb === row.verb && p.size_class === "none"),
      ns = Number(o?.latency_ps.mean ?? 0) / 1000;
    builder.add({
      ...row,
      dur: Math.round(scale * ns * (0.9 + 0.2 * random.unit()) + (random.unit() < 0.02 ? 5000 : 0)),
    });
  }
  const { threads: _threads, ...metadata } = of.metadata;
  return encodeVerbs(builder, {
    ...metadata,
    emulated: false,
    clock: "ns",
    fields: { ...metadata.fields, dur: "recorded" },
    ...change,
  });
}
const open = (bytes: Uint8Array): VerbsTrace => openSource(bytesSource("run.arrow", bytes));

describe("a trace of hardware", () => {
  let trace: VerbsTrace;
  beforeAll(() => {
    trace = open(captured(generated("send-lat", { size: 64, iters: 200, rxDepth: 8 })));
  });

  test("gives the median call of each verb that is called often and alike", () => {
    const { measurements, notes } = measuredCalls(trace, path, base),
      calls = measurements as MeasuredCall[];
    expect(calls.map((m) => m.verb).sort()).toEqual(["poll_cq", "post_recv", "post_send"]);
    const model = replayOn(trace, "native", { testbed: "edr-2016", set: MACHINE });
    for (const m of calls) {
      expect(
        m.value_ps /
          Number(model.operations.find((o) => o.verb === m.verb && o.size_class === "none")!.latency_ps.mean),
      ).toBeCloseTo(1, 1);
      expect(m.calls).toBeGreaterThan(300);
      expect(noiseOf(m, 0.1)).toBeGreaterThanOrEqual(500 / m.value_ps);
    }
    expect(notes.join("\n")).toMatch(
      /^durations hold what the recorder itself takes.*\ncalled less than 5 times, .*reg_mr/,
    );
  });
  test("tells what its calls are made of", () => {
    const found = calibrate([measuredCalls(trace, path, base)], { base, path, name: "found" });
    expect(found.figures.map((f) => [f.quantity, f.series]).sort()).toEqual([
      ["call", "poll_cq calls"],
      ["call", "post_recv calls"],
      ["call", "post_send calls"],
    ]);
    expect(found.errors.fitted.after.worst).toBeLessThan(0.03);
    const machine = withSettings(base, MACHINE),
      names = ["lib.wqe_post", "lib.doorbell_store", "lib.cqe_poll", "lib.poll_call", "lib.recv_post"];
    for (const v of found.values.filter((f) => names.includes(f.value)))
      expect(
        Number(machine.values[v.value]!.value) >= v.low && Number(machine.values[v.value]!.value) <= v.high,
        v.value,
      ).toBe(true);
    expect(found.left).toContainEqual({ value: "wire.port", why: "unseen" });
  });
  test("from the command line, beside what a tool printed", async () => {
    const file = files.file(
        "run.arrow",
        captured(generated("send-lat", { size: 64, iters: 50, rxDepth: 8 })),
      ),
      out = file.replace("run.arrow", "machine.json");
    const r = await command(
      "calibrate",
      file,
      "test/calibrate/fixtures/perf-kvm.txt",
      "-o",
      out,
      "--testbed",
      "edr-2016",
    );
    expect(r.stderr).toBe("");
    expect(r.status).toBe(0);
    expect(r.stdout).toContain("trace post_send calls");
  });
});

describe("is refused", () => {
  const small = generated("send-lat", { size: 64, iters: 10 }),
    said = (change: Partial<VerbsTrace["metadata"]>, scale = 1): string =>
      refused(() => measuredCalls(open(captured(small, change, scale)), path, base));
  test("a trace whose device was emulated", () =>
    expect(refused(() => measuredCalls(capture("rc-pingpong-4k"), path, base))).toMatch(
      /emulated when the trace was recorded, so its times say nothing about hardware: give a trace that was captured on hardware/,
    ));
  test("a generated trace", () =>
    expect(refused(() => measuredCalls(small, path, base))).toMatch(/the trace has no clock/));
  test("one without durations", () =>
    expect(said({ fields: small.fields })).toMatch(/the recording has no durations of calls: give a trace/));
  test("one that its clock cannot see", () =>
    expect(said({}, 0)).toMatch(
      /no verb was called 5 times or more, alike and long enough for its clock: capture a longer run|no verb was called/,
    ));
  test("a long one, before it is replayed", () =>
    expect(
      refused(() =>
        measuredCalls(open(captured(generated("write-bw", { iters: 26_000, txDepth: 4 }))), path, base),
      ),
    ).toMatch(/has \d{5,} rows, and a fit replays them some hundred times: capture a run of at most 50000/));
  test("the same, by the command line", async () => {
    const r = await command("calibrate", "traces/rc-pingpong-4k.arrow", "-o", "x.json");
    expect([r.status, r.stdout]).toEqual([2, ""]);
    expect(r.stderr).toMatch(/its times say nothing about hardware/);
  });
});

test("rows of one call are one call, threads apart", () => {
  const trace = open(
    captured(generated("write-bw", { size: 64, iters: 32, txDepth: 16, postList: 8, cqMod: 8 })),
  );
  const rows = [...readRows(trace)],
    calls = recordedCalls(trace);
  expect(rows.filter((r) => r.verb === "post_send")).toHaveLength(32);
  expect(calls.get("post_send")!.ns).toHaveLength(4);
  expect(calls.get("post_send")!.ns[0]).toBe(rows[calls.get("post_send")!.row]!.dur);
  expect(calls.get("reg_mr")!.ns).toHaveLength(2);
});
