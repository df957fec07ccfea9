import { expect, test } from "vitest";
import { importRdmaCoreText } from "../../src/import/rdma-core/rdma-core-text.js";
import { loadPath } from "../../src/path/load.js";
import { replay } from "../../src/replay/replay.js";
import { loadTestbed } from "../../src/testbed/load.js";
import type { VerbsTrace } from "../../src/trace/read.js";
import { readRows } from "../../src/trace/verbs/read-rows.js";
import { scratch } from "../support/files.js";
import { Lines } from "../support/import/rdma-core-lines.js";
import { traceOf } from "../support/import/ucx-rows.js";
import { Random } from "../support/random/rng.js";

const { file } = scratch();
const paths = ["native", "virt-ib"].map(loadPath),
  testbed = loadTestbed("thesis-2014");

const traceOfBoth = async (...texts: string[]): Promise<VerbsTrace> =>
  traceOf(await importRdmaCoreText(texts.map((text, i) => file(`${i}.txt`, text))));

/** Replays the trace, which must deliver every message that it polls, in a time that its layers add up to. */
function conserves(trace: VerbsTrace): number {
  const polled = [...readRows(trace)].filter(
    (r) => r.verb === "poll_cq" && r.opcode.startsWith("RECV"),
  ).length;
  for (const r of replay(trace, paths, testbed).replays) {
    expect(r.operations.filter((o) => o.verb === "message").reduce((n, o) => n + o.count, 0)).toBe(polled);
    expect(Object.values(r.layers).reduce((sum, ps) => sum + BigInt(ps), 0n)).toBe(BigInt(r.makespan_ps));
    expect(r.counters["rkey.unknown"] ?? 0).toBe(0);
  }
  return polled;
}

/** Two processes with several connections, which send, write and read as they like; messages come in order. */
function conversation(random: Random, hosts: readonly [string, string]): string[] {
  const lines = new Lines(),
    connections = random.int(1, 3),
    receives = random.int(0, 1) === 1,
    qp = (side: number, k: number): number => 0x100 + 0x10 * side + k,
    as = (side: number): Lines => lines.as({ host: hosts[side]!, pid: 71 + side }),
    flight: { to: number; k: number; bytes: number; number: number }[] = [];
  const arrive = (): void => {
    const { to, k, bytes, number } = flight.shift()!;
    as(to).poll(qp(to, k), number, "RECV", bytes, { rqpn: qp(1 - to, k) });
    if (receives) as(to).receive(qp(to, k), number + 1000);
    as(1 - to).poll(qp(1 - to, k), number, "SEND", bytes);
  };
  if (receives)
    for (const side of [0, 1])
      for (let k = 0; k < connections; k++) for (let i = 0; i < 40; i++) as(side).receive(qp(side, k), i);
  for (let number = 0; number < 120; number++) {
    const side = random.int(0, 1),
      k = random.int(0, connections - 1),
      bytes = random.int(0, 9000);
    const what = random.int(0, 3);
    if (what === 0)
      as(side).post(qp(side, k), number, "RDMA_WRITE", bytes, { send_flags: random.int(0, 1) * 2 });
    else if (what === 1)
      as(side).post(qp(side, k), number, "RDMA_READ", bytes).poll(qp(side, k), number, "RDMA_READ", 0);
    else {
      // As in a ping-pong, nobody sends before what is on its way has arrived.
      while (flight.length > random.int(0, 4)) arrive();
      as(side).post(qp(side, k), number, random.int(0, 1) ? "SEND" : "SEND_WITH_IMM", bytes);
      flight.push({ to: 1 - side, k, bytes, number });
    }
  }
  while (flight.length > 0) arrive();
  return lines.text().split(/(?<=\n)/);
}
const seeds = Array.from({ length: 5 }, (_, i) => [i]);

test.each(seeds)(
  "both processes of a host, conversation %i, from beginning to end and in pieces",
  async (seed) => {
    const random = new Random(seed, 3),
      lines = conversation(random, ["node1", "node1"]),
      whole = await traceOfBoth(lines.join(""));
    expect(conserves(whole)).toBe(lines.filter((l) => /poll_cq.*opcode = 0x8/.test(l)).length);
    for (let i = 0; i < 2; i++) {
      const from = random.int(0, lines.length >> 1),
        to = random.int(from + 10, lines.length);
      conserves(await traceOfBoth(lines.slice(from, to).join("")));
    }
  },
);

test.each(seeds)(
  "those of two hosts, conversation %i, each recorded from and to another moment",
  async (seed) => {
    const random = new Random(seed, 4),
      lines = conversation(random, ["node1", "node2"]),
      of = (host: string): string[] => lines.filter((l) => l.includes(` ${host} `)),
      part = (own: string[]): string => own.slice(random.int(0, 20), own.length - random.int(0, 20)).join("");
    expect(conserves(await traceOfBoth(of("node1").join(""), of("node2").join("")))).toBeGreaterThan(10);
    for (let i = 0; i < 2; i++) conserves(await traceOfBoth(part(of("node1")), part(of("node2"))));
  },
);
