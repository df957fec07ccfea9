import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { FEATURE_NAMES } from "../../src/abi/features.js";
import { INSTR } from "../../src/abi/params.js";
import { packageUrl } from "../../src/files.js";
import { compilePath } from "../../src/path/compile.js";
import { checkPathDocument, type StepDocument } from "../../src/path/document.js";
import { flatten } from "../../src/path/flatten.js";
import { LIMITS } from "../../src/path/limits.js";
import { loadTestbed } from "../../src/testbed/load.js";
import { randomPath } from "../support/random/path.js";
import { refused } from "../support/refused.js";

type Groups = Record<string, readonly StepDocument[]>;
const said = (groups: Groups, ...steps: StepDocument[]): string =>
  refused(() => {
    const doc = checkPathDocument(
      {
        schema: "verbscope.path/1",
        name: "mine",
        groups,
        programs: { post_send: [...steps, { launch: true }] },
      },
      "mine.json",
    );
    compilePath(flatten([doc], {}, "mine"), loadTestbed("thesis-2014"));
  });
/** G0 uses G1 twice, which uses G2 twice … */
const doubling = (levels: number, last: readonly StepDocument[]): Groups =>
  Object.fromEntries(
    Array.from({ length: levels }, (_, i) => [
      `G${i}`,
      i === levels - 1 ? last : [{ use: `G${i + 1}` }, { use: `G${i + 1}` }],
    ]),
  );

test("groups that double 40 times are refused at once", () => {
  expect(said(doubling(41, [{ counts: { syscalls: "1" } }]), { use: "G0" })).toMatch(
    /^path mine, post_send: groups use each other more than 16 deep \(G0 … G16\); write some of their steps out$/,
  );
});
test.each<[string, StepDocument[]]>([
  ["steps", [{ counts: { syscalls: "1" } }]],
  ["nothing", []],
  ["steps that these mechanisms leave out", [{ if: { irq: "msix" }, counts: { syscalls: "1" } }]],
])("groups that double to %s within the depth are refused", (_, last) => {
  expect(said(doubling(16, last), { use: "G0" })).toMatch(
    /^path mine, post_send: its groups unfold to more than 10000 steps; use "times"/,
  );
});
test("a program of its own that is too long", () => {
  const steps = Array.from({ length: LIMITS.steps }, () => ({ counts: { syscalls: "1" } }));
  expect(said({}, ...steps)).toMatch(/unfold to more than 10000 steps/);
});
test("too many groups", () => {
  const groups = Object.fromEntries(Array.from({ length: 257 }, (_, i) => [`G${i}`, []]));
  expect(said(groups)).toBe("mine.json: 257 groups; at most 256");
});
test("times, alone and together", () => {
  const groups = { A: [{ use: "B", times: "1000" }], B: [{ counts: { syscalls: "1" } }] };
  expect(said(groups, { use: "B", times: "65537*wr" })).toMatch(
    /post_send, step 1: its group runs 65537\*wr times; a coefficient of times is at most 65536$/,
  );
  expect(said(groups, { use: "A", times: "1000" })).toMatch(
    /post_send, group A, step 1: its group runs 1000000 times/,
  );
});
test("names of JavaScript are no groups and no values of a testbed", () => {
  expect(said({}, { use: "toString" })).toMatch(/unknown group "toString"/);
  expect(said({}, { layer: "lib.post", cost: "toString" })).toMatch(/has no value "toString"/);
});
test("a form with more features than the core holds names its step, and the page names the limit", () => {
  const six = FEATURE_NAMES.slice(0, INSTR.max_terms + 1).join(" + ");
  expect(said({}, { id: "big", counts: { syscalls: six } })).toMatch(
    /post_send, step 1 \(big\): a count has 6 features; at most 5 are possible, split the step/,
  );
  expect(readFileSync(packageUrl("docs/path-format.md"), "utf8")).toContain(
    `at most ${INSTR.max_terms} features`,
  );
});
test("random documents keep to it", () => {
  const features = (form: string): number => form.split("+").filter((t) => /[a-z]/.test(t)).length;
  // 3902 and 4932 once wrote six
  for (const seed of [...Array.from({ length: 300 }, (_, i) => i), 3902, 4932])
    for (const step of Object.values(randomPath(seed).programs!).flat())
      for (const form of [step.count, ...Object.values(step.counts ?? {})])
        expect(features(String(form ?? "")), `seed ${seed}`).toBeLessThanOrEqual(INSTR.max_terms);
});
