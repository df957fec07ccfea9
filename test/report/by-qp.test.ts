import { describe, expect, test } from "vitest";
import { loadPath } from "../../src/path/load.js";
import { type QpLatencies, QpLatencyCollector } from "../../src/replay/log/latencies.js";
import { logKinds } from "../../src/replay/log/log.js";
import { replay, verbsSession } from "../../src/replay/replay.js";
import type { OperationResult } from "../../src/replay/result/result.js";
import { tablesOf } from "../../src/report/export/tables.js";
import { textReport } from "../../src/report/text/text.js";
import { loadTestbed } from "../../src/testbed/load.js";
import { CAPTURES, capture } from "../support/captures.js";
import { command } from "../support/command.js";
import { schemaErrors } from "../support/schemas.js";

const testbed = loadTestbed("thesis-2014"),
  paths = ["native", "virt-ib"].map(loadPath);
const keyOf = (l: Pick<QpLatencies, "verb" | "opcode" | "size_class"> | OperationResult): string =>
  `${l.verb} ${l.opcode} ${l.size_class}`;

describe.each(CAPTURES)("%s", (name) => {
  const trace = capture(name),
    result = replay(trace, paths, testbed, { byQp: true }),
    plain = replay(trace, paths, testbed);
  /** Every latency, as the log tells it, by node, queue pair and verb. */
  const exact = paths.map((path) => {
    const all = new Map<string, number[]>(),
      add = (key: string, ps: bigint): void =>
        void (all.get(key) ?? all.set(key, []).get(key)!).push(Number(ps));
    verbsSession(trace, testbed).replay(path, {
      log: {
        kinds: logKinds("OPERATION", "POLLED"),
        lost: () => expect.unreachable(),
        take: (r) => {
          if (r.kind === "OPERATION") add(`${r.track} ${r.qp} post_send`, r.end_ps - r.start_ps);
          else if ((r.what & 1) === 1)
            add(`${trace.threads[r.track]![0]} ${r.qp} message`, r.end_ps - r.start_ps);
          return true;
        },
      },
    });
    return all;
  });
  trace.close();

  test("counts, sums, least and most are those of the classes", () => {
    for (const r of result.replays) {
      for (const o of r.operations.filter(
        (x) => x.verb === "message" || (x.verb === "post_send" && x.size_class !== "none"),
      )) {
        const parts = r.latencies_by_qp!.filter((l) => keyOf(l) === keyOf(o)),
          n = (f: (l: QpLatencies) => number): number[] => parts.map(f);
        expect(
          n((l) => l.count).reduce((a, b) => a + b, 0),
          keyOf(o),
        ).toBe(o.count);
        expect(Math.min(...n((l) => Number(l.latency_ps.min)))).toBe(o.latency_ps.min);
        expect(Math.max(...n((l) => Number(l.latency_ps.max)))).toBe(o.latency_ps.max);
      }
      const classes = new Set(r.operations.map(keyOf));
      expect(r.latencies_by_qp!.filter((l) => !classes.has(keyOf(l)))).toEqual([]);
    }
  });
  test("percentiles are within 1/128 of those of all latencies", () => {
    result.replays.forEach((r, i) => {
      for (const l of r.latencies_by_qp!) {
        const all = exact[i]!.get(`${l.node} ${l.qp} ${l.verb}`)!;
        if (all.length !== l.count) continue; // several sizes of one queue pair: the classes above have them
        all.sort((a, b) => a - b);
        const { min, max, mean } = l.latency_ps;
        expect([min, max, mean]).toEqual([
          all[0],
          all.at(-1),
          Math.floor(all.reduce((a, b) => a + b, 0) / all.length),
        ]);
        for (const [q, p] of [
          [0.5, l.latency_ps.p50],
          [0.9, l.latency_ps.p90],
          [0.99, l.latency_ps.p99],
          [0.999, l.latency_ps.p999],
        ] as const) {
          // HDR rounds the rank, so that it may be one below that of ceil(q n).
          const rank = Math.ceil(q * all.length),
            low = all[Math.max(0, rank - 2)]!,
            high = all[Math.min(all.length, rank) - 1]!;
          expect(Number(p)).toBeGreaterThanOrEqual(low);
          expect(Number(p)).toBeLessThanOrEqual(high * (1 + 1 / 128));
        }
      }
    });
  });
  test("valid, and without the option nothing differs", () => {
    expect(schemaErrors("result", result)).toEqual([]);
    expect(plain.replays).toEqual(result.replays.map(({ latencies_by_qp: _, ...r }) => r));
    expect(plain.digest).not.toBe(result.digest);
    expect(textReport(plain)).not.toMatch(/by queue pair/);
  });
  test("a table for other tools", () => {
    const table = tablesOf([result]).at(-1)!;
    expect(table.name).toBe("latencies_by_qp");
    expect(table.columns[0]!.values).toHaveLength(
      result.replays.reduce((n, r) => n + r.latencies_by_qp!.length, 0),
    );
    expect(tablesOf([plain]).at(-1)!.name).toBe("operation_layers");
  });
});

test("a collector's memory is that of its queue pairs, not of their operations", () => {
  const collector = new QpLatencyCollector(() => 0),
    { classes } = collector as unknown as {
      classes: Map<string, { histogram: { estimatedFootprintInBytes: number } }>;
    };
  const bytes = (): number =>
    [...classes.values()].reduce((n, c) => n + c.histogram.estimatedFootprintInBytes, 0);
  const add = (n: number): void => {
    for (let i = 0; i < n; i++)
      collector.log.take({
        kind: "OPERATION",
        track: 0,
        start_ps: 0n,
        end_ps: BigInt(1 + ((i * 7919) % 1_000_000_000)),
        operation: BigInt(i),
        what: 0,
        qp: i % 3,
        bytes: 8,
      });
  };
  add(150_000);
  const before = bytes();
  add(150_000);
  expect(bytes()).toBe(before);
  expect(before).toBeLessThan(3 * 20_000);
  expect(collector.result().map((l) => [l.qp, l.size_class, l.count])).toEqual([
    [0, "8", 100_000],
    [1, "8", 100_000],
    [2, "8", 100_000],
  ]);
});

describe("on the command line", () => {
  test("a table of the ten busiest", async () => {
    const r = await command("replay", "traces/rc-pingpong-4k.arrow", "--by-qp", "--paths", "native,virt-ib");
    expect(r.status, r.stderr).toBe(0);
    const lines = r.stdout.split("\n"),
      at = lines.findIndex((l) => l.startsWith("Latencies by queue pair"));
    expect(lines[at + 1]).toMatch(/^queue pair +count +native +virt-ib$/);
    expect(lines[at + 2]).toMatch(
      /^node \d QP \d+ (message|post_send) SEND ≤4096 B +500 +\d+\.\d+ µs \/ \d+\.\d+ µs/,
    );
    expect(new Set(lines.slice(at + 1, at + 4).map((l) => l.length)).size).toBe(1);
  });
  test("a memory trace has no queue pairs", async () => {
    const r = await command("replay", "traces/sort.arrow", "--by-qp");
    expect([r.status, r.stdout]).toEqual([2, ""]);
    expect(r.stderr).toMatch(/--by-qp is about queue pairs, but no verbs trace is named/);
  });
});
