import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { importRdmaCoreText } from "../../src/import/rdma-core/rdma-core-text.js";
import { loadPath } from "../../src/path/load.js";
import { replay } from "../../src/replay/replay.js";
import { loadTestbed } from "../../src/testbed/load.js";
import { readRows } from "../../src/trace/verbs/read-rows.js";
import { scratch } from "../support/files.js";
import { INLINE, Lines } from "../support/import/rdma-core-lines.js";
import { A, Run } from "../support/import/rdma-core-rows.js";
import { traceOf } from "../support/import/ucx-rows.js";

const { file } = scratch();
const { trace: imported, notes, refusal, rows: rowsOf, worked } = new Run(file);
const hex = (n: number): string => `0x${n.toString(16)}`;
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
    expect(trace.metadata.notes).toContain(
      "events, or packets of them, that the recorder had no room for, which are lost: 3",
    );
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
