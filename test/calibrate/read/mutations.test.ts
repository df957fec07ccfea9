import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { calibrate } from "../../../src/calibrate/calibrate.js";
import { readMeasured } from "../../../src/calibrate/read/read.js";
import { loadPath } from "../../../src/path/load.js";
import { loadTestbed } from "../../../src/testbed/load.js";
import { changed, fixture, refusal } from "../../support/calibrate/measured.js";
import { refused } from "../../support/refused.js";
import { ALL_NAMES, readOrRefused } from "./read-or-refused.js";

/** Names that every object of JavaScript answers to. */
const INHERITED = [
  "constructor",
  "toString",
  "valueOf",
  "hasOwnProperty",
  "isPrototypeOf",
  "toLocaleString",
  "__proto__",
  "__defineGetter__",
  "prototype",
];
const NUMBERS = [
  "0",
  "-1",
  "1",
  "2",
  "65536",
  "4294967296",
  "9007199254740993",
  "1e308",
  "1e-308",
  "1e999",
  "0.000001",
  "nan",
  "-inf",
  "0x10",
  "1,5",
  ".",
  "",
];

type Lines = readonly string[];
/** A change of a file's lines, by what `pick` draws. */
type Mutation = (lines: Lines, pick: (below: number) => number) => string[];
const anyOf = <T>(list: readonly T[], pick: (below: number) => number): T => list[pick(list.length)]!;
const spliced = (lines: Lines, at: number, count: number, by: Lines = []): string[] => [
  ...lines.slice(0, at),
  ...by,
  ...lines.slice(at + count),
];
/** One of the places where a pattern is found in any line, replaced. */
const replaced =
  (pattern: RegExp, by: (found: string, pick: (below: number) => number) => string): Mutation =>
  (lines, pick) => {
    const places = lines.flatMap((line, i) =>
      [...line.matchAll(pattern)].map((m) => [i, m.index, m[0]] as const),
    );
    if (places.length === 0) return [...lines];
    const [i, at, found] = anyOf(places, pick),
      line = lines[i]!;
    return spliced(lines, i, 1, [line.slice(0, at) + by(found, pick) + line.slice(at + found.length)]);
  };
const MUTATIONS: readonly Mutation[] = [
  (lines, pick) => spliced(lines, pick(lines.length), 1 + pick(3)),
  (lines, pick) => {
    const i = pick(lines.length);
    return spliced(lines, pick(lines.length), 0, lines.slice(i, i + 1 + pick(8)));
  },
  (lines, pick) => {
    const [i, j] = [pick(lines.length), pick(lines.length)];
    return spliced(spliced(lines, i, 1, [lines[j]!]), j, 1, [lines[i]!]);
  },
  (lines, pick) => {
    const i = pick(lines.length);
    return spliced(lines, i, 1, [[...lines[i]!].reverse().join("")]);
  },
  replaced(/[+-]?\d[\d.]*/g, (_, pick) => anyOf(NUMBERS, pick)),
  replaced(/\d/g, (_, pick) => String(pick(10))),
  replaced(/[+-]?\d[\d.]*/g, (found, pick) => `${found}${"0".repeat(pick(40))}`),
  replaced(/[A-Za-z_][\w-]*/g, (_, pick) => anyOf(INHERITED, pick)),
  replaced(/[A-Za-z_][\w-]*/g, (found, pick) => (pick(2) === 0 ? found.toUpperCase() : found.toLowerCase())),
  replaced(/[A-Za-z_][\w-]*(?="?\s*:)/g, (_, pick) => anyOf(INHERITED, pick)),
  replaced(/[:,{}"%()[\]]/g, (found, pick) => found.repeat(pick(3))),
  replaced(/\s+/g, (found, pick) => (pick(2) === 0 ? "" : `${found}\t`)),
];

test("every fixture, however it is changed, is read or refused in a sentence", () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...ALL_NAMES),
      fc.array(fc.tuple(fc.constantFrom(...MUTATIONS), fc.infiniteStream(fc.nat())), {
        minLength: 1,
        maxLength: 4,
      }),
      (name, changes) => {
        let lines = fixture(name).split("\n");
        for (const [mutate, draws] of changes) {
          lines = mutate(lines, (below) => (draws.next().value as number) % below);
          if (lines.length === 0) lines = [""];
        }
        readOrRefused(lines.join("\n"));
      },
    ),
    { numRuns: 2000 },
  );
});

describe.each(INHERITED)("the name %s", (name) => {
  test("of a result or a member of perftest's JSON is one that is not read", () => {
    const text = fixture("perftest-bw.json"),
      { measurements } = readMeasured("m", text);
    for (const piece of ['"BW_peak"', '"PCIe_relax_order"'])
      expect(readMeasured("m", changed(text, piece, `"${name}"`)).measurements).toEqual(measurements);
  });
  test("of a member of perftest's text is one that is not read", () => {
    const text = fixture("perftest-send-lat.txt");
    expect(readMeasured("m", changed(text, "PCIe relax order", name)).measurements).toEqual(
      readMeasured("m", text).measurements,
    );
  });
  test("of a test of OSU is refused", () =>
    expect(refusal(changed(fixture("osu-latency.txt"), "MPI Latency", `MPI ${name}`))).toBe(
      `m: line 1: the test is "${name}": give osu_latency, osu_bw, osu_bibw or osu_mbw_mr`,
    ));
});

test("the unit of a base testbed's value may not be a name that objects inherit", () => {
  const base = loadTestbed("edr-2016"),
    odd = { ...base.values["mem.dram"]!, unit: "constructor" },
    values = { ...base.values, "mem.dram": odd } as typeof base.values;
  expect(
    refused(() =>
      calibrate([readMeasured("m", fixture("lmbench.txt"))], {
        base: { ...base, values },
        path: loadPath("native"),
        name: "found",
      }),
    ),
  ).toMatch(/mem\.dram/);
});
