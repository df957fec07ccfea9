import { describe, expect, test } from "vitest";
import { attribute } from "../../src/attribution/attribute.js";
import { endpoint, labelOf, pathOf, playersOf } from "../../src/attribution/players.js";
import { loadChain, loadPath } from "../../src/path/load.js";
import { standalone } from "../../src/path/standalone.js";
import { verbsSession } from "../../src/replay/replay.js";
import { loadTestbed } from "../../src/testbed/load.js";
import { capture } from "../support/captures.js";
import { scratch } from "../support/files.js";
import { refused } from "../support/refused.js";

const { file } = scratch();
const PAIRS = [
  ["virt-ib", "memlink"],
  ["native", "memlink"],
  ["virt-ib-forward", "virt-ib"],
  ["virt-ib+memory=memlink", "sr-iov"],
  ["vhost", "virt-ib+irq=msix"],
] as const;
const names = (from: string, to: string, together: string[] = []): string[] =>
  playersOf(endpoint(from), endpoint(to), together).map((p) => p.name);

test("players are the settled mechanisms that differ", () => {
  expect(names("virt-ib", "memlink")).toEqual(["doorbell", "memory", "irq", "link_madvise", "bf_memtype"]);
  // What memory=memlink implies differs too.
  expect(names("virt-ib", "virt-ib+memory=memlink")).toEqual(["memory", "irq", "guest_lock"]);
  expect(names("memlink", "memlink")).toEqual([]);
});

describe.each(PAIRS)("%s → %s", (fromLabel, toLabel) => {
  const from = endpoint(fromLabel),
    to = endpoint(toLabel),
    players = playersOf(from, to),
    full = 2 ** players.length - 1;
  test("the first combination is one path, the last the other", () => {
    for (const [mask, label] of [
      [0, fromLabel],
      [full, toLabel],
    ] as const) {
      const path = pathOf(from, to, players, mask),
        asked = loadPath(label);
      expect(path.mechanisms).toEqual(asked.mechanisms);
      expect([...path.programs]).toEqual([...asked.programs]);
    }
  });
  test("each combination has a label that replay takes for the same path", () => {
    for (let mask = 0; mask <= full; mask++) {
      const path = pathOf(from, to, players, mask),
        asked = loadPath(path.label);
      expect(asked.mechanisms).toEqual(path.mechanisms);
      expect([...asked.programs]).toEqual([...path.programs]);
    }
  });
});

test("a label overrides what would be implied, and nothing else", () => {
  const { chain, name, label, mechanisms } = endpoint("virt-ib");
  expect(labelOf({ chain, name, label, mechanisms }, { ...mechanisms, memory: "memlink" })).toBe(
    "virt-ib+memory=memlink+irq=none+guest_lock=off",
  );
  expect(labelOf({ chain, name, label, mechanisms }, mechanisms)).toBe("virt-ib");
});

describe("--together", () => {
  test("binds, in whatever order", () => {
    expect(names("virt-ib", "memlink", ["irq,doorbell"])).toEqual([
      "doorbell+irq",
      "memory",
      "link_madvise",
      "bf_memtype",
    ]);
    expect(names("virt-ib", "memlink", ["memory,bf_memtype", "irq,doorbell"])).toEqual(
      names("virt-ib", "memlink", ["doorbell,irq", "bf_memtype,memory"]),
    );
  });
  test("what does not differ is not bound", () =>
    expect(names("virt-ib", "memlink", ["machine,doorbell"])).toContain("doorbell"));
  test("refuses unknown and repeated names", () => {
    expect(refused(() => names("virt-ib", "memlink", ["doorbel"]))).toMatch(/unknown mechanism "doorbel"/);
    expect(refused(() => names("virt-ib", "memlink", ["doorbell,irq", "irq,memory"]))).toMatch(
      /irq is named twice/,
    );
  });
});

describe("documents", () => {
  const memlink = JSON.parse(standalone(loadChain("memlink"), {})) as {
    programs: Record<string, Record<string, unknown>[]>;
  } & Record<string, unknown>;
  test("a copy of a built-in path is no other document", () => {
    expect(
      names("virt-ib", file("copy.json", JSON.stringify({ ...memlink, title: "another title" }))),
    ).not.toContain("document");
  });
  test("other programs count as one more mechanism, and its share is what they change", () => {
    const dear = structuredClone(memlink);
    dear.programs.post_send!.push({ id: "more", layer: "lib.post", cost: "lib.wqe_post", count: "1000*wr" });
    const label = file("dear.json", JSON.stringify({ ...dear, name: "dear" })),
      trace = capture("rc-pingpong-4k");
    expect(names("memlink", label)).toEqual(["document"]);
    const { mechanisms, difference } = attribute(
      verbsSession(trace, loadTestbed("thesis-2014")),
      "memlink",
      label,
    );
    trace.close();
    expect(mechanisms).toHaveLength(1);
    expect(mechanisms[0]).toMatchObject({
      name: "document",
      from: "memlink",
      to: label,
      share: difference,
      part: 1,
    });
    expect(Number(mechanisms[0]!.layers["lib.post"])).toBeGreaterThan(1e9);
  });
});

test("a combination that cannot be replayed is named, and can be bound", () => {
  const post_send = [
    { layer: "lib.post", cost: "lib.wqe_post", count: "wr" },
    { launch: true, if: { doorbell: "trapped", memory: "bounce" } },
    { launch: true, if: { doorbell: "mapped", memory: "direct" } },
  ];
  const label = file(
    "either.json",
    JSON.stringify({
      schema: "verbscope.path/1",
      name: "either",
      extends: "common",
      mechanisms: { machine: "guest" },
      programs: { post_send },
    }),
  );
  const trace = capture("write-lat-8"),
    session = verbsSession(trace, loadTestbed("thesis-2014")),
    from = `${label}+doorbell=trapped+memory=bounce`;
  expect(refused(() => attribute(session, from, label))).toMatch(
    /the combination that changes only doorbell cannot be replayed.*no step launches.*--together doorbell,memory/,
  );
  expect(
    attribute(session, from, label, { together: ["doorbell,memory"] }).mechanisms.map((m) => m.part),
  ).toEqual([1]);
  trace.close();
});
