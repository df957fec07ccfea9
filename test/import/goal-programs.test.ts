import { describe, expect, test } from "vitest";
import { loadPath } from "../../src/path/load.js";
import { replay } from "../../src/replay/replay.js";
import { loadTestbed } from "../../src/testbed/load.js";
import type { VerbsTrace } from "../../src/trace/read.js";
import { readRows } from "../../src/trace/verbs/read-rows.js";
import { scratch } from "../support/files.js";
import { randomProgram, type Sent } from "../support/import/goal-programs.js";
import { goalTrace } from "../support/import/goal-rows.js";

const { file } = scratch();
const paths = ["native", "virt-ib"].map(loadPath),
  testbed = loadTestbed("thesis-2014");

const traceOf = (text: string): Promise<VerbsTrace> => goalTrace(file("program.goal", text));

/** Messages and bytes from node to node: those sent at once by their senders, the others by who fetched them. */
function carried(trace: VerbsTrace): Sent {
  const owner = new Map<number, number>(),
    peer = new Map<number, number>(),
    sent: Sent = { messages: new Map(), bytes: new Map() };
  for (const row of readRows(trace)) {
    if (row.verb === "create_qp") owner.set(row.qp, row.node);
    else if (row.verb === "modify_qp" && row.peer_qp !== 0xffffffff) peer.set(row.qp, row.peer_qp);
  }
  for (const row of readRows(trace)) {
    if (row.verb !== "post_send" || (row.flags & 1) === 0) continue;
    const ends = [row.node, owner.get(peer.get(row.qp)!)!],
      pair = (row.opcode === "SEND" ? ends : ends.reverse()).join(">");
    sent.messages.set(pair, (sent.messages.get(pair) ?? 0) + 1);
    sent.bytes.set(pair, (sent.bytes.get(pair) ?? 0) + row.length);
  }
  return sent;
}

/** Replays the trace on all paths, to its end: what was sent is taken, and layers add up to the time it took. */
function comesToItsEnd(trace: VerbsTrace, think: "recorded" | "none"): void {
  const rows = [...readRows(trace)],
    sends = rows.filter((r) => r.verb === "post_send" && r.opcode === "SEND").length,
    taken = rows.filter((r) => r.verb === "poll_cq" && r.opcode === "RECV");
  expect(taken.length).toBe(sends);
  for (const r of replay(trace, paths, testbed, { think }).replays) {
    expect(r.operations.filter((o) => o.verb === "message").reduce((n, o) => n + o.count, 0)).toBe(sends);
    expect(Object.values(r.layers).reduce((sum, ps) => sum + BigInt(ps), 0n)).toBe(BigInt(r.makespan_ps));
    expect(r.counters["rkey.unknown"] ?? 0).toBe(0);
  }
}
const sorted = (of: Map<string, number>): [string, number][] => [...of].sort();

describe.each(Array.from({ length: 16 }, (_, seed) => seed))("random program %i", (seed) => {
  const { text, sent } = randomProgram(seed);
  test("is carried whole, each message between its ranks, and replayed to its end", async () => {
    const trace = await traceOf(text),
      { messages, bytes } = carried(trace);
    expect(sorted(messages)).toEqual(sorted(sent.messages));
    expect(sorted(bytes)).toEqual(sorted(sent.bytes));
    comesToItsEnd(trace, "recorded");
    comesToItsEnd(trace, "none");
  });
});

test.each([1, 2, 3, 4])(
  "the gaps between the calls of a rank of one cpu are its calcs, program %i",
  async (seed) => {
    const { text, calc_ns } = randomProgram(seed, 1);
    const gaps_ns = calc_ns.map(() => 0),
      ends_ns = calc_ns.map(() => 1000);
    for (const row of readRows(await traceOf(text))) {
      gaps_ns[row.node]! += Number(row.t) - ends_ns[row.node]!;
      ends_ns[row.node] = Number(row.t) + row.dur;
    }
    expect(gaps_ns).toEqual(calc_ns);
  },
);

test("more messages than receives stay posted, which their receiver wants last, are no deadlock", async () => {
  const sends = Array.from({ length: 400 }, (_, i) => `s${i}: send 8b to 1 tag ${i}`),
    chain = Array.from({ length: 399 }, (_, i) => `s${i + 1} requires s${i}`),
    receives = Array.from({ length: 400 }, (_, i) => `r${i}: recv 8b from 0 tag ${i}\nr${i} requires first`);
  const trace = await traceOf(
    [
      "num_ranks 3",
      "rank 0 {",
      ...sends,
      ...chain,
      "last: send 8b to 2",
      "last requires s399",
      "}",
      "rank 1 {",
      "first: recv 8b from 2",
      ...receives,
      "}",
      "rank 2 {",
      "a: recv 8b from 0",
      "b: send 8b to 1",
      "b requires a",
      "}",
      "",
    ].join("\n"),
  );
  comesToItsEnd(trace, "none");
});
