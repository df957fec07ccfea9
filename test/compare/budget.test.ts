import { describe, expect, test } from "vitest";
import { judge, parseBudget, type Verdict } from "../../src/compare/budget.js";
import { refused } from "../support/refused.js";
import { DEARER, resultOf } from "./results.js";

const [base, dearer] = [resultOf([], ["virt-ib"]).replays[0]!, resultOf(DEARER, ["virt-ib"]).replays[0]!];
const held = (text: string, swap = false): Verdict[] =>
  judge(parseBudget(text), swap ? dearer : base, swap ? base : dearer);
const exceeded = (text: string, swap = false): boolean => held(text, swap).some((v) => v.exceeded);

describe("a layer that is 5 % dearer", () => {
  test.each([
    ["vm.exit=2%", true],
    ["vm.exit=4.9%", true],
    ["vm.exit=5.1%", false],
    ["layer=2%", true],
    ["layer=6%", false],
    ["exit=2%", true],
    ["kernel=0%", false],
    ["copy=0ps", false],
    ["vm.irq=0ps", false],
    ["vm.exit=112us", true],
    ["vm.exit=113us", false],
    ["vm.exit=113µs", false],
    ["vm.exit=0.1ms", true],
    ["vm.exit=112000ns", true],
    ["vm.exit=1s", false],
    ["total=1%", true],
    ["total=2%", false],
    ["data-path=1%", true],
    ["throughput=1%", true],
    ["throughput=2%", false],
    ["counter:exits.heavy=0", false],
    ["counter:exits.heavy=0%", false],
    ["operation:message:SEND:4096:p99=0.5%", true],
    ["operation:message:SEND:4096:p99=1us", false],
    ["operation:message:SEND:4096:count=0", false],
  ] as const)("%s is exceeded: %s", (text, is) => expect(exceeded(text)).toBe(is));
  test("getting better exceeds nothing", () => {
    for (const text of ["layer=0%", "total=0ps", "throughput=0%", "operation:message:SEND:4096:p99=0ps"])
      expect(exceeded(text, true), text).toBe(false);
  });
  test("layer= judges each layer, and only vm.exit breaks it", () => {
    expect(
      held("layer=2%")
        .filter((v) => v.exceeded)
        .map((v) => v.quantity),
    ).toEqual(["vm.exit"]);
    expect(held("layer=2%").map((v) => v.quantity)).toEqual(
      expect.arrayContaining(["copy.bounce", "wire.fly"]),
    );
  });
  test("throughput gets worse by falling", () => {
    const [v] = held("throughput=1%");
    expect(Number(v!.worse)).toBe(Number(v!.base) - Number(v!.new));
    expect(v!.percent).toBeGreaterThan(1);
  });
});

test("limits are exact: the last picosecond decides", () => {
  const now = { ...base, makespan_ps: 1010 },
    was = { ...base, makespan_ps: 1000 };
  const at = (text: string): boolean => judge(parseBudget(text), was, now)[0]!.exceeded;
  expect([
    at("total=1%"),
    at("total=0.9999%"),
    at("total=10ps"),
    at("total=9ps"),
    at("total=0.01ns"),
    at("total=0.009ns"),
  ]).toEqual([false, true, false, true, false, true]);
});
test("what was nothing exceeds any percentage, and is judged by an amount", () => {
  const was = { ...base, layers: {} },
    now = { ...base, layers: { "copy.bounce": 5 } };
  const at = (text: string): boolean => judge(parseBudget(text), was, now)[0]!.exceeded;
  expect([at("copy.bounce=100%"), at("copy.bounce=5ps"), at("copy.bounce=4ps")]).toEqual([true, false, true]);
});

test("memory times, where a memory trace was replayed", () => {
  const memory = { access_ps: 1000, translation_ps: 100, first_touch_ps: 10 } as NonNullable<
      typeof base.memory
    >,
    at = (text: string): boolean =>
      judge(
        parseBudget(text),
        { ...base, memory },
        { ...base, memory: { ...memory, translation_ps: 103 } },
      )[0]!.exceeded;
  expect([
    at("memory.access=0%"),
    at("memory.translation=2%"),
    at("memory.translation=3%"),
    at("memory.first_touch=0ps"),
  ]).toEqual([false, true, false, false]);
  expect(refused(() => held("memory.access=1%"))).toMatch(/do not both have memory\.access/);
});

describe("refused", () => {
  test.each([
    ["total", /not a budget/],
    ["=2%", /not a budget/],
    ["total=", /not a budget/],
    ["total=-1%", /not a budget/],
    ["total=1 parsec", /not a budget/],
    ["total=1e3%", /not a budget/],
    ["vm.exits=2%", /no layer or group "vm\.exits".*layers are.*groups/],
    ["toString=2%", /no layer or group/],
    ["total=5", /a time needs a unit/],
    ["counter:exits.heavy=5us", /a count takes no unit/],
    ["operation:message:SEND:4096:count=5us", /a count takes no unit/],
    ["throughput=5us", /in percent/],
  ] as const)("%s", (text, why) => expect(refused(() => parseBudget(text))).toMatch(why));
  test.each([
    ["counter:nonsense=1", /do not both have counter:nonsense; there are counter:/],
    ["operation:message:SEND:8:p99=1%", /there are operation:/],
    ["operation:message:SEND:4096:p98=1%", /there are operation:/],
  ] as const)("%s", (text, why) => {
    expect(refused(() => held(text))).toMatch(why);
  });
});
