import { expect, test } from "vitest";
import { loadPath } from "../../src/path/load.js";
import { replay } from "../../src/replay/replay.js";
import { loadTestbed } from "../../src/testbed/load.js";
import { readRows } from "../../src/trace/verbs/read-rows.js";
import { CAPTURES, capture } from "../support/captures.js";

const paths = [
  "native",
  "virt-ib",
  "virt-ib-forward",
  "virt-ib+memory=memlink",
  "memlink",
  "vhost",
  "sr-iov",
].map(loadPath);
const testbed = loadTestbed("thesis-2014");
const sum = (entries: Record<string, number | string>): bigint =>
  Object.values(entries).reduce<bigint>((a, b) => a + BigInt(b), 0n);

test.each(CAPTURES)("%s: rows, layers and ledgers add up on every path", (name) => {
  const trace = capture(name),
    rows = [...readRows(trace)];
  const result = replay(trace, paths, testbed, { think: "recorded" }),
    t = result.trace;
  expect(t.rows).toBe(rows.length);
  expect(t.replayed + t.spin + t.refused).toBe(t.rows);
  expect(t.spin).toBe(rows.filter((r) => r.verb === "poll_cq_empty").length);
  expect(t.refused).toBe(rows.filter((r) => /^post_/.test(r.verb) && r.status !== 0).length);
  const posted = rows.filter((r) => r.verb === "post_send" && r.status === 0).length,
    polled = rows.filter((r) => r.verb === "poll_cq").length;
  for (const r of result.replays) {
    expect(sum(r.layers)).toBe(BigInt(r.makespan_ps));
    for (const o of r.operations)
      expect((sum(o.service) + sum(o.wait)) / BigInt(o.count), `${r.path} ${o.verb} ${o.opcode}`).toBe(
        BigInt(o.latency_ps.mean),
      );
    const c = r.counters as Record<string, number>;
    expect(c["cqe.polled"]).toBe(polled);
    expect(c["wqe.posted"]).toBe(posted + c["ops.injected"]!);
    expect(c["rkey.unknown"]).toBe(0);
    const sends = r.operations.filter((o) => o.verb === "post_send" && o.size_class !== "none");
    expect(
      sends.reduce((n, o) => n + o.count, 0),
      r.path,
    ).toBe(posted);
  }
});
