import { expect, test } from "vitest";
import { compilePath } from "../../src/path/compile.js";
import { checkPathDocument, type PathDocument, type StepDocument } from "../../src/path/document.js";
import { flatten } from "../../src/path/flatten.js";
import { loadPathDocument } from "../../src/path/load.js";
import { loadTestbed } from "../../src/testbed/load.js";
import { settle } from "../oracle/path.js";
import { randomPath } from "../support/random/path.js";
import { randomMechanisms } from "../support/random/testbed.js";

const STEP = { layer: "lib.post", cost: "lib.sge" };
const document = (...steps: StepDocument[]): PathDocument =>
  checkPathDocument(
    {
      schema: "verbscope.path/1",
      name: "mine",
      groups: { G: [{ ...STEP, hold: ["vmm.bql"] }] },
      programs: { post_send: [...steps, { launch: true }] },
    },
    "mine.json",
  );
const compiled = (doc: PathDocument, overrides: Record<string, string>): Uint8Array =>
  compilePath(flatten([doc], overrides, "mine"), loadTestbed("thesis-2014")).get("post_send")!;
const LOCK = { if: { guest_lock: "on" }, name: "guest.lock" } as const;

test.each<[string, Partial<StepDocument>]>([
  ["a step", STEP],
  ["a group, outside of what its steps hold", { use: "G" }],
])("%s holds what its mechanisms say", (_, step) => {
  const once = document({ ...step, hold: [LOCK, "kernel.cmd"] });
  const twice = document(
    { ...step, if: { guest_lock: "on" }, hold: ["guest.lock", "kernel.cmd"] },
    { ...step, if: { guest_lock: "off" }, hold: "kernel.cmd" },
  );
  for (const guest_lock of ["off", "on"])
    expect(compiled(once, { guest_lock })).toEqual(compiled(twice, { guest_lock }));
  expect(compiled(once, { guest_lock: "on" })).not.toEqual(compiled(once, { guest_lock: "off" }));
});

test("the oracle reads random holds the same way", () => {
  let conditional = 0;
  for (let seed = 1; seed <= 100; seed++) {
    const doc = randomPath(seed),
      overrides = randomMechanisms(seed);
    const theirs = settle({ documents: { [doc.name]: doc }, path: doc.name, overrides }).programs;
    const ours = flatten([checkPathDocument(doc, "r.json")], overrides, "r").programs;
    for (const [verb, steps] of ours)
      expect(steps.map((s) => s.hold)).toEqual(theirs.get(verb)!.map((s) => s.hold));
    conditional += JSON.stringify(doc).split('"name":').length - 2;
  }
  expect(conditional).toBeGreaterThan(100);
});

test("no step of the built-in paths stands twice in a row for another hold alone", () => {
  const { groups, programs } = loadPathDocument("common");
  const rest = ({ if: _if, hold: _hold, ...step }: StepDocument): string => JSON.stringify(step);
  const twice = Object.entries({ ...groups, ...programs }).flatMap(([name, steps]) =>
    steps.flatMap((s, i) => {
      const next = steps[i + 1];
      return next && rest(next) === rest(s) && JSON.stringify(next.hold) !== JSON.stringify(s.hold)
        ? [`${name}, step ${i + 1}: ${s.id ?? s.use}`]
        : [];
    }),
  );
  expect(twice).toEqual([]);
});
