import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { Ajv2020 } from "ajv/dist/2020.js";
import { describe, expect, test } from "vitest";
import { packageUrl } from "../../src/files.js";
import { loadTestbed } from "../../src/testbed/load.js";
import { figuresDigest } from "../../src/validate/freeze.js";
import { checkPoints, METRICS, type Point, type Points } from "../../src/validate/points.js";
import { parseTolerance } from "../../src/validate/tolerance.js";
import { inUnit, UNITS } from "../../src/validate/units.js";
import { validate } from "../../src/validate/validate.js";
import { refused, saying } from "../support/refused.js";

const file = (name: string): unknown => JSON.parse(readFileSync(fileURLToPath(packageUrl(name)), "utf8"));
const published = checkPoints(file("points/published.json"), "published.json");
const POINT: Point = {
  id: "p",
  area: "a",
  tier: 1,
  what: "w",
  testbed: "thesis-2014",
  workload: { pcie: "raw" },
  metric: "pcie",
  expected: 32,
  unit: "Gb/s",
  tolerance: "rel:1%",
  source: "s",
};
const of = (...points: Partial<Point>[]): Points =>
  checkPoints(
    { schema: "verbscope.points/1", title: "t", points: points.map((p) => ({ ...POINT, ...p })) },
    "t.json",
  );
const model = (p: Partial<Point>): number => validate(of(p)).verdicts[0]!.model;

describe("the document", () => {
  const schema = file("schemas/points.schema.json") as {
    $defs: { point: { properties: { unit: { enum: string[] }; metric: { oneOf: [{ enum: string[] }] } } } };
  };
  test("of published figures fits its schema, whose lists are the code's", () => {
    const ajv = new Ajv2020({
        allErrors: true,
        strict: true,
        strictTypes: false,
        strictRequired: false,
        formats: { date: true },
      }),
      valid = ajv.compile(schema);
    valid(file("points/published.json"));
    expect(valid.errors ?? []).toEqual([]);
    expect(schema.$defs.point.properties.unit.enum).toEqual(Object.keys(UNITS));
    expect(schema.$defs.point.properties.metric.oneOf[0].enum).toEqual([...METRICS]);
  });
  test.each([
    ["no document", [], /is not a document of points/],
    ["no points", { schema: "verbscope.points/1", title: "t", points: [] }, /holds no points/],
    ...(
      [
        [{ id: "" }, /point number 1 has no id/],
        [{ tier: 7 }, /point p has tier 7/],
        [{ expected: Number.NaN }, /expects null/],
        [{ expected: 0 }, /other than 0/],
        [{ unit: "mm" }, /has unit "mm": use one of us, ns/],
        [{ unit: "constructor" }, /has unit/],
        [{ tolerance: "10%" }, /has tolerance "10%": write rel:10%/],
        [{ tolerance: "in:3" }, /has tolerance/],
        [{ tolerance: "in:3..1" }, /has tolerance/],
        [{ set: "a=1" }, /not a list/],
        [{ metric: "speed" }, /has metric "speed"/],
        [{ workload: [] }, /has no workload/],
        [{ against: "native" }, /neither "ratio" nor "overhead"/],
        [{ scale: { by: 0, source: "s" } }, /has a scale/],
      ] as [object, RegExp][]
    ).map(
      ([change, why]) =>
        [
          JSON.stringify(change),
          {
            schema: "verbscope.points/1",
            title: "t",
            points: [JSON.parse(JSON.stringify({ ...POINT, ...change }))],
          },
          why,
        ] as const,
    ),
    ["the same id", { schema: "verbscope.points/1", title: "t", points: [POINT, POINT] }, /stands twice/],
    [
      "a point left out",
      { schema: "verbscope.points/1", title: "t", points: [POINT], left_out: [{ id: "p" }] },
      /a point and left out/,
    ],
  ] as const)("is refused: %s", (_, doc, why) =>
    expect(refused(() => checkPoints(doc, "t.json"))).toMatch(saying("^t\\.json: ", why.source)),
  );
  test.each([
    [
      { workload: { generate: "send-lat", sizes: 2 }, metric: "iteration", unit: "us" },
      /workload send-lat has no option "sizes"/,
    ],
    [{ workload: { generate: "ping" } }, /no workload "ping"/],
    [
      { workload: { generate: "send-lat", size: 2, iters: 2 }, metric: "access", unit: "ns" },
      /metric access is not for this workload/,
    ],
    [
      { workload: { generate: "gups", accesses: 10 }, metric: "bandwidth", unit: "MB/s" },
      /metric bandwidth is not for this workload/,
    ],
    [{ testbed: "none" }, /unknown testbed/],
    [
      {
        workload: { generate: "send-lat", iters: 2 },
        metric: { counters: { nonsense: 1 }, per: "wqe.posted" },
        unit: "count",
      },
      /no counter nonsense/,
    ],
  ] as [Partial<Point>, RegExp][])("is refused when run: %j", (change, why) =>
    expect(refused(() => validate(of(change)))).toMatch(why),
  );
});

describe("tolerances", () => {
  test.each([
    ["rel:10%", 90, 110],
    ["abs:5", 95, 105],
    ["in:20..40", 20, 40],
    ["le:25", -Infinity, 25],
    ["factor:2", 50, 200],
  ] as const)("%s of 100", (text, low, high) => expect(parseTolerance(text, 100)).toEqual({ low, high }));
  test("are kept at their ends, and missed beyond", () => {
    const within = (expected: number, tolerance: string): boolean =>
      validate(of({ expected, tolerance })).verdicts[0]!.within;
    expect(model({})).toBe(32); // gen2 x8: 8 lanes of 5 GT/s, 8b/10b
    expect([
      within(32, "exact"),
      within(31.9, "exact"),
      within(30, "abs:2"),
      within(30, "abs:1.99"),
      within(16, "factor:2"),
      within(15.9, "factor:2"),
      within(32, "le:31.9"),
    ]).toEqual([true, false, true, false, true, false, false]);
  });
});

test("units: a figure in base units comes out in the point's", () => {
  expect([
    inUnit(1e6, "us", 2),
    inUnit(1000, "cycles", 2),
    inUnit(1e9, "Gb/s", 1),
    inUnit(5e6, "Mops/s", 1),
    inUnit(7, "ratio", 1),
  ]).toEqual([1, 2, 8, 5, 7]);
});

describe("the published points", () => {
  test("are at least 60, each row of the figures stands once, and what is left out has a reason", () => {
    expect(published.points.length).toBeGreaterThanOrEqual(60);
    // use=validate rows of the published figures
    expect(published.points.length + published.left_out!.length).toBe(102);
  });
  test("were frozen before they were first run, and no testbed has changed since", () => {
    expect(validate(of({})).changed).toEqual([]);
    expect(validate({ ...published, points: [POINT] }).changed).toEqual([]);
    expect(
      validate({
        ...published,
        points: [POINT],
        frozen: { ...published.frozen!, testbeds: { modern: "sha256:0" } },
      }).changed,
    ).toEqual(["modern"]);
  });
  test("a value that came later does not count as a change, one that is gone does", () => {
    const { values } = published.frozen!,
      modern = loadTestbed("modern");
    const digest = figuresDigest(modern, values),
      added = { ...modern, values: { ...modern.values, "hca.new": modern.values["hca.process"]! } };
    const fewer = Object.fromEntries(
      Object.entries(modern.values).filter(([name]) => name !== "hca.process"),
    );
    expect(figuresDigest(added, values)).toBe(digest);
    expect(figuresDigest({ ...modern, values: fewer }, values)).not.toBe(digest);
  });
});
