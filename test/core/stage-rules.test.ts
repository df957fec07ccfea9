import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { LAYERS } from "../../src/abi/layers.js";
import { layer, ledger, ownLedger, probe, sum } from "../support/probe.js";

const x = probe();
const HEAD_LAYER = layer("hca.process"),
  TAIL_LAYER = layer("wire.fly"),
  BEFORE = layer("lib.post");

/** A flow whose head is at `head` and whose tail is at `tail`, both since its call began at 0. */
function flowAt(head: number, tail: number): number {
  const clock = x.clock_new(),
    own = x.own_new();
  x.clock_add(clock, own, BEFORE, BigInt(head));
  const f = x.flow_new(clock, own);
  if (tail > head) x.flow_fifo(x.clock_new(), f, TAIL_LAYER, 0n, BigInt(tail - head));
  return f;
}
function resourceAt(time: number): number {
  const clock = x.clock_new();
  x.clock_add(clock, x.own_new(), layer("dma.payload"), BigInt(time));
  return clock;
}
const time = (clock: number): number => Number(x.time_of(clock));
const ps = fc.integer({ min: 0, max: 200 });

describe("a device stage", () => {
  test("is R4.4, branch by branch", () => {
    fc.assert(
      fc.property(ps, ps, ps, ps, ps, (h, gap, free, p, more) => {
        const t = h + gap,
          o = p + more,
          f = flowAt(h, t),
          resource = resourceAt(free);
        x.flow_fifo(resource, f, HEAD_LAYER, BigInt(p), BigInt(o));
        const start = h >= free ? h : free,
          done = start + o >= t + p ? start + o : t + p;
        expect([time(x.flow_head(f)), time(x.flow_tail(f)), time(resource)]).toEqual([start + p, done, done]);
        // The resource's ledger is the tail's: whoever comes next and finds it busy inherits why.
        expect(ledger(x, resource)).toEqual(ledger(x, x.flow_tail(f)));
        const waited = ownLedger(x, x.flow_head_own(f)).wait["hca.process"] ?? 0;
        expect(waited).toBe(start - h);
      }),
      { numRuns: 2000 },
    );
  });

  test("keeps ledgers whole: a clock's layers sum to its time, own ledgers to the time since the call", () => {
    const step = fc.record({
      kind: fc.constantFrom("fifo", "lat", "ctl", "occupy"),
      at: fc.nat(2),
      layer: fc.nat(LAYERS.length - 1),
      p: ps,
      more: ps,
      full: ps,
      flow: fc.nat(2),
    });
    fc.assert(
      fc.property(
        fc.array(ps, { minLength: 3, maxLength: 3 }),
        fc.array(step, { maxLength: 30 }),
        (starts, steps) => {
          const flows = starts.map((s) => flowAt(s, s)),
            resources = [0, 1, 2].map(() => x.clock_new());
          for (const s of steps) {
            const f = flows[s.flow]!,
              r = resources[s.at]!;
            if (s.kind === "fifo") x.flow_fifo(r, f, s.layer, BigInt(s.p), BigInt(s.p + s.more));
            else if (s.kind === "lat") x.flow_lat(f, s.layer, BigInt(s.p));
            else if (s.kind === "ctl") x.flow_ctl(r, f, s.layer, BigInt(s.p), BigInt(s.full));
            else x.resource_occupy(r, s.layer, BigInt(s.p), x.flow_head(f));
          }
          for (const r of resources) expect(sum(ledger(x, r))).toBe(time(r));
          flows.forEach((f) => {
            for (const [clock, own] of [
              [x.flow_head(f), x.flow_head_own(f)],
              [x.flow_tail(f), x.flow_tail_own(f)],
            ] as const) {
              expect(sum(ledger(x, clock))).toBe(time(clock));
              const o = ownLedger(x, own);
              expect(sum(o.service) + sum(o.wait)).toBe(time(clock)); // every call began at 0
            }
            expect(time(x.flow_head(f))).toBeLessThanOrEqual(time(x.flow_tail(f)));
          });
        },
      ),
      { numRuns: 500 },
    );
  });
});

describe("a control packet", () => {
  test.each([
    { what: "an idle resource: at once", free: 50, full: 30, head: 107, resource: 107, wait: 0 },
    {
      what: "a resource that gets free soon: until then",
      free: 120,
      full: 30,
      head: 127,
      resource: 127,
      wait: 20,
    },
    {
      what: "a busy resource: one full packet, and it is pushed back",
      free: 500,
      full: 30,
      head: 137,
      resource: 507,
      wait: 30,
    },
  ])("$what", ({ free, full, head, resource, wait }) => {
    const f = flowAt(100, 100),
      r = resourceAt(free);
    x.flow_ctl(r, f, HEAD_LAYER, 7n, BigInt(full));
    expect([time(x.flow_head(f)), time(r)]).toEqual([head, resource]);
    expect(ledger(x, x.flow_head(f))).toEqual({ "lib.post": 100, "hca.process": wait + 7 });
    expect(ownLedger(x, x.flow_head_own(f))).toEqual({
      service: { "lib.post": 100, "hca.process": 7 },
      wait: wait > 0 ? { "hca.process": wait } : {},
    });
  });

  test("leaves when the whole of its flow is there", () => {
    const f = flowAt(100, 180);
    x.flow_ctl(x.clock_new(), f, HEAD_LAYER, 7n, 30n);
    expect([time(x.flow_head(f)), time(x.flow_tail(f))]).toEqual([187, 187]);
  });
});

describe("taking over a clock", () => {
  test("keeps its own on a tie, takes the later one whole otherwise, and the difference is a wait", () => {
    for (const [mine, other] of [
      [100, 100],
      [100, 99],
      [100, 130],
    ] as const) {
      const clock = x.clock_new(),
        own = x.own_new();
      x.clock_add(clock, own, BEFORE, BigInt(mine));
      x.take_over(clock, own, resourceAt(other), HEAD_LAYER);
      const taken = other > mine;
      expect(ledger(x, clock)).toEqual(taken ? { "dma.payload": other } : { "lib.post": mine });
      expect(ownLedger(x, own)).toEqual({
        service: { "lib.post": mine },
        wait: taken ? { "hca.process": other - mine } : {},
      });
    }
  });
});

describe("occupying a resource", () => {
  test.each([
    [50, 107],
    [100, 107],
    [130, 137],
  ])("free at %i, asked at 100: free again at %i, nobody waits", (free, after) => {
    const f = flowAt(100, 100),
      r = resourceAt(free);
    x.resource_occupy(r, HEAD_LAYER, 7n, x.flow_head(f));
    expect([time(r), time(x.flow_head(f))]).toEqual([after, 100]);
    expect(sum(ledger(x, r))).toBe(after);
  });
});
