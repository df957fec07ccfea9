import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { reportCommand } from "../../src/cli/commands/report.js";
import { perSecond } from "../../src/numbers.js";
import { digestOf, type Result } from "../../src/replay/result/document.js";
import { compareWithNative } from "../../src/replay/result/result.js";
import { TIMELINE_BUDGET } from "../../src/replay/timeline.js";
import type { VerbsRow } from "../../src/trace/table/rows.js";
import { readRows } from "../../src/trace/verbs/read-rows.js";
import { resultOf } from "../compare/results.js";
import { command } from "../support/command.js";
import { pingpong } from "../support/pingpong.js";
import { refused } from "../support/refused.js";
import { schemaErrors } from "../support/schemas.js";
import { encodeRows } from "../support/script.js";
import { chromeTrace } from "./chrome-trace.js";
import { CONTROL, EVIL } from "./hostile.js";

const folder = mkdtempSync(join(tmpdir(), "verbscope-"));
afterAll(() => rmSync(folder, { recursive: true }));
const at = (name: string): string => join(folder, name);
const file = (name: string, content: unknown): string => {
  writeFileSync(at(name), typeof content === "string" ? content : JSON.stringify(content));
  return at(name);
};
const report = (...args: string[]): ReturnType<typeof command> => command("report", ...args);

const base = resultOf(),
  R = file("r.json", base);
const changed = (name: string, change: (r: Result) => void): string => {
  const copy = structuredClone(base);
  change(copy);
  copy.digest = digestOf(copy); // somebody made it fit: what follows is about everything else
  return file(name, copy);
};

describe("0", () => {
  test("--svg with the name of a chart's file writes that one", async () => {
    const one = at("latency.svg");
    expect(await report(R, "--svg", one)).toMatchObject({ status: 0, stderr: `${one}\n` });
    expect(readFileSync(one, "utf8")).toContain("<svg");
    expect(await report(R, "--svg", at("x.svg"))).toMatchObject({
      status: 2,
      stderr: expect.stringMatching(
        /no chart is called "x"; name a folder, or a file called layers\.svg/,
      ) as string,
    });
  });
  test("without an output: what replay prints", async () => {
    const r = await report(R);
    expect([r.status, r.stderr]).toEqual([0, ""]);
    expect(r.stdout).toBe((await command("replay", base.trace.file)).stdout);
  });
  test("every output at once, each named on standard error", async () => {
    const r = await report(
      R,
      "--perfetto",
      at("t.json"),
      "--path",
      "native",
      "--records",
      "100",
      "--speedscope",
      at("s.json"),
      "--folded",
      at("f.txt"),
      "--arrow",
      at("a/b"),
      "--csv",
      at("c"),
      "--operations",
    );
    expect([r.status, r.stdout]).toEqual([0, ""]);
    const tables = ["replays", "layers", "counters", "operations", "operation_layers", "operation_latencies"];
    const files = [
      at("t.json"),
      at("s.json"),
      at("f.txt"),
      ...tables.flatMap((t) => [at(`a/b/${t}.arrow`), at(`c/${t}.csv`)]),
    ];
    expect(r.stderr.trim().split("\n")).toEqual(files);
    expect(files.every(existsSync)).toBe(true);
    // no temporary file stays
    expect(readdirSync(at("a/b")).length + readdirSync(at("c")).length).toBe(2 * tables.length);
    expect(
      (JSON.parse(readFileSync(at("t.json"), "utf8")) as { otherData: unknown }).otherData,
    ).toMatchObject({ path: "native", coverage: expect.stringMatching(/^the first 100 records/) as string });
  });
  test("several results in text, tables and stacks", async () => {
    const r = await report(R, R, "--csv", at("two"), "--folded", at("two.txt"));
    expect(r.status, r.stderr).toBe(0);
    expect(readFileSync(at("two/replays.csv"), "utf8").trim().split("\r\n")).toHaveLength(
      1 + 2 * base.replays.length,
    );
    expect((await report(R, R)).stdout.match(/Where the time goes/g)).toHaveLength(2);
  });
  test("a result of before a counter was added", async () =>
    expect(
      (await report(changed("old.json", (r) => delete r.replays[0]!.counters["rkey.unknown"]))).status,
    ).toBe(0));
  test("the timeline of one side alone, whose peer is native: a result says so", async () => {
    const rows = [...readRows(pingpong(1))]
      .filter((r) => r.node === 1)
      .map((r): VerbsRow => ({ ...r, node: 0 }));
    writeFileSync(at("alone.arrow"), encodeRows(rows));
    const on = async (peer: string): Promise<Result> =>
      JSON.parse(
        (await command("replay", at("alone.arrow"), "--peer", peer, "--paths", "virt-ib", "--json")).stdout,
      ) as Result;
    const [native, same] = [await on("native"), await on("same")];
    expect([native.trace.peer, same.trace.peer, schemaErrors("result", native)]).toEqual([
      "native",
      undefined,
      [],
    ]);
    expect(native.replays[0]!.makespan_ps).not.toBe(same.replays[0]!.makespan_ps);
    expect(native.digest).not.toBe(same.digest);
    const r = await report(file("alone.json", native), "--perfetto", at("alone.perfetto.json"));
    expect([r.status, r.stderr]).toEqual([0, `${at("alone.perfetto.json")}\n`]);
    const { names, other } = chromeTrace(readFileSync(at("alone.perfetto.json"), "utf8"));
    expect(other.makespan_ps).toBe(native.replays[0]!.makespan_ps);
    expect([...names.values()]).toContain("node 0: node 0");
  });
});

describe("2, with one sentence, and no file", () => {
  const out = at("out"),
    nowhere = join(R, "x");
  const leavesNothing = async (act: () => unknown): Promise<void> => {
    const before = readdirSync(folder);
    await act();
    expect(readdirSync(folder).filter((f) => !before.includes(f))).toEqual([]);
  };
  test.each<[string, string[], RegExp]>([
    ["no result", [], /Not enough non-option arguments/],
    ["not JSON", [file("text.json", "no\u001b[2J json")], /is not JSON/],
    [
      "another trace of the same name",
      [changed("other.json", (r) => (r.trace.file = "traces/write-lat-8.arrow")), "--perfetto", out],
      /is not the trace of this result \(its digest differs\)/,
    ],
    ["no records", [R, "--perfetto", out, "--records", "0"], /a timeline holds 1 to 100000000 records/],
    [
      "records that are no number",
      [R, "--perfetto", out, "--records", "many"],
      /--records is "many": give a number/,
    ],
    ["an option without its file", [R, "--perfetto"], /Not enough arguments following: perfetto/],
    [
      "an option twice",
      [R, "--speedscope", out, "--speedscope", out],
      /--speedscope is given more than once/,
    ],
    ["a file under a file", [R, "--perfetto", nowhere, "--records", "5"], /cannot be written \(ENOTDIR\)/],
  ])("%s", (_, args, why) =>
    leavesNothing(async () => {
      const r = await report(...args);
      expect(r.status, r.stdout).toBe(2);
      expect(r.stdout).toBe("");
      expect(r.stderr.trim().split("\n"), r.stderr).toHaveLength(1);
      expect(r.stderr).toMatch(why);
      expect(r.stderr).not.toMatch(/internal error|undefined|\[object/);
      expect(r.stderr).not.toMatch(CONTROL);
    }),
  );

  /** The same command without a process of its own. */
  const handle = (results: string[], options: object): void =>
    void reportCommand.handler({ results, records: TIMELINE_BUDGET, operations: false, ...options } as never);
  test.each<[string, string[], object, RegExp]>([
    ["no such file", [at("nonsense.json")], {}, /cannot be read/],
    [
      "another schema version",
      [changed("v2.json", (r) => Object.assign(r, { schema: "verbscope.result/2" }))],
      {},
      /schema is "verbscope\.result\/2", expected "verbscope\.result\/1"/,
    ],
    [
      "a result that lacks what only a report shows",
      [changed("lacks.json", (r) => Reflect.deleteProperty(r.trace, "notes"))],
      {},
      /trace must have required property 'notes'/,
    ],
    [
      "a negative time",
      [changed("negative.json", (r) => (r.replays[0]!.layers["vm.exit"] = -1))],
      { arrow: out },
      /the layers of replays\[0\] sum to \d+ ps, its makespan is \d+ ps/,
    ],
    [
      "a number of more than 64 bits",
      [changed("large.json", (r) => (r.replays[0]!.layers["vm.exit"] = "99999999999999999999"))],
      { arrow: out },
      /the layers of replays\[0\] sum to \d+ ps/,
    ],
    [
      "a missing trace",
      [changed("gone.json", (r) => (r.trace.file = "gone.arrow"))],
      { perfetto: out },
      /gone\.arrow: cannot be opened.*the trace that the result names/,
    ],
    [
      "a replay that comes out otherwise",
      [
        changed("time.json", ({ replays }) => {
          const memlink = replays[2]!;
          Object.assign(memlink, { makespan_ps: 5, layers: { "app.think": 5 } });
          memlink.throughput.bytes_per_s = perSecond(Number(memlink.throughput.bytes), 5n);
          compareWithNative(replays);
        }),
      ],
      { perfetto: out },
      /replayed again on memlink it takes \d+ ps, the result says 5 ps/,
    ],
    [
      "a trace that is no trace",
      [changed("text-trace.json", (r) => (r.trace.file = R))],
      { operations: true, csv: out },
      /is no trace, but looks like a result.*the trace that the result names/,
    ],
    [
      "a memory trace",
      [changed("memory.json", (r) => Object.assign(r.trace, { schema: "memory/1" }))],
      { perfetto: out },
      /only a verbs trace replayed alone has a timeline/,
    ],
    [
      "an unknown path",
      [R],
      { perfetto: out, path: "sr-iov" },
      /the result has no path "sr-iov"; it has native, virt-ib, memlink/,
    ],
    [
      "an unknown base",
      [R],
      { folded: out, "folded-base": "sr-iov" },
      /--folded-base sr-iov is no path of the result/,
    ],
    ["several results", [R, R], { perfetto: out }, /--perfetto takes one result, but 2 are named/],
    [
      "several results, every operation",
      [R, R],
      { csv: out, operations: true },
      /--operations takes one result/,
    ],
    ["a base alone", [R], { "folded-base": "native" }, /--folded-base goes with --folded/],
    ["operations alone", [R], { operations: true }, /--operations goes with --arrow or --csv/],
    ["a path alone", [R], { path: "native" }, /--path goes with --perfetto or --folded-base/],
    [
      "a good output and a bad one",
      [R],
      { speedscope: out, folded: at("other.txt"), "folded-base": "nonsense" },
      /nonsense is no path/,
    ],
    ["a folder under a file", [R], { arrow: nowhere }, /cannot be made \(ENOTDIR\)/],
    ["a folder where a file should be", [R], { speedscope: folder }, /cannot be written \(EISDIR\)/],
  ])("%s", (_, results, options, why) =>
    leavesNothing(() => expect(refused(() => handle(results, options))).toMatch(why)),
  );
});

describe("names from a result are inert on the terminal", () => {
  const evil = changed("evil.json", (r) => {
    r.trace.file = r.testbed.name = r.testbed.title = r.replays[1]!.path = r.trace.notes[0] = EVIL;
    r.trace.fields[EVIL] = "assumed";
  });
  test("in the text: as many lines as without them", async () => {
    const r = await report(evil);
    expect(r.status, r.stderr).toBe(0);
    expect(r.stdout).not.toMatch(CONTROL);
    expect(r.stdout).not.toMatch(/\r/);
    expect(r.stdout).toContain("<script>"); // text, for a terminal
  });
  test.each([
    ["--perfetto", at("e1")],
    ["--folded-base", "x", "--folded", at("e2")],
  ])("in what %s says is wrong", async (...args) => {
    const { status, stderr } = await report(evil, ...args);
    expect(status).toBe(2);
    expect(stderr.trim().split("\n")).toHaveLength(1);
    expect(stderr).not.toMatch(CONTROL);
  });
});
