import { describe, expect, test } from "vitest";
import type { DeviceValue } from "../../src/abi/device-values.js";
import { compilePath } from "../../src/path/compile.js";
import { loadPath } from "../../src/path/load.js";
import { parameters } from "../../src/replay/parameters.js";
import { checkTestbed, olderValues, REQUIRED_VALUES, type Testbed } from "../../src/testbed/document.js";
import { loadTestbed } from "../../src/testbed/load.js";
import { scratch } from "../support/files.js";
import { refused, saying } from "../support/refused.js";

const { file } = scratch();
const GOOD = loadTestbed("thesis-2014"),
  paths = ["native", "memlink"].map(loadPath); // what exits cost is in cycles
type Value = Record<string, unknown>;
let written = 0;

/** Loads a testbed from a file and reads every value that a replay reads. */
function use(testbed: Testbed): void {
  for (const path of paths) {
    parameters(testbed, path, 2, 2, false);
    compilePath(path, testbed);
  }
}
const load = (document: unknown): string =>
  refused(() =>
    use(
      loadTestbed(
        file(`t${written++}.json`, typeof document === "string" ? document : JSON.stringify(document)),
      ),
    ),
  );
/** thesis-2014 with one value changed; undefined takes a key away. */
const changed = (name: string, more: Value): unknown => ({
  ...GOOD,
  values: { ...GOOD.values, [name]: { ...GOOD.values[name], ...more } },
});

describe("a value", () => {
  test.each<[string, string, Value, string, string]>([
    ["negative", "cpu.syscall", { value: -1, low: -2 }, "cpu.syscall value is -1", "cannot be negative"],
    [
      "a negative end of its range",
      "cpu.syscall",
      { low: -2 },
      "cpu.syscall low is -2",
      "cannot be negative",
    ],
    [
      "null, as JSON writes NaN",
      "cpu.syscall",
      { value: NaN },
      "cpu.syscall has no value",
      "needs value, low, high, unit and source",
    ],
    ["a word", "cpu.syscall", { value: "fast" }, 'cpu.syscall value is "fast"', "expected a finite number"],
    [
      "without a value",
      "hca.process",
      { value: undefined },
      "hca.process has no value",
      "needs value, low, high, unit and source",
    ],
    [
      "without a range",
      "hca.process",
      { low: undefined },
      "hca.process has no low",
      "needs value, low, high",
    ],
    ["without a unit", "hca.process", { unit: undefined }, "hca.process has no unit", "needs"],
    ["without a source", "hca.process", { source: undefined }, "hca.process has no source", "needs"],
    [
      "with an empty source",
      "hca.process",
      { source: "" },
      "hca.process has an empty source",
      'or write "inferred: why"',
    ],
    [
      "in an unknown unit",
      "hca.process",
      { unit: "sec" },
      'hca.process has unit "sec"',
      "use one of ps, ns, us",
    ],
    [
      "below its range",
      "hca.process",
      { low: 60 },
      "hca.process is 50, outside its range 60 to 150",
      "correct the value or the range",
    ],
    [
      "above its range",
      "hca.process",
      { high: 40 },
      "hca.process is 50, outside its range 25 to 40",
      "correct the value or the range",
    ],
    ["a size in ns", "pcie.mrrs", { unit: "ns" }, "pcie.mrrs has unit ns", "expected bytes"],
    ["a count in GHz", "hca.qpc_ways", { unit: "GHz" }, "hca.qpc_ways has unit GHz", "expected"],
    ["a time as a rate", "pcie.read_rtt", { unit: "GB/s" }, "pcie.read_rtt has unit GB/s", "expected a time"],
    ["a time as a size", "hca.process", { unit: "bytes" }, "hca.process has unit bytes", "time"],
    [
      "a step's cost as a size",
      "lib.wqe_post",
      { unit: "bytes" },
      "lib.wqe_post has unit bytes",
      "time or a rate",
    ],
    ["a rate as a time", "wire.rate", { unit: "ns" }, "wire.rate has unit ns", "expected a rate"],
    ["a rate of 0", "wire.rate", { value: 0, low: 0 }, "wire.rate is 0 Gb/s", "must be positive"],
    [
      "a part of a packet",
      "pcie.mrrs",
      { value: 512.5, high: 600 },
      "pcie.mrrs is 512.5",
      "whole number of at least 1",
    ],
    ["an MRRS of 0", "pcie.mrrs", { value: 0, low: 0 }, "pcie.mrrs is 0", "at least 1"],
    ["a generation to come", "pcie.gen", { value: 9, high: 9 }, "pcie.gen is 9", "one of 1, 2, 3, 4, 5"],
    ["a width of 3", "pcie.lanes", { value: 3, low: 3 }, "pcie.lanes is 3", "one of 1, 2, 4, 8, 16"],
    ["an MPS of 300", "pcie.mps", { value: 300, high: 300 }, "pcie.mps is 300", "one of 128, 256"],
    [
      "another kind of completion",
      "pcie.completion_chunk",
      { value: "tlp" },
      'pcie.completion_chunk is "tlp"',
      "expected mps or rcb",
    ],
    [
      "a time of years",
      "hca.process",
      { value: 1e12, high: 1e12, unit: "ms" },
      "hca.process is longer than 137 ms",
      "check its unit",
    ],
    [
      "a cache of more lines than memory",
      "hca.mtt_entries",
      { value: 1e12, high: 1e12 },
      "hca.mtt_entries is 1000000000000",
      "at most 16777216",
    ],
  ])("%s", (_, name, more, what, remedy) => {
    expect(load(changed(name, more))).toMatch(saying("thesis-2014|t\\d+\\.json", what, remedy));
  });
  test("that is NaN or infinite, in a document that is not from JSON", () => {
    for (const value of [NaN, Infinity])
      expect(refused(() => checkTestbed(changed("cpu.syscall", { value }), "here"))).toMatch(
        /^here: cpu\.syscall value is null: expected a finite number/,
      );
  });
  test.each(REQUIRED_VALUES.map((name) => [name]))("%s missing", (name) => {
    const { [name]: _, ...values } = GOOD.values;
    expect(load({ ...GOOD, values })).toMatch(
      saying("t\\d+\\.json: ", `value ${name} is missing`, "the device model needs it"),
    );
  });
  test("in cycles needs a clock that runs", () => {
    expect(load(changed("cpu.clock", { value: 0, low: 0 }))).toMatch(/cpu\.clock is 0/);
    expect(load(changed("cpu.clock", { unit: "ns" }))).toMatch(/cpu\.clock has unit ns.*expected GHz/);
  });
});

describe("a document", () => {
  test.each<[string, unknown, string]>([
    ["a list", [], "is not a testbed document"],
    ["no JSON", "{ values }", "is not JSON .*; correct it"],
    [
      "of another schema",
      { ...GOOD, schema: "verbscope.path/1" },
      'schema is "verbscope.path/1": expected "verbscope.testbed/1"',
    ],
    ["without a name", { ...GOOD, name: undefined }, "name is missing"],
    ["without values", { ...GOOD, values: undefined }, "values is missing"],
    ["with values that are a list", { ...GOOD, values: [] }, "value cpu.clock is missing|values"],
    [
      "with a value that is a number",
      { ...GOOD, values: { ...GOOD.values, "cpu.syscall": 65 } },
      "cpu.syscall is not an object: write",
    ],
  ])("%s", (_, document, what) => {
    expect(load(document)).toMatch(saying("t\\d+\\.json: ", what));
  });
  test("that is no file", () => {
    expect(refused(() => loadTestbed("thesis"))).toMatch(
      /unknown testbed "thesis": not a file, and not one of edr-2016, fdr-2014, modern, thesis-2014/,
    );
  });
});

describe("--set", () => {
  test.each([
    ["cpu.syscall=-1", '"-1" is not a number ≥ 0 \\(unit ns\\)'],
    ["cpu.syscall=", '"" is not a number'],
    ["cpu.syscall=NaN", '"NaN" is not a number'],
    ["cpu.syscall=1e999", '"1e999" is not a number'],
    [
      "cpu.syscal=80",
      'testbed thesis-2014 has no value "cpu.syscal"; see `verbscope testbeds show thesis-2014`',
    ],
    ["cpu.syscall", "expected name=value"],
    ["=80", "expected name=value"],
  ])("%s", (setting, what) => {
    expect(refused(() => loadTestbed("thesis-2014", [setting]))).toMatch(
      saying(`^--set ${setting.replace(".", "\\.")}: `, what),
    );
  });
  test("keeps the range around its value, and the next replay reads it", () => {
    expect(loadTestbed("thesis-2014", ["cpu.syscall=80"]).values["cpu.syscall"]).toMatchObject({
      value: 80,
      low: 52,
      high: 80,
      unit: "ns",
    });
    expect(
      loadTestbed("thesis-2014", ["pcie.completion_chunk=rcb"]).values["pcie.completion_chunk"],
    ).toMatchObject({ value: "rcb" });
    expect(refused(() => use(loadTestbed("thesis-2014", ["pcie.completion_chunk=tlp"])))).toMatch(
      /pcie\.completion_chunk is "tlp"; expected mps or rcb/,
    );
  });
});

describe("a testbed that is older than a value", () => {
  const value: DeviceValue = { name: "hca.new", kind: "time", since: "9.9.9", says: "new" };
  test("takes a figure, which says that it is inferred", () => {
    const otherwise = { value: 0, unit: "ns", why: "it took no time then" };
    expect(olderValues(GOOD.values, [{ ...value, otherwise }])).toEqual({
      "hca.new": {
        value: 0,
        low: 0,
        high: 0,
        unit: "ns",
        source: "inferred: not in this testbed, which is older than 9.9.9; it took no time then",
        confidence: "low",
      },
    });
  });
  test("or what it says of another value, with its range", () => {
    const otherwise = { like: "hca.rx_packet", why: "one value stood for both" };
    const { value: v, low, high, unit } = GOOD.values["hca.rx_packet"]!;
    expect(olderValues(GOOD.values, [{ ...value, otherwise }])["hca.new"]).toMatchObject({
      value: v,
      low,
      high,
      unit,
    });
  });
  test("but not where it has the value", () => {
    const otherwise = { value: 0, unit: "ns", why: "it took no time then" };
    expect(olderValues({ "hca.new": GOOD.values["hca.process"]! }, [{ ...value, otherwise }])).toEqual({});
  });
});
