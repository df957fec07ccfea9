import { expect, test } from "vitest";
import { COUNTERS } from "../../src/abi/counters.js";
import { FEATURE_NAMES } from "../../src/abi/features.js";
import { LAYER_SLOTS, LAYERS } from "../../src/abi/layers.js";
import { PARAMS } from "../../src/abi/params.js";
import { TOTALS } from "../../src/abi/totals.js";
import { probe } from "../support/probe.js";

const x = probe();

// Scalars are declared fields, clocks follow at constants written by hand
// (assembly/world/state.ts): a field too many would overwrite the first clock.
test.each(["node", "queue", "cq", "qp", "wqe", "op", "flow", "thread"] as const)(
  "%s: its scalars end before what is embedded, which is aligned",
  (record) => {
    expect(x[`${record}_scalars`]()).toBeLessThanOrEqual(x[`${record}_embedded`]());
    expect(x[`${record}_embedded`]() % 16).toBe(0);
  },
);

test("records end behind their last clock", () => {
  const clocks = (x.qp_bytes() - x.qp_embedded()) / x.clock_bytes();
  expect([Number.isInteger(clocks), clocks > 1]).toEqual([true, true]);
  // when it was created, and when it was armed
  expect(x.cq_embedded() + 2 * x.clock_bytes()).toBe(x.cq_bytes());
  expect(x.mr_scalars()).toBeLessThanOrEqual(x.mr_bytes());
});

test("an MR record is what src/replay/run.ts writes", () => {
  expect([0, 1, 2, 3, 4, 5, 6].map((i) => x.mr_field(i))).toEqual([0, 8, 16, 20, 24, 28, 36]);
  expect(x.mr_bytes()).toBe(48);
});

test("names fit the blocks that the core sets aside for them", () => {
  expect(PARAMS.length * 8).toBeLessThanOrEqual(512);
  expect(COUNTERS.length * 8).toBeLessThanOrEqual(1024);
  expect(TOTALS.length * 8).toBeLessThanOrEqual(128);
  // guards are 32-bit masks, and a thread keeps 256 bytes of them
  expect(FEATURE_NAMES.length).toBeLessThanOrEqual(32);
  expect(LAYERS.length).toBe(LAYER_SLOTS);
});
