import { afterAll, describe, expect, test } from "vitest";
import { explain } from "../../src/explain/explain.js";
import type { Explanation, Way } from "../../src/explain/result.js";
import { rowsOfCalls } from "../../src/explain/send-rows.js";
import { loadPath } from "../../src/path/load.js";
import { verbsSession } from "../../src/replay/replay.js";
import type { OperationResult } from "../../src/replay/result/result.js";
import { explanationText } from "../../src/report/explain/explain-text.js";
import { loadSources } from "../../src/sources/load.js";
import { loadTestbed } from "../../src/testbed/load.js";
import { readRows } from "../../src/trace/verbs/read-rows.js";
import { CAPTURES, capture } from "../support/captures.js";
import { schemaErrors } from "../support/schemas.js";

const PATHS = ["native", "virt-ib", "memlink"].map(loadPath),
  SAMPLES = 6,
  testbed = loadTestbed("thesis-2014"),
  sources = loadSources();

const sum = (xs: readonly (number | string)[]): number => xs.reduce<number>((n, x) => n + Number(x), 0);
const sizeClass = (n: number): string => (n === 0 ? "0" : String(2 ** Math.ceil(Math.log2(n))));

/** Waits for a resource are shared out among those who held it, to the picosecond. */
function checkWay(way: Way): void {
  expect(sum(way.parts.flatMap((p) => [p.wait_ps, p.cost_ps]))).toBe(way.latency_ps);
  expect(sum([...Object.values(way.service), ...Object.values(way.wait)])).toBe(way.latency_ps);
  for (const p of way.parts) {
    expect(sum(p.waits.map((w) => w.ps))).toBe(p.wait_ps);
    for (const w of p.waits)
      if (w.cause === "LATE") expect(w.for).toEqual([]);
      else expect(sum(w.for.map((h) => h.ps)), `${w.why} at ${p.start_ps}`).toBe(w.ps);
  }
}
function withinClass(way: Way, verb: string, e: Explanation, classes: readonly OperationResult[]): void {
  const { opcode, bytes } = e.operation,
    found = classes.find((c) => c.verb === verb && c.opcode === opcode && c.size_class === sizeClass(bytes))!;
  expect(Number(way.latency_ps)).toBeGreaterThanOrEqual(Number(found.latency_ps.min));
  expect(Number(way.latency_ps)).toBeLessThanOrEqual(Number(found.latency_ps.max));
}

describe.each(CAPTURES)("%s", (name) => {
  const trace = capture(name);
  afterAll(() => trace.close());
  const rows = [...rowsOfCalls(trace)].filter((r) => r.index >= 0),
    every = Math.ceil(rows.length / SAMPLES),
    spread = rows.filter((_, i) => i % every === 0).map((r) => r.row);

  test("accepted work requests are the post_send rows with status 0", () =>
    expect(rows.map((r) => r.row)).toEqual(
      [...readRows(trace)].flatMap((r, i) => (r.verb === "post_send" && r.status === 0 ? [i] : [])),
    ));

  describe.each(PATHS)("on $label", (path) => {
    const { operations } = verbsSession(trace, testbed).replay(path),
      told = spread.map((row) => explain(trace, path, testbed, { row }));

    test("parts sum to the latency, and waits to who was waited for", () => {
      for (const e of told) {
        for (const way of [e.completion, e.message]) if (way) checkWay(way);
        if (e.completion) withinClass(e.completion, "post_send", e, operations);
        if (e.message) withinClass(e.message, "message", e, operations);
      }
    });
    test("a row and its operation's number lead to the same", () => {
      for (const e of told.slice(0, 3)) {
        const { chosen: _row, ...byRow } = e,
          { chosen: _op, ...byNumber } = explain(trace, path, testbed, { op: e.operation.number });
        expect(byNumber).toEqual(byRow);
      }
      expect(new Set(told.map((e) => e.operation.number)).size).toBe(told.length);
    });
    test("it is the work request of that row", () => {
      const all = [...readRows(trace)];
      for (const { operation: o } of told) {
        const { opcode, length, qp, node, tid } = all[o.row!]!;
        expect(o).toMatchObject({ opcode, bytes: length, qp, thread: { node, tid } });
      }
    });
    test("every value and step that is named has its source", () => {
      for (const e of told) {
        const parts = [...(e.completion?.parts ?? []), ...(e.message?.parts ?? [])];
        for (const { name, value, source } of e.values)
          expect({ value, source }).toEqual({
            value: testbed.values[name]!.value,
            source: testbed.values[name]!.source,
          });
        expect(new Set(e.values.map((v) => v.name))).toEqual(new Set(parts.flatMap((p) => p.values)));
        expect(new Set(e.steps.map((s) => s.id))).toEqual(
          new Set(parts.flatMap((p) => (p.step === null ? [] : [p.step]))),
        );
      }
    });
    test("the document follows its schema, the text fits a page and has every number", () => {
      for (const e of told) {
        expect(schemaErrors("explanation", e)).toEqual([]);
        const text = explanationText(e, sources);
        expect(text.split("\n").filter((l) => l.length > 110 || /\s$/.test(l))).toEqual([]);
        const plain = text.replaceAll(/(?<=\d) (?=\d{3}\b)/g, "");
        for (const way of [e.completion, e.message])
          if (way) expect(plain).toContain(`= ${way.latency_ps} ps`);
      }
    });
  });
});
