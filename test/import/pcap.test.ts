import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { importPcap } from "../../src/import/pcap/pcap.js";
import type { ReadVerbs } from "../../src/import/shared/format.js";
import { loadPath } from "../../src/path/load.js";
import { replay } from "../../src/replay/replay.js";
import { loadTestbed } from "../../src/testbed/load.js";
import { bytesSource } from "../../src/trace/container/source.js";
import { openSource } from "../../src/trace/read.js";
import type { VerbsRow } from "../../src/trace/table/rows.js";
import { readRows } from "../../src/trace/verbs/read-rows.js";
import { encodeVerbs } from "../../src/trace/verbs/write.js";
import { capture } from "../support/captures.js";
import { scratch } from "../support/files.js";
import {
  classic,
  erf,
  GLOBAL,
  HEADER,
  lrh,
  ng,
  packetsOf,
  same,
  vlan,
} from "../support/import/captures-of-packets.js";
import { refusedLater } from "../support/refused.js";

const { file } = scratch();
const fixture = (name: string): string => join(import.meta.dirname, "fixtures/pcap", name);
const traceOf = ({ builder, metadata }: ReadVerbs) =>
  openSource(bytesSource("pcap.arrow", encodeVerbs(builder, metadata)));
const imported = async (name: string) => traceOf(await importPcap(fixture(name)));

/** Opcode and length of what each QP sent, in order; QPs of one number are of different devices. */
function sent(rows: Iterable<VerbsRow>): Map<string, string[]> {
  const by = new Map<string, string[]>();
  for (const r of rows) {
    if (r.verb !== "post_send" || r.status !== 0) continue;
    const key = `${r.node}/${r.qp}`;
    by.set(key, [...(by.get(key) ?? []), `${r.opcode} ${r.length}`]);
  }
  return by;
}
const byQp = (m: Map<string, string[]>): string[] =>
  [...m].map(([key, list]) => `${key.split("/")[1]}: ${list.join(", ")}`).sort();

describe("a capture of packets and the recorder's file of the same run", () => {
  test.each(["rc-pingpong-events", "ucx-tag-lat"] as const)(
    "%s: the same messages, QP by QP, in order",
    async (run) => {
      const packets = await imported(`${run}.pcap.gz`);
      expect(byQp(sent(readRows(packets)))).toEqual(byQp(sent(readRows(capture(run)))));
    },
  );

  test("a replay delivers each of them", async () => {
    const trace = await imported("rc-pingpong-events.pcap.gz"),
      [r] = replay(trace, [loadPath("native")], loadTestbed("thesis-2014")).replays;
    expect(r!.operations.find((o) => o.verb === "message")!.count).toBe(1000);
    // What lies between packets is waiting as much as thinking, and the payload of each has one SGE.
    expect([r!.layers["app.think"], r!.counters["blueflame.writes"]]).toEqual([undefined, 0]);
    expect(trace.rows).toBe([...readRows(trace)].length);
  });
});

describe("one-sided and unconnected work", () => {
  test("READs have their responses' time, address and rkey", async () => {
    const rows = [...readRows(await imported("read-bw.pcap.gz"))],
      reads = rows.filter((r) => r.opcode === "RDMA_READ" && r.verb === "post_send");
    expect(reads.length).toBeGreaterThan(5);
    for (const r of reads) expect([r.length, r.remote_addr > 0n, r.rkey > 0]).toEqual([65536, true, true]);
    const done = rows.filter((r) => r.verb === "poll_cq");
    expect(done.length).toBeGreaterThan(0);
    done.forEach((d, i) => {
      expect(d.opcode).toBe("RDMA_READ");
      expect(d.t).toBeGreaterThan(reads[i]!.t);
    });
    const mr = rows.find((r) => r.verb === "reg_mr")!;
    expect(mr.rkey).toBe(reads[0]!.rkey);
  });
  test("atomics are of 8 bytes and complete with their answers", async () => {
    const rows = [...readRows(await imported("atomic-bw.pcap.gz"))],
      posts = rows.filter((r) => r.verb === "post_send");
    expect(new Set(posts.map((r) => `${r.opcode} ${r.length}`))).toEqual(new Set(["ATOMIC_FETCH_AND_ADD 8"]));
    expect(rows.filter((r) => r.verb === "poll_cq").length).toBeGreaterThan(posts.length - 20);
  });
  test("datagrams name both QPs, and are received with their GRH", async () => {
    const rows = [...readRows(await imported("send-bw-ud.pcap.gz"))],
      post = rows.find((r) => r.verb === "post_send")!,
      poll = rows.find((r) => r.verb === "poll_cq" && r.opcode === "RECV")!;
    expect([post.length, poll.length, post.peer_qp]).toEqual([1024, 1064, poll.qp]);
  });
});

describe("however it was captured, it is the same trace", () => {
  const RUN = "rc-pingpong-events.pcap.gz",
    N = 200;
  const rowsOf = async (content: Uint8Array) =>
    [...readRows(traceOf(await importPcap(file("as.pcap", content))))].map(
      ({ t: _, dur: _dur, ...row }) => row,
    );
  const expected = rowsOf(classic(RUN, N, { link: 1, wrap: same }));
  test.each<[string, () => Uint8Array]>([
    ["big-endian", () => classic(RUN, N, { link: 1, wrap: same }, true)],
    ["nanoseconds", () => classic(RUN, N, { link: 1, wrap: same }, false, true)],
    ["pcapng", () => ng(RUN, N)],
    ["a VLAN", () => classic(RUN, N, { link: 1, wrap: vlan })],
    ["raw IP", () => classic(RUN, N, { link: 101, wrap: (b) => b.subarray(14) })],
    ["InfiniBand", () => classic(RUN, N, { link: 247, wrap: lrh })],
    ["ERF of ibdump", () => classic(RUN, N, { link: 197, wrap: erf })],
  ])("%s", async (_, make) => expect(await rowsOf(make())).toEqual(await expected));

  test("times are those of the file", async () => {
    const [a, b] = await Promise.all(
      [classic(RUN, N, { link: 1, wrap: same }), classic(RUN, N, { link: 1, wrap: same }, false, true)].map(
        async (c, i) => [...readRows(traceOf(await importPcap(file(`${i}.pcap`, c))))].map((r) => r.t),
      ),
    );
    expect(a).toEqual(b);
  });
});

describe("what is lost is counted", () => {
  const RUN = "ucx-tag-lat.pcap.gz",
    ROUND = "rc-pingpong-events.pcap.gz",
    round = gunzipSync(readFileSync(fixture(ROUND)));
  const notes = async (content: Uint8Array): Promise<string> =>
    (await importPcap(file("lost.pcap", content))).metadata.notes.join("\n");
  const whole = gunzipSync(readFileSync(fixture(RUN)));
  /** The file without the packets that `drop` names, or with some twice. */
  const picked = (times: (i: number) => number, of = whole): Uint8Array => {
    const pieces = [of.subarray(0, GLOBAL)];
    for (let at = GLOBAL, i = 0; at + HEADER <= of.length; i++) {
      const next = at + HEADER + of.readUInt32LE(at + 8);
      for (let k = times(i); k > 0; k--) pieces.push(of.subarray(at, next));
      at = next;
    }
    return Buffer.concat(pieces);
  };
  test("packets that are missing", async () =>
    expect(await notes(picked((i) => (i % 50 === 49 ? 0 : 1)))).toMatch(
      /packets that are missing by their sequence numbers: \d+/,
    ));
  test("packets that were sent twice count once", async () => {
    const twice = await importPcap(
      file(
        "twice.pcap",
        picked((i) => (i % 9 === 0 ? 2 : 1)),
      ),
    );
    expect(twice.metadata.notes.join("\n")).toMatch(/packets that were sent again and count once: \d+/);
    expect(byQp(sent(readRows(traceOf(twice)))).filter((l) => !l.includes("SEND 65"))).toEqual(
      byQp(sent(readRows(await imported(RUN)))).filter((l) => !l.includes("SEND 65")),
    );
  });
  test("a file that ends within a packet", async () =>
    expect(await notes(whole.subarray(0, -10))).toMatch(/ends within a packet/));
  test("a capture that ends within a message", async () => {
    // The third packet, a whole SEND, becomes the first of several, and nothing follows.
    const SEND_FIRST = 0,
      OPCODE = 42;
    let taken = 0;
    const begun = classic(ROUND, 3, {
      link: 1,
      wrap: (b) => {
        const copy = Uint8Array.from(b);
        if (++taken === 3) copy[OPCODE] = SEND_FIRST;
        return copy;
      },
    });
    expect(await notes(begun)).toMatch(/the end of the capture cuts off.*: 1$/m);
  });
  test("one direction alone: messages have no answer, and the senders' QPs are numbered", async () => {
    const first = packetsOf(ROUND).map((p) => Buffer.from(p.bytes.subarray(26, 30)).toString("hex"));
    expect(await notes(picked((i) => (first[i] === first[0] ? 1 : 0), round))).toMatch(
      /QPs are numbered from 2\^24 on: 1/,
    );
  });
  /** The second packet so many seconds later: records have 16 bytes and a packet, behind a header of 24 bytes. */
  function dated(by_s: number): Uint8Array {
    const later = Buffer.from(whole),
      at = 24 + 16 + later.readUInt32LE(24 + 8);
    later.writeUInt32LE(later.readUInt32LE(at) + by_s, at);
    return later;
  }
  test.each<[string, Uint8Array, RegExp]>([
    [
      "no RDMA",
      classic(RUN, 5, { link: 1, wrap: (b) => b.subarray(0, 40) }),
      /none of 5 packets is of a verbs/,
    ],
    [
      "a short snaplen",
      classic(ROUND, 5, { link: 1, wrap: (b) => b.subarray(0, 50) }),
      /capture at least 96 bytes/,
    ],
    ["another link type", classic(RUN, 5, { link: 127, wrap: same }), /its link type is 127, and Ethernet/],
    [
      "a length that cannot be",
      Buffer.concat([whole.subarray(0, 32), Buffer.alloc(99, 255)]),
      /byte 32: a packet/,
    ],
    [
      "a clock that jumps",
      dated(9 * 86_400),
      /packet 2 is dated after the first verbs packet by over 9 days/,
    ],
    ["a clock set back", dated(-9 * 86_400), /dated before the first verbs packet by over 8 days/],
  ])("%s is refused", async (_, content, why) =>
    expect(await refusedLater(importPcap(file("bad.pcap", content)))).toMatch(why),
  );
});
