import { describe, expect, test } from "vitest";
import { checkResult } from "../../src/compare/read-result.js";
import { command } from "../support/command.js";
import { scratch } from "../support/files.js";
import { refused } from "../support/refused.js";
import { DEARER, resultOf } from "./results.js";

const { file } = scratch(),
  base = resultOf(),
  A = file("a.json", JSON.stringify(base)),
  B = file("b.json", JSON.stringify(resultOf(DEARER)));
const compare = (...args: string[]): ReturnType<typeof command> => command("compare", ...args);

describe("exit codes", () => {
  test("0 with itself", async () => {
    const r = await compare(A, A);
    expect([r.status, r.stderr]).toEqual([0, ""]);
    expect(r.stdout).toMatch(/nothing differs/);
  });
  test("0 when something differs and nothing forbids it", async () =>
    expect((await compare(A, B)).status).toBe(0));
  test.each(["text", "json", "markdown", "junit"])(
    "1 when a budget of 2 %% is exceeded, as %s",
    async (format) => {
      const r = await compare(A, B, "--budget", "layer=2%", "--format", format);
      expect([r.status, r.stderr]).toEqual([1, ""]);
      expect(r.stdout).toContain("vm.exit");
      expect((await compare(A, B, "--budget", "layer=6%", "--format", format)).status).toBe(0);
    },
  );
  test("two paths of one file", async () =>
    expect(
      (await compare(A, "--base-path", "native", "--new-path", "memlink", "--budget", "total=1%")).status,
    ).toBe(1));
});

describe("2, with one sentence", () => {
  const bad = (name: string, change: (r: typeof base) => unknown): string =>
    file(name, JSON.stringify(change(structuredClone(base))));
  test.each([
    ["no file", ["nonsense.json", A], /nonsense\.json: cannot be read/],
    ["not JSON", [file("text.json", "no\u001b[2J json"), A], /is not JSON/],
    ["a list", [file("list.json", "[]"), A], /is not a result, but a list/],
    [
      "another schema version",
      [A, bad("v2.json", (r) => ({ ...r, schema: "verbscope.result/2" }))],
      /schema is "verbscope\.result\/2", expected "verbscope\.result\/1"/,
    ],
    [
      "another document",
      [A, file("path.json", JSON.stringify({ schema: "verbscope.path/1" }))],
      /schema is "verbscope\.path\/1"/,
    ],
    [
      "another trace",
      [A, file("other.json", JSON.stringify(resultOf([], ["native"], "write-lat-8")))],
      /is of another trace/,
    ],
    ["a layer that does not exist", [A, B, "--budget", "vm.exits=2%"], /no layer or group "vm\.exits"/],
    ["a path that is missing", [A, B, "--base-path", "sr-iov"], /has no replay of it/],
    ["one file, no paths", [A], /name a second one/],
    ["junit without budgets", [A, B, "--format", "junit"], /give --budget/],
    ["an unknown format", [A, B, "--format", "yaml"], /yaml/],
    ["no file at all", [], /Not enough non-option arguments/],
  ])("%s", async (_, args, why) => {
    const r = await compare(...args);
    expect(r.status, r.stdout).toBe(2);
    expect(r.stdout).toBe("");
    expect(r.stderr.trim().split("\n"), r.stderr).toHaveLength(1);
    expect(r.stderr).toMatch(why);
    expect(r.stderr).not.toMatch(/internal error|\u001b/);
  });
});

describe("results that are damaged", () => {
  const replay =
    (change: object): ((r: typeof base) => unknown) =>
    (r) => ({ ...r, replays: [{ ...r.replays[0], ...change }] });
  const broken: [string, (r: typeof base) => unknown][] = [
    ["trace", (r) => ({ ...r, trace: undefined })],
    ["memory trace", (r) => ({ ...r, trace: { ...r.trace, memory_trace: 1 } })],
    ["testbed", (r) => ({ ...r, testbed: 3 })],
    ["testbed values", (r) => ({ ...r, testbed: { ...r.testbed, values: { x: null } } })],
    ["replays", (r) => ({ ...r, replays: {} })],
    ["no replays", (r) => ({ ...r, replays: [] })],
    ["a replay", (r) => ({ ...r, replays: [null] })],
    ["path", replay({ path: 3 })],
    ["makespan", replay({ makespan_ps: 1.5 })],
    ["layers", replay({ layers: { "vm.exit": "many" } })],
    ["counters", replay({ counters: null })],
    ["data path", replay({ data_path: {} })],
    ["throughput", replay({ throughput: 5 })],
    ["operations", replay({ operations: [{ verb: "post_send" }] })],
    ["memory", replay({ memory: {} })],
  ];
  test.each(broken)("%s", (_, damaged) =>
    expect(refused(() => checkResult(damaged(base), "r.json"))).toMatch(/^r\.json: /),
  );
});
