import { describe, expect, test } from "vitest";
import type { Counter } from "../../src/abi/counters.js";
import { pingpong } from "../support/pingpong.js";
import { replayOn } from "../support/replay.js";

const FEW = 20,
  MANY = 120,
  PAGES = 2,
  BYTES = 4096 * PAGES;
/** What one iteration of one side adds: the difference of two lengths, without set-up and teardown. */
function iteration(path: string, options = {}): (counter: Counter) => number {
  const [few, many] = [FEW, MANY].map(
    (iters) => replayOn(pingpong(PAGES, { iters, ...options }), path).counters,
  );
  return (counter) => (many![counter] - few![counter]) / (MANY - FEW) / 2;
}

describe("an iteration of ibv_rc_pingpong, one side", () => {
  test("native: no exit, no request, one mapped doorbell", () => {
    const per = iteration("native");
    expect(
      (
        [
          "exits.heavy",
          "exits.light",
          "vq.calls",
          "syscalls",
          "copied.bytes",
          "irq.injected",
          "ept.violations",
        ] as const
      ).map(per),
    ).toEqual([0, 0, 0, 0, 0, 0, 0]);
    expect(
      (["doorbells.mapped", "doorbells.trapped", "wqe.posted", "cqe.polled", "wire.packets"] as const).map(
        per,
      ),
    ).toEqual([1, 0, 1, 2, BYTES / 1024 + 1]);
  });
  test("memlink: the same, in the guest", () => {
    const per = iteration("memlink");
    expect(
      (
        [
          "exits.heavy",
          "exits.light",
          "vq.calls",
          "syscalls",
          "copied.bytes",
          "irq.injected",
          "ept.violations",
        ] as const
      ).map(per),
    ).toEqual([0, 0, 0, 0, 0, 0, 0]);
    expect((["doorbells.mapped", "doorbells.trapped", "memlink.syscalls"] as const).map(per)).toEqual([
      1, 0, 0,
    ]);
  });
  test("V2: one trapped doorbell is 2 heavy exits, 1 light, nothing copied", () => {
    const per = iteration("virt-ib+memory=memlink");
    expect(
      (
        [
          "doorbells.trapped",
          "doorbells.mapped",
          "vq.calls",
          "exits.heavy",
          "exits.light",
          "copied.bytes",
        ] as const
      ).map(per),
    ).toEqual([1, 0, 1, 2, 1, 0]);
  });
  test("virt-ib (V0): one trapped doorbell is 1 heavy exit; one copy on each side of a message", () => {
    const per = iteration("virt-ib");
    expect(
      (["doorbells.trapped", "vq.calls", "exits.heavy", "exits.light", "irq.injected"] as const).map(per),
    ).toEqual([1, 1, 1, 0, 0]);
    expect(per("copied.bytes")).toBe(2 * BYTES); // what it sends and what it receives
  });
  test("virt-ib-forward: every verb is a request, and two copies on each side of a message", () => {
    const per = iteration("virt-ib-forward");
    expect((["vq.calls", "exits.heavy", "doorbells.mapped", "doorbells.trapped"] as const).map(per)).toEqual([
      3, 3, 1, 0,
    ]); // post_send, and the polls of two completions
    expect(per("copied.bytes")).toBe(4 * BYTES);
  });
  test("vhost: a light exit instead of the heavy one, an interrupt without exits", () => {
    const per = iteration("vhost");
    expect(
      (["vq.calls", "exits.heavy", "exits.light", "irq.injected", "doorbells.trapped"] as const).map(per),
    ).toEqual([1, 0, 1, 1, 1]);
  });
});

describe("with events (-e), one side and iteration: two rounds of get_cq_event, poll and arm", () => {
  test("memlink: each event is one request of two heavy exits; arming needs none", () => {
    const per = iteration("memlink", { events: true });
    expect((["vq.calls", "exits.heavy", "doorbells.mapped", "doorbells.trapped"] as const).map(per)).toEqual([
      2, 4, 3, 0,
    ]);
  });
  test("V2: each event is a POLL and a READ round, and each arm is a trap", () => {
    const per = iteration("virt-ib+memory=memlink", { events: true });
    expect((["vq.calls", "exits.heavy", "doorbells.trapped", "doorbells.mapped"] as const).map(per)).toEqual([
      2 * 2 + 3,
      2 * 4 + 3 * 2,
      3,
      0,
    ]);
  });
});

test(
  "1000 iterations: native and memlink have no exit between set-up and " +
    "teardown; V2 at least 2000 heavy ones a side",
  () => {
    const exits = (path: string, iters: number): number =>
      replayOn(pingpong(1, { iters }), path).counters["exits.heavy"];
    expect([exits("native", 1000), exits("memlink", 1000) - exits("memlink", 1)]).toEqual([0, 0]);
    expect(exits("memlink", 1000)).toBe(2 * 2 * 36);
    expect(exits("virt-ib+memory=memlink", 1000)).toBe(2 * (2 * 46 + 2000));
  },
);
