import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { Ajv2020 } from "ajv/dist/2020.js";
import { describe, expect, test } from "vitest";
import { builtinNames } from "../../src/files.js";
import { loadChain, loadPath } from "../../src/path/load.js";
import { standalone } from "../../src/path/standalone.js";
import { replayMemory } from "../../src/replay/memory-replay.js";
import { replay } from "../../src/replay/replay.js";
import { loadTestbed } from "../../src/testbed/load.js";
import { CAPTURES, capture } from "../support/captures.js";
import { loads, MEMORY_CAPTURES, memoryCapture, replayRows } from "../support/memory/memory-replay.js";

const root = fileURLToPath(new URL("../../", import.meta.url));
// biome-ignore lint/suspicious/noExplicitAny: plain JSON, into which the tests reach by name and compare
const json = (file: string): any => JSON.parse(readFileSync(root + file, "utf8"));
const schema = Object.fromEntries(
  ["path", "testbed", "result", "sources"].map((n) => [n, json(`schemas/${n}.schema.json`)]),
);
const ajv = new Ajv2020({ allErrors: true, strict: true, strictTypes: false, strictRequired: false });
for (const s of Object.values(schema)) ajv.addSchema(s);

function errors(id: string, data: unknown): string[] {
  const valid = ajv.getSchema(`urn:verbscope:${id}:1`)!;
  valid(data);
  return (valid.errors ?? []).map((e) => `${e.instancePath} ${e.message}`).slice(0, 5);
}

describe("documents", () => {
  test.each(builtinNames("paths"))("path %s", (name) => {
    expect(errors("path", json(`paths/${name}.json`))).toEqual([]);
    expect(errors("path", JSON.parse(standalone(loadChain(name), {})))).toEqual([]);
  });
  test.each(builtinNames("testbeds"))("testbed %s", (name) =>
    expect(errors("testbed", json(`testbeds/${name}.json`))).toEqual([]),
  );
  test.each(builtinNames("sources"))("sources %s", (name) =>
    expect(errors("sources", json(`sources/${name}.json`))).toEqual([]),
  );
});

test.each(CAPTURES)("result of %s", (name) => {
  const trace = capture(name);
  const result = replay(trace, ["native", "virt-ib", "memlink"].map(loadPath), loadTestbed("thesis-2014"));
  trace.close();
  expect(errors("result", JSON.parse(JSON.stringify(result)))).toEqual([]);
});

describe("results with memory accesses", () => {
  const paths = ["native", "virt-ib", "memlink"].map(loadPath),
    testbed = loadTestbed("modern");
  const plain = (result: unknown): unknown => JSON.parse(JSON.stringify(result));
  test.each(MEMORY_CAPTURES)("of %s", (name) =>
    expect(
      errors("result", plain(replayMemory(memoryCapture(name), paths, testbed, { link: "heap" }))),
    ).toEqual([]),
  );
  test("of one access, without native", () =>
    expect(errors("result", plain(replayRows(loads(0x1000n), ["memlink"], { link: "all" })))).toEqual([]));
  test("beside a verbs trace", () => {
    const result = replay(capture("rc-pingpong-4k"), paths, testbed, {
      memory: memoryCapture("sort"),
      memoryOptions: { link: "largest" },
    });
    expect(errors("result", plain(result))).toEqual([]);
  });
  test("are refused without what a schema asks for", () => {
    const good = replayRows(loads(0x1000n), ["native", "memlink"]),
      [native, memlink] = good.replays;
    for (const memory of [
      { ...memlink!.memory, structures: "none" },
      { ...memlink!.memory, access_ps: -1 },
      { ...memlink!.memory, walks: undefined },
    ])
      expect(
        errors("result", plain({ ...good, replays: [native, { ...memlink, memory }] })),
        JSON.stringify(memory).slice(0, 80),
      ).not.toEqual([]);
    expect(
      errors(
        "result",
        plain({ ...good, trace: { ...good.trace, memory: { ...good.trace.memory, pages: -1 } } }),
      ),
    ).not.toEqual([]);
  });
});

describe("what schemas refuse", () => {
  const testbed = json("testbeds/modern.json"),
    figure = json("sources/exits.json").entries[0];
  test.each([
    ["path", { schema: "verbscope.path/1", name: "x", programs: { post_send: [{ layer: "lib.post" }] } }],
    ["path", { schema: "verbscope.path/1", name: "x", mechanisms: { memory: "magic" } }],
    ["path", { schema: "verbscope.path/1", name: "x", programs: { post_sent: [] } }],
    [
      "testbed",
      {
        ...testbed,
        values: { ...testbed.values, "cpu.clock": { value: -1, low: 0, high: 1, unit: "GHz", source: "x" } },
      },
    ],
    ["testbed", { ...testbed, values: {} }],
    ["result", { schema: "verbscope.result/1" }],
    ["sources", { schema: "verbscope.sources/1", area: "x", entries: [{ ...figure, basis: "heard" }] }],
    ["sources", { schema: "verbscope.sources/1", area: "x", entries: [{ ...figure, id: "X1" }] }],
    [
      "sources",
      { schema: "verbscope.sources/1", area: "x", entries: [{ ...figure, publication: undefined }] },
    ],
    [
      "sources",
      { schema: "verbscope.sources/1", publications: { x: { title: "without a way to find it" } } },
    ],
  ])("%s, case %#", (id, data) => expect(errors(id, data)).not.toEqual([]));
});
