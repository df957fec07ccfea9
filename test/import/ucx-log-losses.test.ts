import { describe, expect, test } from "vitest";
import { importUcxLog } from "../../src/import/ucx/ucx-log.js";
import { readRows } from "../../src/trace/verbs/read-rows.js";
import { scratch } from "../support/files.js";
import type { UcxLog } from "../support/import/ucx-logs.js";
import { log, notesOf, QP, SEND, traceOf, worked } from "../support/import/ucx-rows.js";
import { refusedLater } from "../support/refused.js";

const { file } = scratch();

/** What ucx_perftest of Debian's UCX 1.13.1 printed over TCP with UCX_LOG_LEVEL=data, in part. */
const DEBUG = `
[1795942815.483184] [node1:10423:0]             cpu.c:338  UCX  DEBUG measured tsc frequency 1999.653 MHz after 0.40 ms
[1795942815.483234] [node1:10423:0]            init.c:120  UCX  DEBUG cmd line: ucx_perftest localhost -t tag_lat -n 3 -w 1 
+--------------+--------------+------------------------------+---------------------+-----------------------+
|    Stage     | # iterations | 50.0%ile | average | overall |  average |  overall |  average  |  overall  |
[1795942815.511910] [node1:10423:0]         tcp_net.c:61   UCX  DEBUG speed of lo is UNKNOWN, assuming 100 Mbps
[1795942815.511968] [node1:10423:0]      ucp_worker.c:1308 UCX  DEBUG created interface[1]=0x5633481cbef0 using tcp/lo on worker 0x7f9a1f48a010
[1795942815.575676] [node1:10423:0]          tcp_ep.c:358  UCX  DEBUG tcp_ep 0x5633481e2f70: purge outstanding operations with status Request canceled
`;

describe("what is lost is counted", () => {
  const piece = (i: number): string => ` [va 0x7f3a2004${i}000 len 512 lkey 0x77]`;
  const pieces = (n: number): string => Array.from({ length: n }, (_, i) => piece(i)).join("");
  test("SGEs that the end of the text cuts off, wherever it does", async () => {
    // The text ends within each character of the sixth SGE and of the next in turn.
    for (let pad = 0; pad < 40; pad++) {
      const text = `SEND s-- [rqpn 0x1 ah 0x${"1".repeat(pad + 1)}]${pieces(9)}`,
        written = log().verbs(QP, 1, text),
        { builder, metadata } = await importUcxLog([file("cut.log", written.bytes())], 16),
        [post] = [...readRows(traceOf({ builder, metadata }))].filter((r) => r.verb === "post_send"),
        shown = (254 - `QP 0x1a2 wrid 0x1 ${text.slice(0, text.indexOf(" [va"))}`.length) / piece(0).length;
      expect(post!.num_sge, text).toBe(Math.floor(shown));
      expect(post!.length).toBe(512 * post!.num_sge);
      expect(metadata.notes.join("\n")).toMatch(
        /^work requests whose list of SGEs UCX may have cut off .*: 1$/m,
      );
    }
  });
  test.each([
    ["an address that is none", `SEND s-- [va 0x7f3ag len 8 lkey 0x77]`],
    ["one beyond 2^52", `SEND s-- [va 0xffff888000123440 len 8 lkey 0x77]`],
    ["a length below 0", `SEND s-- [va 0x7f3a len -8 lkey 0x77]`],
    ["a length beyond what a message may have", `SEND s-- [va 0x7f3a len 2147483649 lkey 0x77]`],
    ["a key of 33 bits", `SEND s-- [va 0x7f3a len 8 lkey 0x177777777]`],
    ["a bracket that is not closed", `SEND s-- [va 0x7f3a len 8 lkey 0x77`],
    ["a WRITE to nowhere", `RDMA_WRITE s-- [va 0x7f3a len 8 lkey 0x77]`],
    ["a key that stands for none", `SEND s-- [va 0x7f3a len 8 lkey 0xffffffff]`],
    ["a datagram beyond any MTU", `SEND s-- [rqpn 0x1 ah 0x1] [va 0x7f3a len 4097 lkey 0x77]`],
    ["flags that are none", `SEND x-- [va 0x7f3a len 8 lkey 0x77]`],
    ["no opcode", ""],
  ])("%s", async (_, text) => {
    const notes = await notesOf(file, log().verbs(QP, 1, SEND).verbs(QP, 2, text));
    expect(notes).toMatch(/^damaged lines of work requests or completions, which were dropped: 1$/m);
  });
  test.each<[string, RegExp, (log: UcxLog) => UcxLog]>([
    [
      "a received message",
      /^damaged lines .*: 1$/m,
      (l) => l.data("a.c:1", "RECV qp 0x1a2 [va 0x7f3a len x]"),
    ],
    ["a completion", /^damaged lines .*: 1$/m, (l) => l.data("a.c:1", "CQE(op_own 0x1) qp 0x1a2 sqp 0x0")],
    [
      "a NOP",
      /^work requests of other opcodes \(such as NOP\), left out: 1$/m,
      (l) => l.mlx5(QP, 4, "NOP s--"),
    ],
    ["immediate data", /^immediate data, .*: 1$/m, (l) => l.verbs(QP, 2, "SEND_IMM s-- [inl len 8]")],
    [
      "another peer later",
      /^QPs that were connected again, .*: 1$/m,
      (l) => l.connected(QP, 1).connected(QP, 2),
    ],
    [
      "memory far from the key's other",
      /^work requests whose memory lies more than 1 TiB .*: 1$/m,
      (l) =>
        l
          .verbs(QP, 2, "SEND s-- [va 0x7f3a20000000 len 8 lkey 0x77]")
          .verbs(QP, 3, "SEND s-- [va 0x1000 len 8 lkey 0x77]"),
    ],
    [
      "a completion of nothing",
      /^send completions of work requests that the log .*: 1$/m,
      (l) => l.cqe(QP, 77),
    ],
    [
      "two threads' lines in turn",
      /^lines dated before the line above.*: 1$/m,
      (l) => l.wait(-9).received(QP, 1),
    ],
    ["a clock set back", /^times that the clock was set back: .*: 1$/m, (l) => l.wait(-5e6).received(QP, 1)],
    [
      "an mlx5 header before its payload",
      /^work requests of inline and other data.*: 1$/m,
      (l) => l.mlx5(QP, 2, "SEND s-- [inl len 8] [va 0x7f3a len 8 lkey 0x77]"),
    ],
    [
      "DC",
      /^work requests and messages of the DC transport, left out: 1$/m,
      (l) => l.mlx5(0x99, 2, "RDMA_WRITE s-- [rqpn 0x7 rlid 7] [rva 0x7f12 rkey 0x1] [inl len 8]"),
    ],
    ["a program's output", /^lines of other levels.*: 1$/m, (l) => l.other("latency 0.5 us")],
  ])("%s", async (_, note, add) => expect(await notesOf(file, add(log().verbs(QP, 1, SEND)))).toMatch(note));

  test("a clock that is set back goes on from there", async () => {
    const rows = await worked(file, log().received(QP, 1).wait(-5e6).received(QP, 1).received(QP, 1));
    expect(rows.filter((l) => l.includes("poll_cq cq")).map((l) => l.split(" ")[0])).toEqual(["0", "0", "2"]);
  });
  test("a last line without an end is dropped", async () => {
    const text = log().verbs(QP, 1, SEND).verbs(QP, 2, SEND).text().slice(0, -1);
    const { metadata } = await importUcxLog([file("open.log", text)]);
    expect(metadata.notes.join("\n")).toMatch(/^last lines without an end, which were dropped: 1$/m);
  });
});

describe("is refused, with what to do", () => {
  test.each<[string, string, RegExp]>([
    [
      "Debian's UCX, which ends at debug",
      DEBUG,
      /none of its \d+ lines of UCX is of the level data: .*--disable-logging/,
    ],
    ["a transport that is not RDMA", log().data("tcp_ep.c:9", "SEND: ep 0x1").text(), /UCX_TLS=rc,self/],
    ["another program's output", "hello\nworld\n", /none of its 2 lines begins as UCX's do/],
    [
      "DC alone",
      log().mlx5(1, 2, "RDMA_WRITE s-- [rqpn 0x7 rlid 7] [rva 0x7f12 rkey 0x1]").text(),
      /all its work requests are of the dynamically connected transport/,
    ],
    [
      "a clock that jumps",
      log()
        .verbs(QP, 1, SEND)
        .wait(9 * 86_400e6)
        .verbs(QP, 2, SEND)
        .text(),
      /line 2: is 9 days after the process's first/,
    ],
  ])("%s", async (_, text, why) => {
    const path = file("bad.log", text),
      message = await refusedLater(importUcxLog([path]));
    expect(message).toMatch(why);
    expect(message.startsWith(`${path}: `)).toBe(true);
  });
  test("a log that was divided", async () => {
    const parts = ["ucx.log", "ucx.log.1"].map((name) => file(name, log().verbs(QP, 1, SEND).bytes()));
    expect(await refusedLater(importUcxLog(parts))).toMatch(
      /is of process node1:4711, as .*join them with cat/,
    );
  });
});
