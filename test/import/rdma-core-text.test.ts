import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { importRdmaCoreText } from "../../src/import/rdma-core/rdma-core-text.js";
import { loadPath } from "../../src/path/load.js";
import { replay } from "../../src/replay/replay.js";
import { loadTestbed } from "../../src/testbed/load.js";
import type { VerbsTrace } from "../../src/trace/read.js";
import type { VerbsRow } from "../../src/trace/table/rows.js";
import { readRows } from "../../src/trace/verbs/read-rows.js";
import { scratch } from "../support/files.js";
import { INLINE, Lines } from "../support/import/rdma-core-lines.js";
import { traceOf } from "../support/import/ucx-rows.js";
import { refusedLater } from "../support/refused.js";

const { file } = scratch();
/** 28 November 2026, 23:59:58, in ns: where the lines start. */
const START = 1_795_910_398_000_000_000n;
const A = 0x11,
  B = 0x12;

const write = (texts: readonly (Lines | string)[]): string[] =>
  texts.map((t, i) => file(`${i}.txt`, typeof t === "string" ? t : t.text()));
const imported = async (...texts: (Lines | string)[]): Promise<VerbsTrace> =>
  traceOf(await importRdmaCoreText(write(texts)));
const notes = async (...texts: (Lines | string)[]): Promise<string> =>
  (await imported(...texts)).metadata.notes.join("\n");
const refusal = (...texts: (Lines | string)[]): Promise<string> =>
  refusedLater(importRdmaCoreText(write(texts)));

const hex = (n: number | bigint): string => `0x${n.toString(16)}`;
/** A row's node, thread, time in ns since the start, verb and the columns that tell it from others of its verb. */
function line(row: VerbsRow): string {
  const at = `${row.node}/${row.tid} ${row.t - START} ${row.verb}`,
    qp = `qp ${hex(row.qp)}`,
    sges = row.sge.map((s) => ` [${hex(s.addr)} ${s.length} ${s.lkey}]`).join("");
  switch (row.verb) {
    case "post_send":
      return (
        `${at} ${qp} #${row.wr_id} ${row.opcode} flags ${row.flags} ${row.length} B in ${row.num_sge}${sges}` +
        (row.remote_addr > 0n ? ` at ${hex(row.remote_addr)} ${row.rkey}` : "") +
        (row.peer_qp === 0xffffffff ? "" : ` to ${hex(row.peer_qp)}`)
      );
    case "post_recv":
      return `${at} ${qp} #${row.wr_id} ${row.length} B in ${row.num_sge}${sges}`;
    case "poll_cq":
      return `${at} cq ${row.cq} ${qp} #${row.wr_id} ${row.opcode} ${row.length} B status ${row.status}`;
    case "poll_cq_empty":
      return `${at} cq ${row.cq} ${row.dur} ns`;
    case "reg_mr":
      return `${at} ${row.lkey} ${hex(row.addr)} + ${row.size}`;
    case "create_qp":
      return `${at} ${qp} type ${row.qp_type} cq ${row.cq} rcq ${row.rcq} flags ${row.flags}`;
    case "modify_qp":
      return `${at} ${qp} state ${row.qp_state} peer ${hex(row.peer_qp)} mtu ${row.path_mtu}`;
    default:
      return at;
  }
}
const rowsOf = async (...texts: (Lines | string)[]): Promise<string[]> =>
  [...readRows(await imported(...texts))].map(line);
/** Rows of the data path, without those of the set-up. */
const worked = async (...texts: (Lines | string)[]): Promise<string[]> => {
  const rows = await rowsOf(...texts);
  return rows.slice(rows.findLastIndex((r) => r.includes(" modify_qp ")) + 1);
};
const setUp = (qp: number, key: number): string[] => [
  `create_cq`,
  `create_cq`,
  `create_qp qp ${hex(qp)} type 0 cq ${2 * key - 2} rcq ${2 * key - 1} flags 0`,
  `modify_qp qp ${hex(qp)} state 1 peer 0xffffffff mtu 0`,
  `modify_qp qp ${hex(qp)} state 2 peer 0xffffffff mtu 0`,
  `modify_qp qp ${hex(qp)} state 3 peer 0xffffffff mtu 0`,
];

describe("rxe", () => {
  test("sends become rows with one region a QP; completions are assumed", async () => {
    const lines = new Lines().rxe(17, "send", 64).rxe(17, "rdma-read", 5000).as({ tid: 9 });
    expect(await rowsOf(lines.rxe(18, "rdma-write", 8).as({ tid: 4711 }).rxe(17, "send", 0))).toEqual([
      ...["open_device", "alloc_pd", "reg_mr 1 0x7f0000000000 + 5000", ...setUp(17, 1)].map(
        (r) => `0/4711 1000 ${r}`,
      ),
      ...["reg_mr 2 0x7f0000002000 + 8", ...setUp(18, 2)].map((r) => `0/4711 1000 ${r}`),
      "0/4711 1000 post_send qp 0x11 #0 SEND flags 1 64 B in 1 [0x7f0000000000 64 1]",
      "0/4711 2000 post_send qp 0x11 #1 RDMA_READ flags 1 5000 B in 1 [0x7f0000000000 5000 1] at 0x7f0000000000 1",
      "0/9 3000 post_send qp 0x12 #0 RDMA_WRITE flags 1 8 B in 1 [0x7f0000002000 8 2] at 0x7f0000002000 2",
      // The READ is done before the QP's next work that is none.
      "0/4711 2000 poll_cq_empty cq 0 2000 ns",
      "0/4711 4000 poll_cq cq 0 qp 0x11 #0 SEND 64 B status 0",
      "0/4711 4000 poll_cq cq 0 qp 0x11 #1 RDMA_READ 5000 B status 0",
      "0/4711 4000 post_send qp 0x11 #2 SEND flags 1 0 B in 0",
      "0/4711 4000 poll_cq cq 0 qp 0x11 #2 SEND 0 B status 0",
      "0/9 4000 poll_cq cq 2 qp 0x12 #0 RDMA_WRITE 8 B status 0",
    ]);
  });

  test("is emulated, and its fields say what its tracepoint lacks", async () => {
    const { metadata } = await imported(new Lines().rxe(17, "send", 64));
    expect(metadata.emulated).toBe(true);
    expect(metadata.nodes).toEqual([{ name: "node1:4711", devices: ["rxe0"] }]);
    const { t, length, wr_id, flags, sge } = metadata.fields;
    expect([t, length, wr_id, flags, sge]).toEqual(["recorded", "recorded", "assumed", "assumed", "assumed"]);
  });

  test("64 work requests are open at most", async () => {
    const lines = new Lines();
    for (let i = 0; i < 66; i++) lines.rxe(17, "send", 1);
    const rows = await worked(lines);
    expect(rows.findIndex((r) => r.includes("poll_cq"))).toBe(64);
    expect(rows.filter((r) => r.includes("poll_cq "))).toHaveLength(66);
    expect(await notes(lines)).toMatch(/^send completions that the recording does not show.*: 66$/m);
  });

  test("lines of USDT are read as those of LTTng, in the order of their times", async () => {
    const usdt = (t: number, bytes: number): string =>
      `usdt,${t},71,72,rdma_core_rxe:post_send,rxe0,17,rdma-write,${bytes}\n`;
    const trace = await imported(`Attaching 1 probe...\n${usdt(2000, 64)}${usdt(1500, 32)}Lost 3 events\n`);
    const posts = [...readRows(trace)].filter((r) => r.verb === "post_send");
    expect(posts.map((r) => [r.t, r.tid, r.length])).toEqual([
      [1500n, 72, 32],
      [2000n, 72, 64],
    ]);
    expect(trace.metadata.nodes[0]!.name).toBe("0.txt:71");
    expect(trace.metadata.notes).toContain("events dated before the line above, which were put in order: 1");
    expect(trace.metadata.notes).toContain("events that the recorder had no room for, which are lost: 3");
  });
});

describe("hns", () => {
  test("posts, receives and completions are those of the recording", async () => {
    const lines = new Lines()
      .receive(A, 0xffff_ffff_0000, { num_sge: 2 })
      .post(A, 2n ** 64n - 1n, "SEND", 100, { num_sge: 3 })
      .post(A, 7, "SEND_WITH_IMM", 12, { send_flags: INLINE | 4 | 1 })
      .post(A, 8, "RDMA_WRITE", 4096)
      .wait(5000)
      .poll(A, 2n ** 64n - 1n, "SEND", 0)
      .poll(A, 0xffff_ffff_0000, "RECV", 60, { rqpn: 0x99 })
      .poll(A, 8, "RDMA_WRITE", 0);
    expect((await rowsOf(lines)).slice(2)).toEqual([
      "0/4711 1000 reg_mr 1 0x7f0000000000 + 4096",
      ...setUp(A, 1).map((r) => `0/4711 1000 ${r.replace("state 2 peer 0xffffffff", "state 2 peer 0x99")}`),
      "0/4711 1000 post_recv qp 0x11 #281474976645120 60 B in 2 [0x7f0000000000 30 1] [0x7f000000001e 30 1]",
      "0/4711 2000 post_send qp 0x11 #18446744073709551615 SEND flags 1 100 B in 3 " +
        "[0x7f0000000000 33 1] [0x7f0000000021 33 1] [0x7f0000000042 34 1]",
      "0/4711 3000 post_send qp 0x11 #7 SEND_WITH_IMM flags 14 12 B in 1",
      "0/4711 4000 post_send qp 0x11 #8 RDMA_WRITE flags 1 4096 B in 1 [0x7f0000000000 4096 1] at 0x7f0000000000 1",
      "0/4711 4000 poll_cq_empty cq 0 5000 ns",
      "0/4711 9000 poll_cq cq 0 qp 0x11 #18446744073709551615 SEND 100 B status 0",
      "0/4711 9000 poll_cq_empty cq 1 1000 ns",
      "0/4711 10000 poll_cq cq 1 qp 0x11 #281474976645120 RECV 60 B status 0",
      "0/4711 10000 poll_cq_empty cq 0 1000 ns",
      "0/4711 11000 poll_cq cq 0 qp 0x11 #8 RDMA_WRITE 4096 B status 0",
    ]);
    const { metadata } = await imported(lines);
    expect([metadata.emulated, metadata.fields.wr_id, metadata.fields.flags]).toEqual([
      false,
      "recorded",
      "recorded",
    ]);
  });

  test("work that completes without being asked to is that of a queue that signals all", async () => {
    const rows = await rowsOf(
      new Lines().post(A, 1, "SEND", 8, { send_flags: 0 }).poll(A, 1, "SEND", 8, { status: 0 }),
    );
    expect(rows.find((r) => r.includes("create_qp"))).toMatch(/flags 1$/);
    expect(rows.slice(-3)).toEqual([
      "0/4711 1000 post_send qp 0x11 #1 SEND flags 1 8 B in 1 [0x7f0000000000 8 1]",
      "0/4711 1000 poll_cq_empty cq 0 1000 ns",
      "0/4711 2000 poll_cq cq 0 qp 0x11 #1 SEND 8 B status 0",
    ]);
  });

  test("completions of work before the recording are left out, those between are assumed, failed ones kept", async () => {
    const lines = new Lines().poll(A, 99, "SEND", 8).post(A, 1, "SEND", 8).post(A, 2, "SEND", 8);
    lines.poll(A, 2, "SEND", 8).post(A, 3, "RDMA_READ", 8).poll(A, 3, "SEND", 0, { status: 12 });
    lines.poll(A, 4, "SEND", 0, { status: 5 });
    expect((await worked(lines)).filter((r) => r.includes("poll_cq "))).toEqual([
      "0/4711 4000 poll_cq cq 0 qp 0x11 #1 SEND 8 B status 0",
      "0/4711 4000 poll_cq cq 0 qp 0x11 #2 SEND 8 B status 0",
      "0/4711 6000 poll_cq cq 0 qp 0x11 #3 RDMA_READ 0 B status 12",
      // No send has this wr_id: it is of a receive.
      "0/4711 7000 poll_cq cq 1 qp 0x11 #4 RECV 0 B status 5",
    ]);
    const said = await notes(lines);
    expect(said).toMatch(
      /^send completions of work requests that the recording does not have, left out: 1$/m,
    );
    expect(said).toMatch(/^send completions that the recording does not show, which are assumed.*: 1$/m);
  });

  test("receives from before the recording are posted first; of shared queues they are assumed", async () => {
    const lines = new Lines().poll(A, 5, "RECV", 8).receive(A, 6).poll(A, 6, "RECV", 8).poll(A, 7, "RECV", 8);
    const receives = (rows: string[]): string[] => rows.filter((r) => r.includes("post_recv"));
    expect(receives(await worked(lines))).toEqual([
      "0/4711 1000 post_recv qp 0x11 #0 8 B in 1 [0x7f0000000000 8 1]",
      "0/4711 1000 post_recv qp 0x11 #1 8 B in 1 [0x7f0000000000 8 1]",
      "0/4711 2000 post_recv qp 0x11 #6 8 B in 1 [0x7f0000000000 8 1]",
    ]);
    const shared = new Lines().receive(3, 1, { is_srq: 1 });
    for (let i = 0; i < 130; i++) shared.poll(A, 1, "RECV", 8);
    expect(receives(await worked(shared)).map((r) => r.split(" ")[1])).toEqual([
      ...Array.from({ length: 128 }, () => "2000"),
      "2000",
      "3000",
    ]);
    expect(await notes(shared)).toMatch(
      /^receives posted to shared queues, left out: 128 stay posted.*: 1$/m,
    );
  });

  test("other opcodes are left out and counted, with their completions", async () => {
    const lines = new Lines().post(A, 1, "SEND", 8).post(A, 2, "LOCAL_INV", 0).poll(A, 2, "LOCAL_INV", 0);
    expect((await worked(lines)).some((r) => r.includes("#2"))).toBe(false);
    expect(await notes(lines)).toMatch(/^work requests and completions of other opcodes .*left out: 2$/m);
  });
});

describe("peers", () => {
  /** A sends `n` messages to B of another process, which gets `got`; only B's completions name the other side. */
  const pair = (n: number, got = n): Lines => {
    const lines = new Lines();
    for (let i = 0; i < n; i++) {
      lines.as({ pid: 1 }).post(A, i, "SEND", 64).post(A, i, "RDMA_WRITE", 100);
      if (i < got) lines.as({ pid: 2 }).poll(B, i, "RECV", 64, { rqpn: A });
    }
    return lines;
  };
  const peersOf = (rows: string[]): string[] =>
    rows.flatMap((r) => / modify_qp (qp \S+) state 2 peer (\S+)/.exec(r)?.slice(1).join(" ") ?? []);

  test("both sides in one file, or in two, are a pair, whose memory the other's work touches", async () => {
    const rows = await rowsOf(pair(2));
    expect(peersOf(rows)).toEqual(["qp 0x11 0x12", "qp 0x12 0x11"]);
    expect(rows.filter((r) => r.includes("RDMA_WRITE")).length).toBe(4);
    expect(rows.filter((r) => r.includes("reg_mr")).map((r) => r.slice(-3))).toEqual(["100", "100"]);
    const text = pair(2).text().split("\n"),
      of = (pid: number): string =>
        text
          .filter((l) => l.includes(`vpid = ${pid},`))
          .map((l) => `${l}\n`)
          .join("");
    expect(await rowsOf(of(1), of(2))).toEqual(rows);
    // The halves of one process are one node.
    expect(
      await rowsOf(of(1), of(2).slice(0, of(2).indexOf("\n") + 1), of(2).slice(of(2).indexOf("\n") + 1)),
    ).toEqual(rows);
  });

  test("messages that a side lacks are not waited for; receives are there for all that are sent", async () => {
    expect(await notes(pair(3, 2))).not.toMatch(/whose sending/);
    expect((await rowsOf(pair(3, 2))).filter((r) => r.includes("post_recv"))).toHaveLength(3);
    const more = pair(2).poll(B, 9, "RECV", 64, { rqpn: A });
    expect(await notes(more)).toMatch(/^messages that were received but whose sending .*left out: 1$/m);
    expect((await worked(more)).filter((r) => r.includes(" RECV "))).toHaveLength(2);
  });

  test("where events were lost, or lines are damaged, peers are simulated", async () => {
    for (const loss of [
      '[warning] Tracer discarded 4 events between [23:59:58.0] and [23:59:59.0] in trace "x"',
      "[1795910398.000001000] node1 rdma_core_hns:post_send: { cpu_id = 1 }, { dev_na",
    ]) {
      const lines = pair(2).other(loss);
      expect(peersOf(await rowsOf(lines))).toEqual(["qp 0x11 0xffffffff", "qp 0x12 0xffffffff"]);
      expect(await notes(lines)).toMatch(/^QPs with a simulated peer, though its side is there: .*: 2$/m);
    }
  });

  test("datagrams name their QP: both ends are UD", async () => {
    const lines = new Lines().as({ pid: 1 });
    for (let i = 0; i < 3; i++) lines.post(A, i, "SEND", 2000, { rqpn: B });
    lines.as({ pid: 2 }).poll(B, 0, "RECV", 2040, { rqpn: A }).poll(B, 1, "RECV", 2040, { rqpn: A });
    const rows = await rowsOf(lines);
    expect(
      rows.filter((r) => r.includes("create_qp")).map((r) => r.split(" ").slice(2, 7).join(" ")),
    ).toEqual(["create_qp qp 0x11 type 2", "create_qp qp 0x12 type 2"]);
    expect(rows.find((r) => r.includes("state 2"))).toMatch(/peer 0xffffffff mtu 2048$/);
    expect(rows.filter((r) => r.includes("post_send")).every((r) => r.endsWith(" to 0x12"))).toBe(true);
    expect(rows.filter((r) => r.includes("post_recv")).map((r) => r.split(" ")[6])).toEqual([
      "2040",
      "2040",
      "2040",
    ]);
  });

  test("sends that name their QP and are too long for datagrams are of a connection", async () => {
    const rows = await rowsOf(new Lines().post(A, 1, "SEND", 5000, { rqpn: B }));
    expect(rows.find((r) => r.includes("create_qp"))).toMatch(/type 0/);
    expect(peersOf(rows)).toEqual(["qp 0x11 0x12"]);
  });
});

describe("times", () => {
  const days = (lines: Lines): Lines =>
    lines.rxe(17, "send", 1).wait(3_000_000_000).rxe(17, "send", 1).wait(1000).rxe(17, "send", 1);
  const timesOf = async (lines: Lines): Promise<bigint[]> =>
    [...readRows(await imported(lines))].filter((r) => r.verb === "post_send").map((r) => r.t);

  test("of a day go on after midnight", async () => {
    const [first, ...rest] = await timesOf(days(new Lines({ clock: "day" })));
    expect(rest.map((t) => t - first!)).toEqual([3_000_000_000n, 3_000_001_000n]);
    expect(first).toBe(((24n * 60n - 1n) * 60n + 58n) * 1_000_000_000n + 1000n);
  });
  test("with a date, or since the epoch, are of that day", async () => {
    for (const clock of ["date", "seconds"] as const)
      expect((await timesOf(days(new Lines({ clock }))))[1]).toBe(START + 3_000_001_000n);
  });
  test("that lie more than a week apart are refused", async () => {
    const lines = new Lines()
      .rxe(17, "send", 1)
      .wait(8 * 86_400_000_000_000)
      .rxe(17, "send", 1);
    expect(await refusal(lines)).toMatch(/0\.txt: line 2: is 8 days from the file's first event/);
  });
  test("of one process that are told in two ways are refused", async () => {
    const one = new Lines().rxe(17, "send", 1),
      other = new Lines({ clock: "day" }).rxe(17, "send", 1);
    expect(await refusal(one, other)).toMatch(
      /1\.txt: tells the times of process node1:4711 otherwise than .*0\.txt/,
    );
  });
  test("of two hosts cannot be compared", async () => {
    const lines = new Lines().rxe(17, "send", 1).as({ host: "node2" }).rxe(17, "send", 1);
    expect(await notes(lines)).toMatch(/^the clocks of the nodes cannot be compared/m);
  });
});

describe("lines", () => {
  test("without deltas, hosts, contexts, or with the host's program, are read", async () => {
    const bare = new Lines({ delta: false, context: false }, { host: "" }).rxe(17, "send", 5);
    expect(bare.text()).toMatch(/^\[\d+\.\d{9}\] rdma_core_rxe:post_send: \{ cpu_id/);
    expect((await imported(bare)).metadata.nodes[0]!.name).toBe("0.txt");
    expect(await notes(bare)).toMatch(/^events whose lines name no process.*add-context.*: 1$/m);
    const program = new Lines({}, { host: "node1:ib_send_bw:300" }).rxe(17, "send", 5);
    expect((await imported(program)).metadata.nodes[0]!.name).toBe("node1:ib_send_bw:300:4711");
  });
  test("with values that none has are damaged; a last one without an end is dropped", async () => {
    const good = new Lines().rxe(17, "send", 5),
      text = new Lines()
        .rxe(0x1_000_000, "send", 5)
        .rxe(17, "send", 2 ** 31 + 1)
        .text(),
      said = await notes(`${good.text()}${text}${good.text().slice(0, 80)}`);
    expect(said).toMatch(/^damaged lines of tracepoints, which were dropped: 2$/m);
    expect(said).toMatch(/^last lines without an end, which were dropped: 1$/m);
  });
});

describe("refused", () => {
  test("mlx5, which has no lengths", async () => {
    expect(await refusal(new Lines().mlx5(259, "rdma-write", 1))).toMatch(
      /^.*0\.txt: all its work requests are of rdma_core_mlx5, .* neither lengths .*verbscope capture.*UCX.*pcap/,
    );
    expect(await notes(new Lines().mlx5(259, "send", 1).rxe(17, "send", 1))).toMatch(
      /^events of rdma_core_mlx5, which have no lengths, left out: 1$/m,
    );
  });
  test("efa, whose transport is none of a trace's", async () => {
    expect(await refusal(new Lines().efa(1, 1, 64))).toMatch(
      /0\.txt: all its work requests are of rdma_core_efa, .*SRD/,
    );
  });
  test("what has no event of these providers, or none that can be replayed", async () => {
    expect(
      await refusal("[1795910398.000000001] (+?.?????????) h other:event: { cpu_id = 0 }, { x = 1 }\n"),
    ).toMatch(/0\.txt: none of its 1 lines is an event of rdma_core_rxe or rdma_core_hns: .*babeltrace2/);
    expect(await refusal(new Lines().rxe(1, "bind-mw", 0))).toMatch(
      /0\.txt: has no work request or completion/,
    );
  });
});

describe("replayed", () => {
  const paths = ["native", "virt-ib"].map(loadPath),
    testbed = loadTestbed("thesis-2014");
  test.each(["hns.both.txt", "rxe.day.txt", "rxe.usdt.txt"])(
    "%s delivers all, and layers add up",
    async (name) => {
      const path = join(import.meta.dirname, "fixtures/rdma-core-text", name),
        trace = traceOf(await importRdmaCoreText([path])),
        rows = [...readRows(trace)],
        polled = rows.filter(
          (r) => r.verb === "poll_cq" && r.status === 0 && r.opcode.startsWith("RECV"),
        ).length;
      for (const r of replay(trace, paths, testbed).replays) {
        expect(r.operations.filter((o) => o.verb === "message").reduce((n, o) => n + o.count, 0)).toBe(
          polled,
        );
        expect(Object.values(r.layers).reduce((sum, ps) => sum + BigInt(ps), 0n)).toBe(BigInt(r.makespan_ps));
        expect(r.counters["rkey.unknown"] ?? 0).toBe(0);
        expect(r.counters["wqe.posted"]).toBe(rows.filter((row) => row.verb === "post_send").length);
      }
    },
  );
});
