import { describe, expect, test } from "vitest";
import {
  accessTimes,
  type BreakEvenWorkload,
  breakEven,
  runTimes,
} from "../../src/attribution/break-even.js";
import { firstCount } from "../../src/attribution/first-count.js";
import { loadPath } from "../../src/path/load.js";
import { breakEvenText } from "../../src/report/text/break-even-text.js";
import { loadTestbed } from "../../src/testbed/load.js";
import { refused } from "../support/refused.js";
import { schemaErrors } from "../support/schemas.js";

const testbed = loadTestbed("thesis-2014"),
  paths = ["virt-ib", "memlink"].map(loadPath);
const times = (workload: BreakEvenWorkload, size: number, iters: number): bigint[] =>
  runTimes(workload, { size, iters }, paths, testbed);

describe.each([
  ["rc-pingpong", [64, 65536]],
  ["send-bw", [4096]],
] as const)("%s", (workload, sizes) => {
  const found = breakEven("virt-ib", "memlink", testbed, {
    workload,
    sizes,
    accesses: 20_000,
    footprint: 2 ** 24,
  });
  test("fits its schema", () => expect(schemaErrors("break-even", found)).toEqual([]));
  test.each(sizes)(
    "brute force: runs of %i bytes are dearer up to the exchange before, and never again",
    (size) => {
      const { exchanges, replayed } = found.sizes.find((s) => s.size === size)!;
      expect(replayed).toBe(true);
      for (let n = Math.max(1, exchanges! - 3); n < exchanges! + 4; n++) {
        const [from, to] = times(workload, size, n) as [bigint, bigint];
        expect(to <= from, `${n} exchanges`).toBe(n >= exchanges!);
      }
    },
  );
  test("so many random accesses, and not one fewer, cost more than an exchange gains", () => {
    for (const { exchange_ps, reads } of found.sizes) {
      const value = (f: string): number => Number(f.split("/")[0]) / Number(f.split("/")[1]);
      const gain = value(exchange_ps.from) - value(exchange_ps.to),
        dearer = value(reads.access_ps.to) - value(reads.access_ps.from);
      expect(dearer).toBeGreaterThan(0);
      expect(Math.abs(reads.per_exchange! - gain / dearer)).toBeLessThanOrEqual(
        1 + 1e-6 * reads.per_exchange!,
      );
      expect(reads.per_exchange! * dearer).toBeGreaterThanOrEqual(gain * (1 - 1e-9));
    }
  });
});

test("accesses are counted without first touches and cold caches", () => {
  const [from, to] = accessTimes(4096, 5000, paths, testbed) as [bigint, bigint];
  expect(from).toBe(to); // one page: the TLB holds it on either path
  const [a, b] = accessTimes(2 ** 24, 20_000, paths, testbed) as [bigint, bigint];
  expect(b).toBeGreaterThan(a);
});

test("a path that gains nothing never pays, one that is cheaper from the start pays at once", () => {
  const never = breakEven("native", "virt-ib", testbed, { sizes: [4096], accesses: 1000 }).sizes[0]!;
  expect([never.exchanges, never.reads.per_exchange]).toEqual([null, null]);
  expect(breakEven("virt-ib", "native", testbed, { sizes: [4096], accesses: 1000 }).sizes[0]!.exchanges).toBe(
    1,
  );
});
test("above the longest run, the number is computed and says so", () => {
  const found = breakEven("virt-ib", "memlink", testbed, { sizes: [64], accesses: 1000, most: 5 });
  expect(found.sizes[0]).toMatchObject({ exchanges: 28, replayed: false });
  expect(breakEvenText(found)).toMatch(/≈ 28/);
});
test("bad sizes are refused", () =>
  expect(refused(() => breakEven("virt-ib", "memlink", testbed, { sizes: [1.5] }))).toMatch(/--sizes 1.5/));

test("the first count is found from any guess", () => {
  for (const at of [1, 2, 7, 100, 999])
    for (const guess of [1, 6, 7, 8, 500, 5000])
      expect(
        firstCount((n) => n >= at, guess, 1000),
        `${at} from ${guess}`,
      ).toBe(at);
  expect(firstCount(() => false, 7, 1000)).toBeNull();
});
