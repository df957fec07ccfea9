import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { importUcxLog } from "../../src/import/ucx/ucx-log.js";
import { loadPath } from "../../src/path/load.js";
import { replay } from "../../src/replay/replay.js";
import { loadTestbed } from "../../src/testbed/load.js";
import { readRows } from "../../src/trace/verbs/read-rows.js";
import { scratch } from "../support/files.js";
import { line, log, notesOf, PEER, QP, rowsOf, SEND, traceOf, worked } from "../support/import/ucx-rows.js";
import { CLIENT_LOG, SERVER_LOG } from "../support/import/ucx-samples.js";

const { file } = scratch();
const fixture = (name: string): string => join(import.meta.dirname, "fixtures", name);
const WRITE = "RDMA_WRITE s-- [rva 0x7f1200001000 rkey 0x2b01] [va 0x7f3a20000000 len 64 lkey 0x77]",
  READ = "RDMA_READ s-- [rva 0x7f1200001000 rkey 0x2b01] [va 0x7f3a20000000 len 64 lkey 0x77]";

describe("rows", () => {
  test("of a connection: set-up, work requests, completions, receives", async () => {
    const rows = await rowsOf(
      file,
      log()
        .created("RC", QP)
        .connected(QP, PEER, 4096)
        .verbs(QP, 1, "SEND --- [inl len 24] [inl len 8] -- am 2 TAG tag 1")
        .received(QP, 24)
        .verbs(
          QP,
          2,
          "RDMA_WRITE sfe [rva 0x7f1200001000 rkey 0x2b01] [va 0x7f3a20000000 len 64 lkey 0x77] " +
            "[va 0x7f3a20001000 len 4096 lkey 0x78]",
        )
        .wait(5)
        .received(QP, 100),
    );
    // The clock starts at the first line of the QP's work; two lines of debug came before.
    expect(rows.map(line)).toEqual([
      "3 open_device",
      "3 alloc_pd",
      "3 reg_mr 0x77 0x7f3a20000000 + 64",
      "3 reg_mr 0x78 0x7f3a20001000 + 4096",
      "3 create_cq 0",
      "3 create_cq 1",
      "3 create_qp qp 0x1a2 type 0 cq 0 rcq 1 send 256/5 inline 64",
      "3 modify_qp qp 0x1a2 state 1 peer 0xffffffff mtu 0 reads 0",
      "3 modify_qp qp 0x1a2 state 2 peer 0x2b7 mtu 4096 reads 0",
      "3 modify_qp qp 0x1a2 state 3 peer 0xffffffff mtu 0 reads 4",
      "3 post_recv qp 0x1a2 #0 100 B",
      "3 post_recv qp 0x1a2 #1 100 B",
      "3 post_send qp 0x1a2 #1 SEND flags 2 32 B in 2",
      "3 poll_cq_empty cq 1 1000 ns",
      "4 poll_cq cq 1 qp 0x1a2 #0 RECV 24 B status 0",
      "6 post_send qp 0x1a2 #2 RDMA_WRITE flags 13 4160 B in 2 " +
        "[0x7f3a20000000 64 0x77] [0x7f3a20001000 4096 0x78] at 0x7f1200001000 0x2b01",
      "6 poll_cq_empty cq 1 6000 ns",
      "12 poll_cq cq 1 qp 0x1a2 #1 RECV 100 B status 0",
      "12 poll_cq cq 0 qp 0x1a2 #2 RDMA_WRITE 4160 B status 0",
    ]);
  });

  test("READs complete before the next line of their QP that is none", async () => {
    expect(await worked(file, log().verbs(QP, 1, READ).verbs(QP, 2, READ).verbs(QP, 3, SEND))).toEqual([
      "0 post_send qp 0x1a2 #1 RDMA_READ flags 1 64 B in 1 [0x7f3a20000000 64 0x77] at 0x7f1200001000 0x2b01",
      "1 post_send qp 0x1a2 #2 RDMA_READ flags 1 64 B in 1 [0x7f3a20000000 64 0x77] at 0x7f1200001000 0x2b01",
      "1 poll_cq_empty cq 0 2000 ns",
      "3 poll_cq cq 0 qp 0x1a2 #1 RDMA_READ 64 B status 0",
      "3 poll_cq cq 0 qp 0x1a2 #2 RDMA_READ 64 B status 0",
      "3 post_send qp 0x1a2 #3 SEND flags 3 8 B in 1",
      "3 poll_cq cq 0 qp 0x1a2 #3 SEND 8 B status 0",
    ]);
  });

  test("atomics too, before a message that came; masked ones are plain ones", async () => {
    const at = "[rva 0x7f1200001008 rkey 0x2b01]",
      result = "[va 0x7f3a20000000 len 8 lkey 0x77]";
    const written = log()
      .verbs(QP, 1, `FETCH_ADD s-- ${at} [add 1] ${result}`)
      .verbs(QP, 2, `CSWAP s-- ${at} [cmp -1 swap 7] ${result}`)
      .mlx5(QP, 3, `MASKED_CSWAP s-- ${at} [64 bit cmp 1/0xff swap 2/0xff] ${result}`)
      .mlx5(QP, 5, `MASKED_FETCH_ADD s-- ${at} [32bit add 1/0x0] ${result}`)
      .received(QP, 8);
    expect((await worked(file, written)).filter((l) => l.includes("poll_cq cq"))).toEqual([
      "6 poll_cq cq 0 qp 0x1a2 #1 ATOMIC_FETCH_AND_ADD 8 B status 0",
      "6 poll_cq cq 0 qp 0x1a2 #2 ATOMIC_CMP_AND_SWP 8 B status 0",
      "6 poll_cq cq 0 qp 0x1a2 #3 ATOMIC_CMP_AND_SWP 8 B status 0",
      "6 poll_cq cq 0 qp 0x1a2 #5 ATOMIC_FETCH_AND_ADD 8 B status 0",
      "6 poll_cq cq 1 qp 0x1a2 #0 RECV 8 B status 0",
    ]);
    expect(await notesOf(file, written)).toMatch(/^masked atomics, taken for plain ones: 2$/m);
  });

  test("of 65 WRITEs the first completes before the last is posted, the others when the log ends", async () => {
    const many = log();
    for (let i = 1; i <= 65; i++) many.verbs(QP, i, WRITE);
    const rows = await worked(file, many),
      polls = rows.map((l, i) => [i, l] as const).filter(([, l]) => l.includes("poll_cq cq"));
    expect(polls.length).toBe(65);
    expect(polls[0]).toEqual([64, "96 poll_cq cq 0 qp 0x1a2 #1 RDMA_WRITE 64 B status 0"]);
    expect(rows[65]).toMatch(/^96 post_send qp 0x1a2 #65 /);
    expect(polls[1]![0]).toBe(66);
  });

  test("work requests that are not signaled end with the next one that is", async () => {
    const quiet = log();
    for (let i = 1; i <= 70; i++) quiet.verbs(QP, i, i % 35 === 0 ? SEND : SEND.replace("s--", "---"));
    const polls = (await worked(file, quiet)).filter((l) => l.includes("poll_cq cq"));
    expect(polls).toEqual([
      "96 poll_cq cq 0 qp 0x1a2 #35 SEND 8 B status 0",
      "103 poll_cq cq 0 qp 0x1a2 #70 SEND 8 B status 0",
    ]);
  });

  test("datagrams name their QP and come with a GRH; completions that mlx5 shows are taken", async () => {
    const written = log();
    const to = "[rqpn 0x61 rlid 7 sgix 0 dgid fe80::7 tc 0]";
    for (let i = 0; i < 4; i++)
      written.mlx5(0x60, 2 * i, `SEND ${i === 1 ? "-" : "s"}-- ${to} [inl len 40] dst 0`);
    written.received(0x60, 48, 0x61).cqe(0x60, 0).cqe(0x60, 4).cqe(0x60, 0, 0x21);
    const rows = await worked(file, written);
    expect(rows.filter((l) => l.includes("post_send"))[1]).toBe(
      "1 post_send qp 0x60 #2 SEND flags 2 40 B in 1 to 0x61",
    );
    expect(rows.filter((l) => l.includes("poll_cq cq"))).toEqual([
      "6 poll_cq cq 1 qp 0x60 #0 RECV 88 B status 0",
      "7 poll_cq cq 0 qp 0x60 #0 SEND 40 B status 0",
      "9 poll_cq cq 0 qp 0x60 #4 SEND 40 B status 0",
    ]);
    expect(await notesOf(file, written)).not.toMatch(/assumed \(those of READs/);
  });

  test.each([
    [1024, 0],
    [1025, 2048],
    [4096, 4096],
  ])("datagrams of %i bytes tell an MTU of %i", async (bytes, mtu) => {
    const rows = await rowsOf(
      file,
      log().verbs(0x60, 1, `SEND s-- [rqpn 0x61 ah 0x55d0] [va 0x7f3a20000000 len ${bytes} lkey 0x77]`),
    );
    expect(rows.find((r) => r.verb === "modify_qp" && r.qp_state === 2)!.path_mtu).toBe(mtu);
  });

  test("indices of WQEs start again where the queue does, and counts of blocks where 16 bits do", async () => {
    const written = log();
    for (const [index, done] of [
      [14, 14],
      [0, 16],
      [2, 65_538],
    ] as const)
      written.mlx5(QP, index, SEND).cqe(QP, done);
    expect(
      (await worked(file, written)).filter((l) => l.includes("poll_cq cq")).map((l) => l.split(" ")[6]),
    ).toEqual(["#14", "#0"]);
    // 65538 is no number of 16 bits: the line is damaged.
    expect(await notesOf(file, written)).toMatch(/^damaged lines of work requests or completions, .*: 1$/m);
  });

  test("completions that UCX_LOG_LEVEL=poll shows are taken", async () => {
    const written = log().verbs(QP, 1, SEND.replace("s--", "---")).verbs(QP, 2, SEND).verbs(QP, 3, SEND);
    written.line(
      "POLL",
      "rc_verbs_iface.c:131",
      "rc_verbs iface 0x55d0 tx_wc wrid 0x2 ep 0x55d1 qpn 0x1a2 count 2",
    );
    expect((await worked(file, written)).filter((l) => l.includes("poll_cq cq"))).toEqual([
      "4 poll_cq cq 0 qp 0x1a2 #2 SEND 8 B status 0",
    ]);
  });

  test.each([
    ["transport retry counter exceeded [qpn 0x1a2 wrid 0x2vendor_err 0x81]", 12],
    ["remote access error qpn 0x1a2 wrid 0x2 vendor_err 0x88", 10],
    ["something new [qpn 0x1a2 wrid 0x2 vendor_err 0x88]", 21],
  ])("send completion with error: %s", async (text, status) => {
    const written = log().verbs(QP, 1, SEND).verbs(QP, 2, WRITE).verbs(QP, 3, SEND);
    written.line("ERROR", "rc_verbs_iface.c:118", `send completion with error: ${text}`);
    expect((await worked(file, written)).filter((l) => l.includes("poll_cq cq"))).toEqual([
      "4 poll_cq cq 0 qp 0x1a2 #1 SEND 8 B status 0",
      `4 poll_cq cq 0 qp 0x1a2 #2 RDMA_WRITE 0 B status ${status}`,
    ]);
  });

  test("inline data that goes on at the queue's start is inline", async () => {
    const text = "SEND s-- [va 0x7f3a30000fd0 len 48 lkey 0x0] [inl len 16] -- am 2";
    expect(await worked(file, log().mlx5(QP, 255, text))).toEqual([
      "0 post_send qp 0x1a2 #255 SEND flags 3 64 B in 2",
      "0 poll_cq cq 0 qp 0x1a2 #255 SEND 64 B status 0",
    ]);
  });

  test("devices of software are said to be", async () => {
    const text = log().created("RC", QP).verbs(QP, 1, SEND).text(),
      read = async (name: string) =>
        (await importUcxLog([file("device.log", text.replace("mlx5_0", name))])).metadata;
    expect([(await read("mlx5_0")).emulated, (await read("rxe0")).emulated]).toEqual([false, true]);
    expect((await read("rxe0")).notes.join("\n")).toMatch(/emulated in software/);
    expect((await read("rxe0")).nodes).toEqual([{ name: "node1:4711", devices: ["rxe0"] }]);
  });

  test("each thread of a process is one, each process of a log a node", async () => {
    const one = log().verbs(QP, 1, SEND),
      other = log("node1", 5).verbs(QP, 7, SEND);
    one.thread = 3;
    const both = file("both.log", one.verbs(QP, 2, SEND).text() + other.text()),
      { builder, metadata } = await importUcxLog([both]);
    expect(metadata.nodes.map((n) => n.name)).toEqual(["node1:4711", "node1:5"]);
    expect(builder.threads().map(([node, tid]) => [node, tid])).toEqual([
      [0, 1],
      [0, 2],
      [1, 1],
    ]);
    // One host has one clock.
    expect(metadata.notes.join()).not.toMatch(/clocks of the nodes cannot be compared/);
  });

  test("forty threads that take turns are forty", async () => {
    const many = log();
    for (let i = 0; i < 120; i++) {
      many.thread = i % 40;
      many.verbs(QP, i, "SEND --- [inl len 8]");
    }
    const posts = (await rowsOf(file, many)).filter((r) => r.verb === "post_send");
    expect(posts.map((r) => r.tid)).toEqual(Array.from({ length: 120 }, (_, i) => (i % 40) + 1));
  });

  test("lines without host and process are of one process, named as the file is", async () => {
    const text = log().verbs(QP, 1, SEND).text().replaceAll("[node1:4711 :0]", "[0]");
    const { metadata } = await importUcxLog([file("short.log", text)]);
    expect(metadata.nodes.map((n) => n.name)).toEqual(["short.log"]);
    expect((await importUcxLog([file("shorter.log", text.replaceAll("[0] ", ""))])).builder.rows).toBe(10);
  });
});

describe("both sides of a run", () => {
  const both = async () => traceOf(await importUcxLog([CLIENT_LOG, SERVER_LOG].map(fixture)));
  test("the target's region is what its peer touched, by the rkey", async () => {
    const rows = [...readRows(await both())];
    expect(rows.filter((r) => r.verb === "reg_mr" && r.node === 1).map(line)).toEqual([
      expect.stringMatching(/reg_mr 0x2b01 0x7f1200001000 \+ 65552$/),
    ]);
  });
  test.each(["native", "virt-ib"])(
    "a replay on %s delivers each message, and its layers are its time",
    async (path) => {
      const trace = await both(),
        [r] = replay(trace, [loadPath(path)], loadTestbed("thesis-2014")).replays,
        received = [...readRows(trace)].filter((row) => row.verb === "poll_cq" && row.opcode === "RECV");
      expect(received.length).toBe(13);
      expect(r!.operations.filter((o) => o.verb === "message").reduce((n, o) => n + o.count, 0)).toBe(13);
      expect(Object.values(r!.layers).reduce((sum, ps) => sum + BigInt(ps), 0n)).toBe(BigInt(r!.makespan_ps));
      expect(r!.counters["ops.injected"] ?? 0).toBe(0);
    },
  );
  test("one side alone has a simulated peer", async () => {
    const trace = traceOf(await importUcxLog([fixture(CLIENT_LOG)])),
      [r] = replay(trace, [loadPath("native")], loadTestbed("thesis-2014")).replays;
    expect(r!.counters["ops.injected"]).toBe(6);
  });
  test("a process whose peers do all of its work has QPs and the memory that they touch", async () => {
    const text =
        log().connected(QP, PEER).verbs(QP, 1, WRITE).text() + log("node2").connected(PEER, QP).text(),
      rows = [...readRows(traceOf(await importUcxLog([file("passive.log", text)])))].filter(
        (r) => r.node === 1,
      );
    expect(rows.map(line)).toEqual([
      "0 open_device",
      "0 alloc_pd",
      "0 reg_mr 0x2b01 0x7f1200001000 + 64",
      "0 create_cq 0",
      "0 create_cq 1",
      "0 create_qp qp 0x2b7 type 0 cq 0 rcq 1 send 0/0 inline 0",
      "0 modify_qp qp 0x2b7 state 1 peer 0xffffffff mtu 0 reads 0",
      "0 modify_qp qp 0x2b7 state 2 peer 0x1a2 mtu 1024 reads 0",
      "0 modify_qp qp 0x2b7 state 3 peer 0xffffffff mtu 0 reads 4",
    ]);
  });
});
