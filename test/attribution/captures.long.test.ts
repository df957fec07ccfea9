import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { type AttributeOptions, attribute } from "../../src/attribution/attribute.js";
import type { Attribution } from "../../src/attribution/result.js";
import { packageUrl } from "../../src/files.js";
import { loadPath } from "../../src/path/load.js";
import { memorySession, replayMemory } from "../../src/replay/memory-replay.js";
import { replay, verbsSession } from "../../src/replay/replay.js";
import { loadTestbed } from "../../src/testbed/load.js";
import { openMemoryTrace } from "../../src/trace/read.js";
import { type CAPTURES, capture } from "../support/captures.js";
import { refused } from "../support/refused.js";
import { schemaErrors } from "../support/schemas.js";

const testbed = loadTestbed("thesis-2014");
const program = (): ReturnType<typeof openMemoryTrace> =>
  openMemoryTrace(fileURLToPath(packageUrl("traces/hpcc-randomaccess.arrow")));
function of(
  name: (typeof CAPTURES)[number],
  from: string,
  to: string,
  options: AttributeOptions = {},
): Attribution {
  const trace = capture(name);
  try {
    return attribute(verbsSession(trace, testbed), from, to, options);
  } finally {
    trace.close();
  }
}
const sum = (values: readonly (number | string)[]): bigint =>
  values.reduce<bigint>((a, b) => a + BigInt(b), 0n);
const share = (a: Attribution, name: string): bigint =>
  BigInt(a.mechanisms.find((m) => m.name === name)!.share);

describe.each(["rc-pingpong-4k", "send-bw-srq", "ucx-tag-lat"] as const)(
  "virt-ib → memlink on %s",
  (name) => {
    const a = of(name, "virt-ib", "memlink");
    test("fits its schema", () => expect(schemaErrors("attribution", a)).toEqual([]));
    test("shares sum to the difference, to the picosecond", () => {
      expect(sum(a.mechanisms.map((m) => m.share))).toBe(BigInt(a.difference));
      expect(BigInt(a.difference)).toBe(BigInt(a.to.value) - BigInt(a.from.value));
      for (const m of a.mechanisms) {
        const [num, den] = m.exact.split("/").map(BigInt) as [bigint, bigint],
          off = BigInt(m.share) * den - num;
        expect(off < den && off > -den).toBe(true);
      }
    });
    test("in each layer too, and layers sum to the makespan's difference", () => {
      const layers = new Set(a.mechanisms.flatMap((m) => Object.keys(m.layers)));
      for (const l of layers) {
        expect(sum(a.mechanisms.map((m) => m.layers[l] ?? 0)), l).toBe(BigInt(a.layers[l] ?? 0));
        expect(BigInt(a.to.layers[l] ?? 0) - BigInt(a.from.layers[l] ?? 0), l).toBe(BigInt(a.layers[l] ?? 0));
      }
      expect(sum(Object.values(a.layers))).toBe(BigInt(a.difference));
      // Rounding by layers leaves at most one picosecond a layer.
      for (const m of a.mechanisms)
        expect(Math.abs(Number(sum(Object.values(m.layers)) - BigInt(m.share)))).toBeLessThanOrEqual(
          layers.size,
        );
    });
    test("each combination is what replay gives for its label, replayed or not", () => {
      expect(a.points).toHaveLength(32);
      const trace = capture(name),
        { replays } = replay(
          trace,
          a.points.map((p) => loadPath(p.path)),
          testbed,
        );
      trace.close();
      expect(replays.map((r) => r.makespan_ps)).toEqual(a.points.map((p) => p.value));
      expect(a.combinations).toEqual({
        needed: 32,
        replayed: new Set(a.points.map((p) => p.replayed)).size,
        unreal: 0,
      });
      expect(a.combinations.replayed).toBeLessThan(32);
    });
    test("first and last changes are those of single replays", () => {
      const at = (...changed: string[]): bigint =>
        BigInt(a.points.find((p) => p.changed.join() === changed.join())!.value);
      const all = a.mechanisms.map((m) => m.name);
      for (const m of a.mechanisms) {
        expect(BigInt(m.add_one_in)).toBe(at(m.name) - at());
        expect(BigInt(m.leave_one_out)).toBe(at(...all) - at(...all.filter((x) => x !== m.name)));
      }
    });
    test("the other way round, each share changes its sign", () => {
      const back = of(name, "memlink", "virt-ib"),
        negated = (fraction: string): string =>
          fraction.startsWith("-") ? fraction.slice(1) : fraction === "0/1" ? fraction : `-${fraction}`;
      expect(back.mechanisms.map((m) => m.exact)).toEqual(a.mechanisms.map((m) => negated(m.exact)));
      expect(back.interactions!.map((x) => x.exact)).toEqual(a.interactions!.map((x) => x.exact));
    });
  },
);

test("what is known: on rc-pingpong the doorbell saves most, then memory, and interrupts cost", () => {
  const a = of("rc-pingpong-4k", "virt-ib", "memlink");
  expect(share(a, "doorbell")).toBeLessThan(share(a, "memory"));
  expect(share(a, "memory")).toBeLessThan(0n);
  expect(share(a, "irq")).toBeGreaterThan(0n);
  expect([share(a, "link_madvise"), share(a, "bf_memtype")]).toEqual([0n, 0n]);
});

test("identical paths: no mechanism, no difference, one replay", () => {
  const a = of("write-lat-8", "memlink", "memlink");
  expect(schemaErrors("attribution", a)).toEqual([]);
  expect(a).toMatchObject({
    difference: 0,
    mechanisms: [],
    interactions: [],
    combinations: { needed: 1, replayed: 1, unreal: 0 },
  });
});
test("mechanisms without effect: no difference, no part, one replay for all", () => {
  const a = of("write-lat-8", "memlink", "memlink+link_madvise=off+guest_leaf=2m+host_leaf=4k");
  expect(a).toMatchObject({ difference: 0, combinations: { needed: 8, replayed: 1 } });
  expect(a.mechanisms.map((m) => [m.share, m.part])).toEqual([
    [0, null],
    [0, null],
    [0, null],
  ]);
});

test("sampling, on the same replays, sums exactly and lies near the exact shares", () => {
  const exact = of("ucx-tag-lat", "virt-ib", "memlink"),
    sampled = of("ucx-tag-lat", "virt-ib", "memlink", { samples: 2000, seed: 7 });
  expect(schemaErrors("attribution", sampled)).toEqual([]);
  expect(sampled.method).toEqual({ kind: "sampled", orders: 2000, seed: 7, confidence: 0.95 });
  expect(sum(sampled.mechanisms.map((m) => m.share))).toBe(BigInt(sampled.difference));
  expect(sampled.interactions).toBeNull();
  sampled.mechanisms.forEach((m, i) =>
    expect(Math.abs(Number(BigInt(m.share) - BigInt(exact.mechanisms[i]!.share)))).toBeLessThanOrEqual(
      2 * Number(m.half_width) + 1,
    ),
  );
  for (const l of Object.keys(sampled.layers))
    expect(sum(sampled.mechanisms.map((m) => m.layers[l] ?? 0))).toBe(BigInt(sampled.layers[l]!));
});

describe("metrics", () => {
  test("data path, throughput and latencies sum exactly too", () => {
    for (const metric of [
      "data-path",
      "throughput",
      "p99:message",
      "mean:post_send:SEND:4096",
      "max:reg_mr",
    ]) {
      const a = of("rc-pingpong-4k", "virt-ib", "memlink", { metric });
      expect(a.metric).toEqual({ name: metric, unit: metric === "throughput" ? "bytes/s" : "ps" });
      expect(sum(a.mechanisms.map((m) => m.share)), metric).toBe(BigInt(a.difference));
      expect(a.difference, metric).not.toBe(0);
    }
  });
  test("refuse what is not there, in one sentence", () => {
    const ask = (metric: string) => (): unknown => of("ucx-tag-lat", "virt-ib", "memlink", { metric });
    expect(refused(ask("speed"))).toMatch(/--metric speed: not a metric/);
    expect(refused(ask("toString"))).toMatch(/not a metric/);
    expect(refused(ask("p98:message"))).toMatch(/not a metric/);
    expect(refused(ask("p99:message:SEND:3"))).toMatch(/no such operation.*there are/);
    expect(refused(ask("p99:message"))).toMatch(/classes of operations fit.*name one/);
    expect(refused(ask("steady"))).toMatch(/no memory trace/);
    expect(refused(() => of("ucx-tag-lat", "virt-ib", "memlink", { samples: 3 }))).toMatch(/--samples 3/);
    expect(refused(() => of("ucx-tag-lat", "virt-ib", "memlink", { seed: 0.5 }))).toMatch(/--seed 0.5/);
  });
});

describe("memory traces", () => {
  test("alone: time and steady, with combinations that no machine has", () => {
    const trace = program(),
      session = memorySession(trace, testbed, { link: "all" });
    for (const metric of ["time", "steady"]) {
      const a = attribute(session, "native", "memlink", { metric });
      expect(schemaErrors("attribution", a)).toEqual([]);
      expect(sum(a.mechanisms.map((m) => m.share))).toBe(BigInt(a.difference));
      expect(a.difference).not.toBe(0);
      expect(a.combinations.needed).toBe(128);
      expect(a.combinations.replayed).toBeLessThan(16);
      expect(a.combinations.unreal).toBeGreaterThan(0);
      expect(a.notes.join()).toMatch(/exist in no machine/);
      expect(share(a, "irq")).toBe(0n);
      expect(share(a, "memory")).not.toBe(0n);
      if (metric !== "time") continue;
      const { replays } = replayMemory(
        trace,
        a.points.map((p) => loadPath(p.path)),
        testbed,
        { link: "all" },
      );
      expect(replays.map((r) => r.makespan_ps)).toEqual(a.points.map((p) => p.value));
    }
    trace.close();
  });
  test("beside a verbs trace: both kinds of cost in one attribution", () => {
    const verbs = capture("rc-pingpong-4k"),
      memory = program();
    const options = { memory, memoryOptions: { link: "all" } },
      a = attribute(verbsSession(verbs, testbed, options), "virt-ib", "memlink");
    const { replays } = replay(
      verbs,
      a.points.map((p) => loadPath(p.path)),
      testbed,
      options,
    );
    expect(replays.map((r) => r.makespan_ps)).toEqual(a.points.map((p) => p.value));
    verbs.close();
    memory.close();
    expect(schemaErrors("attribution", a)).toEqual([]);
    expect(a.trace.memory_trace?.rows).toBeGreaterThan(0);
    expect(sum(a.mechanisms.map((m) => m.share))).toBe(BigInt(a.difference));
    expect(Object.keys(a.mechanisms.find((m) => m.name === "memory")!.layers)).toEqual(
      expect.arrayContaining(["copy.bounce", "walk.host"]),
    );
  });
});

test("the digest is that of the numbers: not of progress, not of the order of --together", () => {
  const a = of("write-lat-8", "virt-ib", "memlink", {
    together: ["irq,doorbell"],
    onProgress: () => undefined,
  });
  expect(of("write-lat-8", "virt-ib", "memlink", { together: ["doorbell,irq"] })).toEqual(a);
  expect(of("write-lat-8", "virt-ib", "memlink").digest).not.toBe(a.digest);
});
