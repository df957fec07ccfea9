import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, describe, expect, test } from "vitest";
import { UserError } from "../../src/errors.js";
import { importVerbsJsonl } from "../../src/import/verbs/verbs-jsonl.js";
import { bytesSource } from "../../src/trace/container/source.js";
import { openSource } from "../../src/trace/read.js";
import type { VerbsRow } from "../../src/trace/table/rows.js";
import { readRows } from "../../src/trace/verbs/read-rows.js";
import { encodeVerbs } from "../../src/trace/verbs/write.js";

const fixture = (name: string): string => join(import.meta.dirname, "fixtures/verbs-jsonl", `${name}.jsonl`);
const folder = mkdtempSync(join(tmpdir(), "verbscope-"));
afterAll(() => rmSync(folder, { recursive: true }));
function file(name: string, content: string | Uint8Array): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}
function rows(...files: string[]): VerbsRow[] {
  const { builder, metadata } = importVerbsJsonl(files);
  return [...readRows(openSource(bytesSource("i.arrow", encodeVerbs(builder, metadata))))];
}
function lines(name: string): string[] {
  return readFileSync(fixture(name), "utf8").trimEnd().split("\n");
}

describe("a write-lat run", () => {
  const files = [fixture("write-lat.client"), fixture("write-lat.server")];
  const all = rows(...files);
  const { metadata } = importVerbsJsonl(files);

  test("has the server as node 0 and a row for each call and completion", () => {
    expect(metadata.nodes.map((n) => n.name)).toEqual(["server", "client"]);
    expect(all.length).toBe(2 * (lines("write-lat.client").length - 3)); // without start, mr_pages, end
    expect(metadata.emulated).toBe(true);
  });
  test("keeps each node's order and interleaves by time", () => {
    for (const node of [0, 1]) {
      const calls = all.filter((r) => r.node === node).map((r) => r.call);
      expect(calls).toEqual([...calls].sort((a, b) => a - b));
    }
    const times = all.map((r) => r.t);
    expect(times).toEqual([...times].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0)));
  });
  test("waits for the peer's writes in turn", () => {
    const awaited = (node: number): number[] =>
      all.filter((r) => r.node === node && r.verb === "post_send").map((r) => r.await_writes);
    expect(awaited(0)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]); // the server writes first
    expect(awaited(1)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    expect(metadata.fields.await_writes).toBe("inferred");
    expect(metadata.notes.join("\n")).toContain("strictly take turns: 19");
  });
  test("carries what the calls asked for", () => {
    expect(all.find((r) => r.node === 1 && r.verb === "reg_mr")).toMatchObject({ size: 8192n, access: 3 });
    const runs = all
      .filter((r) => r.verb === "reg_mr")
      .map((r) => r.runs.reduce((pages, run) => pages + run.count, 0));
    expect(runs).toEqual([2, 2]);
    expect(all.find((r) => r.verb === "create_qp")).toMatchObject({
      cap_send_wr: 1,
      cap_recv_wr: 1,
      cap_inline: 0,
      qp_type: 0,
      srq: 0xffffffff,
    });
    expect(all.find((r) => r.verb === "modify_qp" && r.qp_state === 2)).toMatchObject({
      path_mtu: 4096,
      attr_mask: 1216897,
    });
    expect(all.find((r) => r.verb === "post_send")).toMatchObject({
      opcode: "RDMA_WRITE",
      flags: 1,
      length: 8,
      num_sge: 1,
    });
    expect(all.find((r) => r.verb === "poll_cq")).toMatchObject({ opcode: "RDMA_WRITE", status: 0 });
  });
  test("one side alone has no partner to wait for", () => {
    const alone = importVerbsJsonl([fixture("write-lat.client")]);
    expect(alone.metadata.notes.join("\n")).not.toContain("take turns");
  });
});

test("writes that do not take turns are not waited for, and a note says so", () => {
  const bidirectional = ["server", "client"].map((side) => {
    const events = lines(`write-lat.${side}`).map((l) => JSON.parse(l) as { ev: string; t: number });
    const posts = events.filter((e) => e.ev === "post_send");
    posts.forEach((e, i) => {
      e.t = posts[0]!.t + 10 * i;
    }); // both sides in one go
    return file(`bidirectional.${side}.1.jsonl`, events.map((e) => JSON.stringify(e)).join("\n"));
  });
  const { builder, metadata } = importVerbsJsonl(bidirectional);
  expect(builder.batches[0]!.fixed.await_writes.some((n) => n > 0)).toBe(false);
  expect(metadata.notes.join("\n")).toContain("without taking turns: 1");
});

test("a killed process, failed event reads and several devices", () => {
  const all = rows(fixture("ucx-killed.server"));
  const { metadata } = importVerbsJsonl([fixture("ucx-killed.server")]);
  expect(metadata.notes.join("\n")).toContain("server: there is no end event");
  expect(new Set(all.map((r) => r.ctx))).toEqual(new Set([0, 1]));
  expect(all.find((r) => r.verb === "get_cq_event")).toMatchObject({
    status: 0xffff,
    cq: 0xffffffff,
    ctx: 0,
  });
});

test("the opcode of a flushed completion is that of the queue it comes from", () => {
  const flushed = rows(fixture("rping.client")).filter((r) => r.verb === "poll_cq" && r.status !== 0);
  expect(flushed).toMatchObject([{ status: 5, opcode: "RECV" }]);
});

test("a gzip file imports like the text", () => {
  const zipped = file("write-lat.client.1.jsonl.gz", gzipSync(readFileSync(fixture("write-lat.client"))));
  expect(rows(zipped)).toEqual(rows(fixture("write-lat.client")));
});

test("work request ids keep their 64 bits", () => {
  const id = 0xfedcba9876543211n;
  const text = readFileSync(fixture("write-lat.client"), "utf8").replace(/"wr_id":0/, `"wr_id":${id}`);
  expect(rows(file("ids.jsonl", text)).find((r) => r.verb === "post_send")!.wr_id).toBe(id);
});

test("an incomplete last line is dropped when the process was killed", () => {
  const text = readFileSync(fixture("ucx-killed.server"), "utf8");
  const path = file("cut.jsonl", text.slice(0, -20));
  expect(rows(path).length).toBe(rows(fixture("ucx-killed.server")).length - 1);
  expect(importVerbsJsonl([path]).metadata.notes.join("\n")).toContain(
    "its last line was incomplete and was dropped",
  );
});

describe("what cannot be imported is refused with file and line", () => {
  const [first, ...rest] = lines("write-lat.client");
  const cases: [string, string[], RegExp][] = [
    ["broken", [first!, '{"seq":1,"ev":', ...rest], /broken\.jsonl: line 2: is not JSON: /],
    [
      "unknown",
      [first!, '{"seq":1,"ev":"teleport","t":1,"tid":1}'],
      /unknown\.jsonl: line 2: event "teleport" is not known: /,
    ],
    ["no-event", [first!, "[]"], /no-event\.jsonl: line 2: field ev /],
    [
      "negative",
      [first!, '{"seq":1,"ev":"alloc_pd","t":-5,"tid":1,"ctx":0,"pd":0,"rc":0}'],
      /negative\.jsonl: line 2: field t of alloc_pd must be 0 to 2\^64-1, but is -5: /,
    ],
    [
      "opcode",
      [
        first!,
        '{"seq":1,"ev":"post_send","t":5,"tid":1,"ctx":0,"qp":1,"i":0,"n":1,"wr_id":0,"op":"TSO","fl":"","sge":[],"rc":0}',
      ],
      /opcode\.jsonl: line 2: field op of post_send must be an opcode/,
    ],
    [
      "sge",
      [
        first!,
        '{"seq":1,"ev":"post_recv","t":5,"tid":1,"ctx":0,"qp":1,"i":0,"n":1,"wr_id":0,"sge":[[1,2]],"rc":0}',
      ],
      /sge\.jsonl: line 2: field sge of post_recv must hold triples/,
    ],
    ["empty", [], /empty\.jsonl: line 1: there is no event/],
  ];
  for (const [name, content, message] of cases) {
    test(name, () => {
      const path = file(`${name}.jsonl`, content.map((l) => `${l}\n`).join(""));
      expect(() => importVerbsJsonl([path])).toThrow(UserError);
      expect(() => importVerbsJsonl([path])).toThrow(message);
    });
  }
  test("a file that is not there, damaged gzip, no file at all", () => {
    expect(() => importVerbsJsonl([join(folder, "absent.jsonl")])).toThrow(
      /absent\.jsonl: cannot be read \(ENOENT\): there is no such file/,
    );
    expect(() => importVerbsJsonl([file("bad.jsonl.gz", Uint8Array.of(0x1f, 0x8b, 8, 0, 1))])).toThrow(
      /bad\.jsonl\.gz: byte 0: cannot be unpacked/,
    );
    expect(() => importVerbsJsonl([])).toThrow(UserError);
  });
});
