import { describe, expect, test } from "vitest";
import { importUcxLog } from "../../src/import/ucx/ucx-log.js";
import { loadPath } from "../../src/path/load.js";
import { replay } from "../../src/replay/replay.js";
import { loadTestbed } from "../../src/testbed/load.js";
import type { VerbsTrace } from "../../src/trace/read.js";
import { readRows } from "../../src/trace/verbs/read-rows.js";
import { scratch } from "../support/files.js";
import type { UcxLog } from "../support/import/ucx-logs.js";
import { log, PEER, QP, SEND, traceOf } from "../support/import/ucx-rows.js";
import { Random } from "../support/random/rng.js";

const { file } = scratch();
const paths = ["native", "virt-ib"].map(loadPath),
  testbed = loadTestbed("thesis-2014");

/** The trace of both logs' texts. */
const traceOfBoth = async (...texts: string[]): Promise<VerbsTrace> =>
  traceOf(
    await importUcxLog(
      texts.map((text, i) => file(`${i}.log`, text)),
      1024,
    ),
  );
const polled = (trace: VerbsTrace): number =>
  [...readRows(trace)].filter((row) => row.verb === "poll_cq" && row.opcode === "RECV").length;
/** Replays the trace, which must deliver every message that it polls, in a time that its layers add up to. */
function conserves(trace: VerbsTrace): void {
  for (const r of replay(trace, paths, testbed).replays) {
    expect(r.operations.filter((o) => o.verb === "message").reduce((n, o) => n + o.count, 0)).toBe(
      polled(trace),
    );
    expect(Object.values(r.layers).reduce((sum, ps) => sum + BigInt(ps), 0n)).toBe(BigInt(r.makespan_ps));
    expect(r.counters["rkey.unknown"] ?? 0).toBe(0);
  }
}

/** Two processes with several connections, which send, write and read as they like; messages come in order. */
function conversation(seed: number): [UcxLog, UcxLog] {
  const random = new Random(seed, 5),
    logs: [UcxLog, UcxLog] = [log("node1"), log("node2")],
    connections = random.int(1, 3),
    qp = (side: number, k: number): number => 0x100 + 0x10 * side + k,
    posts = new Map<number, number>(),
    flight: { to: number; k: number; bytes: number }[] = [];
  for (let k = 0; k < connections; k++)
    for (const side of [0, 1]) logs[side]!.connected(qp(side, k), qp(1 - side, k), 4096);
  const arrive = (): void => {
    const { to, k, bytes } = flight.shift()!;
    logs[to]!.received(qp(to, k), bytes);
  };
  for (let n = random.int(100, 600); n > 0; n--) {
    const side = random.int(0, 1),
      k = random.int(0, connections - 1),
      number = (posts.get(qp(side, k)) ?? 0) + 1,
      page = random.int(16, 255).toString(16),
      local = `[va 0x7f3a20${page}0000 len ${random.int(1, 9000)} lkey 0x77]`,
      remote = `[rva 0x7f1200${page}0000 rkey 0x88]`,
      sig = random.int(0, 1) === 0 ? "s" : "-",
      bytes = random.int(1, 60);
    logs[side]!.thread = random.int(0, 1);
    posts.set(qp(side, k), number);
    const works = [
      `SEND ${sig}-- [inl len ${bytes}] -- am 2`,
      `SEND ${sig}-- [inl len ${bytes}] -- am 2`,
      `RDMA_WRITE ${sig}-- ${remote} ${local}`,
      `RDMA_READ s-- ${remote} ${local}`,
      `FETCH_ADD s-- ${remote} [add 1] [va 0x7f3a20000000 len 8 lkey 0x77]`,
    ];
    const work = works[random.int(0, works.length - 1)]!;
    logs[side]!.verbs(qp(side, k), number, work);
    if (work.startsWith("SEND")) flight.push({ to: 1 - side, k, bytes });
    while (flight.length > random.int(0, 40)) arrive();
  }
  while (flight.length > 0) arrive();
  return logs;
}

describe.each([1, 2, 3, 4])("conversation %i of two processes", (seed) => {
  const texts = conversation(seed).map((l) => l.text()) as [string, string];
  test("is replayed whole", async () => {
    const trace = await traceOfBoth(...texts);
    expect(polled(trace)).toBe(texts.join("").match(/RECV qp/g)!.length);
    conserves(trace);
  });
  test("is replayed as far as it goes where the log of one side ends", async () => {
    const lines = texts[0].split("\n");
    const half = `${lines.slice(0, Math.floor(lines.length / 2)).join("\n")}\n`;
    conserves(await traceOfBoth(half, texts[1]));
  });
  test("has simulated peers where a message is damaged", async () => {
    const lines = texts[0].split("\n"),
      sends = lines.flatMap((l, i) => (l.includes(" SEND ") ? [i] : [])),
      at = sends[Math.floor(sends.length / 3)]!;
    lines[at] = lines[at]!.replace("[inl len ", "[inl len x");
    const trace = await traceOfBoth(lines.join("\n"), texts[1]);
    expect(trace.notes.join("\n")).toMatch(/^QPs with a simulated peer, though its log is there: .*: 2$/m);
    conserves(trace);
  });
});

test("a message whose sending the sender's log lost is left out, and one whose receiving is lost finds a receive", async () => {
  const one = log("node1").connected(QP, PEER).verbs(QP, 1, SEND),
    other = log("node2").connected(PEER, QP).received(PEER, 8).received(PEER, 8);
  for (let i = 0; i < 200; i++) other.verbs(PEER, i, SEND);
  const trace = await traceOfBoth(one.text(), other.text());
  expect(trace.notes.join("\n")).toMatch(/^messages that were received but whose sending .*: 1$/m);
  expect(polled(trace)).toBe(1);
  conserves(trace);
  expect([...readRows(trace)].filter((row) => row.verb === "post_recv" && row.node === 0).length).toBe(200);
});

test("datagrams are not waited for where one of them is damaged", async () => {
  const one = log("node1"),
    other = log("node2");
  for (let i = 1; i <= 5; i++) {
    one.verbs(0x60, i, `SEND s-- [rqpn 0x61 ah 0x55d0] [inl len ${i === 2 ? "x" : 8}]`);
    other.received(0x61, 8, 0x60).verbs(0x61, i, "SEND s-- [rqpn 0x60 ah 0x55d0] [inl len 8]");
    one.received(0x60, 8, 0x61);
  }
  const trace = await traceOfBoth(one.text(), other.text());
  expect(trace.notes.join("\n")).toMatch(/^messages that were received but whose sending .*: 5$/m);
  expect(polled(trace)).toBe(5);
  conserves(trace);
});
