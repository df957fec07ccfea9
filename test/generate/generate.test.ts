import { expect, test } from "vitest";
import { FLAGS } from "../../src/abi/verbs.js";
import {
  generate,
  VERBS_WORKLOADS,
  type VerbsOptions,
  type VerbsWorkload,
} from "../../src/generate/generate.js";
import { bytesSource } from "../../src/trace/container/source.js";
import { openSource } from "../../src/trace/read.js";
import type { VerbsRow } from "../../src/trace/table/rows.js";
import { readRows } from "../../src/trace/verbs/read-rows.js";
import { encodeVerbs } from "../../src/trace/verbs/write.js";

function rows(workload: VerbsWorkload, options: Partial<VerbsOptions>): VerbsRow[] {
  const { builder, metadata } = generate(workload, options);
  return [...readRows(openSource(bytesSource("g.arrow", encodeVerbs(builder, metadata))))];
}
const count = (
  all: VerbsRow[],
  node: number,
  verb: string,
  where: (r: VerbsRow) => boolean = () => true,
): number => all.filter((r) => r.node === node && r.verb === verb && where(r)).length;
const signaled = (r: VerbsRow): boolean => (r.flags & FLAGS.signaled) !== 0;
const received = (r: VerbsRow): boolean => r.opcode === "RECV";

test("rc-pingpong has the calls of ibv_rc_pingpong", () => {
  const all = rows("rc-pingpong", { iters: 1000 });
  for (const node of [0, 1]) {
    expect(count(all, node, "post_send", signaled)).toBe(1000);
    expect(count(all, node, "poll_cq")).toBe(2000);
    expect(count(all, node, "post_recv")).toBe(500 + 2 * 499); // bursts of 499 each time at most one is left
    expect(count(all, node, "modify_qp")).toBe(3);
  }
  expect(all.find((r) => r.verb === "create_cq")).toMatchObject({ cqe: 501 });
  expect(all.find((r) => r.verb === "create_qp")).toMatchObject({
    cap_send_wr: 1,
    cap_recv_wr: 500,
    qp_type: 0,
  });
  expect(all.find((r) => r.verb === "modify_qp" && r.qp_state === 2)).toMatchObject({ path_mtu: 1024 });
});

test("send-bw signals every cq_mod-th send and receives every message", () => {
  const all = rows("send-bw", { iters: 1000, size: 4096, qps: 2 });
  expect(count(all, 1, "post_send")).toBe(2000);
  expect(count(all, 1, "post_send", signaled)).toBe(20);
  expect(count(all, 1, "poll_cq")).toBe(20);
  expect(count(all, 0, "poll_cq", received)).toBe(2000);
  expect(count(all, 0, "post_recv")).toBe(2000);
});

test("post lists share a call", () => {
  const all = rows("write-bw", { iters: 64, size: 64, postList: 8 });
  const posts = all.filter((r) => r.verb === "post_send");
  expect(new Set(posts.map((r) => r.call)).size).toBe(8);
  expect(posts.filter(signaled).length).toBe(8);
});

test("write-lat waits for the peer's writes in turn", () => {
  const all = rows("write-lat", { iters: 5 });
  const awaited = (node: number): number[] =>
    all.filter((r) => r.node === node && r.verb === "post_send").map((r) => r.await_writes);
  expect(awaited(0)).toEqual([0, 1, 2, 3, 4]);
  expect(awaited(1)).toEqual([1, 2, 3, 4, 5]);
});

test("in every workload, completions are those of what was posted and objects are created before use", () => {
  const variants: Partial<VerbsOptions>[] = [
    {},
    { events: true },
    { inline: 64, size: 64 },
    { bidirectional: true, qps: 3 },
    { bidirectional: true, rxDepth: 1, size: 64 },
    { postList: 4 },
    { transport: "UD", size: 512 },
    { transport: "UC" },
    { contiguity: "contiguous" },
  ];
  for (const workload of VERBS_WORKLOADS)
    for (const variant of variants) {
      let all: VerbsRow[];
      try {
        all = rows(workload, { iters: 210, ...variant });
      } catch (error) {
        expect(String(error)).toMatch(/^UserError: generate .*: give /);
        continue;
      }
      const label = `${workload} ${JSON.stringify(variant)}`;
      const sends = [0, 1].map((node) => count(all, node, "post_send", signaled));
      for (const node of [0, 1]) {
        expect(
          count(all, node, "poll_cq", (r) => !received(r)),
          label,
        ).toBe(sends[node]);
        const messages =
          workload.startsWith("send") || workload === "rc-pingpong" ? count(all, 1 - node, "post_send") : 0;
        expect(count(all, node, "poll_cq", received), label).toBe(messages);
        expect(count(all, node, "get_cq_event"), label).toBe(
          variant.events
            ? new Set(all.filter((r) => r.node === node && r.verb === "poll_cq").map((r) => r.call)).size
            : 0,
        );
        const keys = new Set(all.filter((r) => r.node === node && r.verb === "reg_mr").map((r) => r.lkey));
        expect(
          all.every((r) => r.node !== node || r.sge.every((s) => keys.has(s.lkey))),
          label,
        ).toBe(true);
      }
      expect(all.slice(-12).some((r) => r.verb === "close_device")).toBe(true);
    }
});

test("the same seed gives the same bytes, another one other addresses", () => {
  const bytes = (seed: number): Uint8Array => {
    const { builder, metadata } = generate("send-lat", { iters: 10, seed });
    return encodeVerbs(builder, metadata);
  };
  expect(Buffer.compare(bytes(1), bytes(1))).toBe(0);
  expect(Buffer.compare(bytes(1), bytes(2))).not.toBe(0);
});

test("what a workload cannot do is refused", () => {
  expect(() => generate("read-bw", { transport: "UC" })).toThrow(
    "generate read-bw: transport is UC: give RC for this workload",
  );
  expect(() => generate("send-bw", { transport: "UD", size: 4096 })).toThrow(
    /size is 4096: give at most the mtu/,
  );
  expect(() => generate("send-bw", { iters: 0 })).toThrow(/iters is 0/);
});
