import { describe, expect, test } from "vitest";
import { readRows } from "../../src/trace/verbs/read-rows.js";
import { scratch } from "../support/files.js";
import { Lines } from "../support/import/rdma-core-lines.js";
import { A, B, Run, START } from "../support/import/rdma-core-rows.js";

const { file } = scratch();
const { trace: imported, notes, refusal, rows: rowsOf, worked } = new Run(file);

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
      'WARNING: Tracer discarded 1 packet (unknown time range) in trace "x"',
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
  test("of other programs that name tracepoints are not damaged", async () => {
    const said = await notes(
      new Lines().other("UST event rdma_core_* created in channel channel0").rxe(17, "send", 5),
    );
    expect(said).toMatch(/^lines of other tracepoints and other programs, left out: 1$/m);
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
