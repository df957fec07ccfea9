import { describe, expect, test } from "vitest";
import { cqPages, qpGeometry } from "../../src/replay/prepare/geometry.js";
import { picoseconds } from "../../src/testbed/convert.js";
import { loadTestbed } from "../../src/testbed/load.js";
import { type Phase, phases, pingpong } from "../support/pingpong.js";
import { operation, replayOn } from "../support/replay.js";

// Worked counts of ibv_rc_pingpong, one side, one HCA (prototype 12.1),
// from the authors' code: V2 traps doorbells, M5 maps them.
const V2 = "virt-ib+memory=memlink",
  M5 = "memlink";
const CALLS: readonly [verb: string, v2: number, m5: number][] = [
  ["get_device_list", 15, 15],
  ["open_device", 4, 4],
  ["alloc_pd", 1, 1],
  ["reg_mr", 2, 1],
  ["create_cq", 3, 1],
  ["create_qp", 3, 1],
  ["modify_qp INIT", 2, 2],
  ["post_recv", 0, 0],
  ["query_port", 1, 1],
  ["modify_qp RTR", 1, 1],
  ["modify_qp RTS", 1, 1],
  ["post_recv", 0, 0],
  ["destroy_qp", 3, 1],
  ["destroy_cq", 3, 1],
  ["dereg_mr", 2, 1],
  ["dealloc_pd", 1, 1],
  ["close_device", 4, 4],
];
const STATES: Record<number, string> = { 1: " INIT", 2: " RTR", 3: " RTS", 255: "" };
const name = (p: Phase): string => p.verb + STATES[p.state]!;

test("geometry: CQ 4 pages, QP 64 send slots and 3 pages", () => {
  expect(cqPages(501)).toBe(4);
  expect(qpGeometry(0, 1, 500, 1, 1, 0, true)).toEqual({ sqSlots: 64, bufPages: 3 });
});

describe.each([1, 1024])("a message of %i pages", (pages) => {
  const pinned = pages + 9; // N + CQ 4 + record page 1 + QP 3 + record page 1
  const all: Record<string, Phase[]> = { [V2]: phases(pages, V2), [M5]: phases(pages, M5) };

  test.each([
    [V2, 1, 46],
    [M5, 2, 36],
  ] as const)("%s: VQCALLs phase by phase", (path, column, total) => {
    const counted = all[path]!.map((p) => [name(p), p.counters["vq.calls"]]).filter(
      ([n]) => n !== "post_recv",
    );
    expect(counted).toEqual(CALLS.map((c) => [c[0], c[column]]).filter(([n]) => n !== "post_recv"));
    expect(all[path]!.filter((p) => p.verb === "post_recv").every((p) => p.counters["vq.calls"] === 0)).toBe(
      true,
    );
    expect(all[path]!.reduce((n, p) => n + p.counters["vq.calls"], 0)).toBe(total);
  });

  test.each([V2, M5])(
    "%s: each VQCALL is 2 heavy exits and 1 light, one interrupt and 2 KVM_IRQ_LINE calls",
    (path) => {
      for (const p of all[path]!) {
        const n = p.counters["vq.calls"];
        expect(p.counters, name(p)).toMatchObject({
          "exits.heavy": 2 * n,
          "exits.light": n,
          "irq.injected": n,
        });
      }
    },
  );

  test.each([V2, M5])("%s: pages are linked with their objects and unlinked with them", (path) => {
    const pagesOf = (counter: "memlink.pages_linked" | "memlink.pages_unlinked"): Record<string, number> =>
      Object.fromEntries(
        all[path]!.map((p) => [name(p), p.counters[counter]] as const).filter(([, n]) => n > 0),
      );
    expect(pagesOf("memlink.pages_linked")).toEqual({ reg_mr: pages, create_cq: 5, create_qp: 4 });
    expect(pagesOf("memlink.pages_unlinked")).toEqual({ dereg_mr: pages, destroy_cq: 5, destroy_qp: 4 });
  });

  test.each([
    [V2, 3 * pinned + 5, pinned],
    [M5, 4 * pinned + 5, 2 * pinned],
  ] as const)("%s: system calls and copies of linking and unlinking", (path, link, unlink) => {
    const total = (verbs: RegExp, counter: "memlink.syscalls" | "memlink.copied_bytes"): number =>
      all[path]!.filter((p) => verbs.test(p.verb)).reduce((n, p) => n + p.counters[counter], 0);
    expect([
      total(/^(reg|create)/, "memlink.syscalls"),
      total(/^(dereg|destroy)/, "memlink.syscalls"),
      total(/./, "memlink.syscalls"),
    ]).toEqual([link, unlink, link + unlink]);
    expect([
      total(/^(reg|create)/, "memlink.copied_bytes"),
      total(/^(dereg|destroy)/, "memlink.copied_bytes"),
      total(/./, "memlink.copied_bytes"),
    ]).toEqual([4096 * pinned, 4096 * pinned, 8192 * pinned]);
  });

  test(`${M5}: at most one EPT violation for each page and one each for the two device pages`, () => {
    expect(all[M5]!.reduce((n, p) => n + p.counters["ept.violations"], 0)).toBe(pinned + 2);
  });
});

test("the operations table shows the same calls: each charges one heavy exit to vm.exit when it kicks", () => {
  const exit = picoseconds(loadTestbed("thesis-2014"), "vm.exit_heavy");
  for (const [path, column] of [
    [V2, 1],
    [M5, 2],
  ] as const) {
    const result = replayOn(pingpong(1), path);
    const verbs = new Set(CALLS.map(([n]) => n.split(" ")[0]!));
    for (const verb of verbs) {
      const expected = CALLS.filter(([n]) => n.split(" ")[0] === verb).reduce((n, c) => n + c[column], 0);
      expect(
        Math.round(Number(operation(result, verb).service["vm.exit"] ?? 0) / exit),
        `${path} ${verb}`,
      ).toBe(2 * expected); // both sides
    }
  }
});
