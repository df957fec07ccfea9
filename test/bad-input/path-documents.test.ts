import { describe, expect, test } from "vitest";
import { compilePath } from "../../src/path/compile.js";
import type { PathDocument, StepDocument } from "../../src/path/document.js";
import { loadPath } from "../../src/path/load.js";
import { loadTestbed } from "../../src/testbed/load.js";
import { scratch } from "../support/files.js";
import { refused, saying } from "../support/refused.js";

const { file } = scratch();
const testbed = loadTestbed("thesis-2014");
const LAUNCH: StepDocument = { id: "go", launch: true };
type Raw = Record<string, unknown>;
let written = 0;

/** Loads a document and compiles it, as a replay would; its file is pN.json. */
function compile(document: Raw | string, label = ""): { said: () => string; path: string } {
  const path = file(`p${written++}.json`, typeof document === "string" ? document : JSON.stringify(document));
  return { path, said: () => refused(() => compilePath(loadPath(path + label), testbed)) };
}
const mine = (more: Raw): Raw => ({ schema: "verbscope.path/1", name: "mine", extends: "common", ...more });
const steps = (...list: unknown[]): Raw => mine({ programs: { post_send: [...list, LAUNCH] } });

test("the document that the others spoil is good", () => {
  const { path } = compile(
    steps({
      id: "s",
      layer: "lib.post",
      cost: "lib.wqe_post",
      count: "2*wr + 1",
      counts: { syscalls: "wr" },
      guard: "doorbell",
      hold: ["guest.lock", "vmm.bql"],
    }),
  );
  expect(compilePath(loadPath(path), testbed).get("post_send")!.length).toBeGreaterThan(64);
});

describe("a name that does not exist is named, with its step, and the legal ones are listed", () => {
  const STEP = "p\\d+\\.json: programs\\.post_send, step 1: ";
  test.each<[string, Raw, string, string, string]>([
    [
      "layer",
      { layer: "lib.pots", cost: "lib.wqe_post" },
      STEP,
      'unknown layer "lib.pots"',
      "legal: .*lib.post",
    ],
    ["step key", { latency: 5 }, STEP, 'unknown key "latency"', "legal: .*layer"],
    ["mechanism", { if: { doorbel: "mapped" } }, STEP, 'unknown mechanism "doorbel"', "legal: .*doorbell"],
    [
      "mechanism's value",
      { if: { doorbell: ["mapped", "maped"] } },
      STEP,
      'doorbell="maped" is not a value',
      "legal: mapped, trapped",
    ],
    ["counter", { counts: { exits: "1" } }, STEP, 'unknown counter "exits"', "legal: .*exits.heavy"],
    [
      "device's counter",
      { counts: { "dma.reads": "1" } },
      STEP,
      '"dma.reads" belongs to the device model',
      "",
    ],
    ["guard", { guard: ["wr", "doorbel"] }, STEP, 'unknown feature "doorbel" in guard', "legal: .*doorbell"],
    ["resource", { hold: "vmm.lock" }, STEP, 'unknown resource "vmm.lock" in hold', "legal: .*vmm.bql"],
    [
      "resource that is held with some mechanisms",
      { hold: [{ if: { irq: "msix" }, name: "vmm.lock" }] },
      STEP,
      'unknown resource "vmm.lock" in hold',
      "legal: .*vmm.bql",
    ],
    [
      "mechanism of a hold",
      { hold: ["vmm.main", { if: { irk: "msix" }, name: "vmm.bql" }] },
      STEP,
      'hold of vmm.bql: unknown mechanism "irk"',
      "legal: .*irq",
    ],
    ["thing to wait for", { wait: "completion" }, STEP, 'wait is "completion"', '"event"'],
    ["layer without a cost", { layer: "lib.post" }, STEP, "layer and cost go together", ""],
    ["cost without a layer", { cost: "lib.wqe_post" }, STEP, "layer and cost go together", ""],
    [
      "feature of a count",
      { layer: "lib.post", cost: "lib.wqe_post", count: "wrs" },
      "p\\d+\\.json, post_send, step 1: ",
      'unknown feature "wrs" in "wrs"',
      "legal: wr, ",
    ],
    [
      "group",
      { use: "NOTHING" },
      "p\\d+\\.json, post_send, step 1: ",
      'unknown group "NOTHING"',
      "legal: .*VQCALL",
    ],
    [
      "cost",
      { id: "odd", layer: "lib.post", cost: "lib.nonsense" },
      'p\\d+\\.json, post_send, step "odd" on lib.post: ',
      'testbed thesis-2014 has no value "lib.nonsense"',
      "add it, or correct the step's cost",
    ],
  ])("%s", (_, step, where, what, remedy) => {
    expect(compile(steps(step)).said()).toMatch(saying(where, what, remedy));
  });
  test.each<[string, Raw, string, string]>([
    ["verb", { programs: { post_sent: [] } }, 'programs: unknown verb "post_sent"', "legal: post_send"],
    ["document key", { program: {} }, 'unknown key "program"', "programs"],
    [
      "mechanism",
      { mechanisms: { speed: "high" } },
      'mechanisms: unknown mechanism "speed"',
      "legal: machine",
    ],
    [
      "value",
      { mechanisms: { memory: "linked" } },
      'mechanisms: memory="linked" is not a value of memory',
      "legal: direct, bounce, memlink",
    ],
    [
      "list where one value goes",
      { mechanisms: { memory: ["direct", "bounce"] } },
      "memory takes one value here",
      "",
    ],
    [
      "implied mechanism",
      { implies: [{ if: { memory: "memlink" }, set: { irk: "intx" } }] },
      'implies: unknown mechanism "irk"',
      "legal: .*irq",
    ],
    ["schema", { schema: "verbscope.path/2" }, 'schema is "verbscope.path/2"', 'expected "verbscope.path/1"'],
    ["name", { name: "my path" }, 'name is "my path"', "use letters, digits"],
  ])("%s of the document", (_, more, what, remedy) => {
    expect(compile(mine(more)).said()).toMatch(saying("p\\d+\\.json: ", what, remedy));
  });
  test.each([
    ["+speed=high", 'unknown mechanism "speed"', "legal: machine"],
    ["+memory=linked", "memory=linked is not a value of memory", "legal: direct, bounce, memlink"],
    ["+memory", "memory= is not a value", "legal"],
  ])("override %s", (override, what, remedy) => {
    expect(refused(() => loadPath(`native${override}`))).toMatch(
      saying(`^path native\\${override}: `, what, remedy),
    );
  });
  test("path", () => {
    expect(refused(() => loadPath("nativ"))).toMatch(
      /unknown path "nativ": not a file, and not one of memlink, native/,
    );
  });
});

describe("shapes that JSON allows and a path does not", () => {
  test.each<[string, Raw | string, string]>([
    ["a list", "[]", "is not a path document"],
    ["null", "null", "is not a path document"],
    ["no JSON", "{ schema }", "is not JSON"],
    [
      "steps that are no list",
      mine({ programs: { post_send: {} } }),
      "programs.post_send must be a list of steps",
    ],
    ["programs that are a list", mine({ programs: [] }), "programs must map names to lists of steps"],
    ["a step that is a word", steps("launch"), "programs.post_send, step 1: expected an object"],
    ["extends that is a list", mine({ extends: ["native"] }), "extends must be the name of a path"],
    ["implies that is no list", mine({ implies: { if: {} } }), "implies must be a list"],
    ["implies that holds nothing", mine({ implies: [null] }), "implies must be a list"],
    [
      "a number as count",
      steps({ layer: "lib.post", cost: "lib.wqe_post", count: 2 }),
      'step 1: count is 2: .*"2"',
    ],
    ["a number as times", steps({ use: "VQCALL", times: 2 }), 'step 1: times is 2: .*"2"'],
    ["a number among counts", steps({ counts: { syscalls: 1 } }), 'step 1: counts.syscalls is 1: .*"1"'],
    ["counts that is a word", steps({ counts: "syscalls" }), "step 1: counts must map counters"],
    ["a number as guard", steps({ guard: 1 }), "step 1: guard must be"],
    ["a number as hold", steps({ hold: [1] }), "step 1: hold must be"],
    ["null as hold", steps({ hold: null }), "step 1: hold must be"],
    ["null as guard", steps({ guard: null }), "step 1: guard must be"],
    ["a hold without a condition", steps({ hold: [{ name: "vmm.bql" }] }), 'step 1: hold must be .*"if"'],
    ["a hold with more", steps({ hold: [{ if: {}, name: "vmm.bql", for: 1 }] }), "step 1: hold must be"],
    [
      "a hold whose if is a word",
      steps({ hold: [{ if: "on", name: "vmm.bql" }] }),
      "step 1: hold of vmm.bql",
    ],
    ["a number as use", steps({ use: 1 }), 'step 1: use is 1: .*"1"'],
    ["a number as cost", steps({ layer: "lib.post", cost: 5 }), "step 1: cost is 5"],
    ["a word as launch", steps({ launch: "yes" }), 'step 1: launch is "yes"'],
  ])("%s", (_, document, what) => {
    expect(compile(document).said()).toMatch(saying("p\\d+\\.json: ", what));
  });
});

describe("forms that are not linear", () => {
  test.each([["wr*sge"], ["2*wr - 1"], ["-1"], ["wr/2"], ["1.5*wr"], ["2*(wr + 1)"], ["wr +"], [""]])(
    '"%s"',
    (count) => {
      expect(compile(steps({ id: "s", layer: "lib.post", cost: "lib.wqe_post", count })).said()).toMatch(
        saying(
          "p\\d+\\.json, post_send, step 1 \\(s\\): cannot read ",
          'write for example "2\\*pages \\+ 1"',
        ),
      );
    },
  );
  test("a product of two", () => {
    expect(
      compile({
        ...steps({ use: "G", times: "wr" }),
        groups: { G: [{ layer: "lib.post", cost: "lib.sge", count: "sge" }] },
      }).said(),
    ).toMatch(saying("p\\d+\\.json, post_send, group G, step 1: ", "not linear; make one of them a number"));
  });
  test("a coefficient beyond 32 bits", () => {
    expect(compile(steps({ counts: { syscalls: "4294967296*wr" } })).said()).toMatch(
      /p\d+\.json, post_send, step 1: a coefficient of "4294967296\*wr" is above 4294967295/,
    );
    // 3 × 2^31 is too large only after multiplication
    expect(
      compile({
        ...steps({ use: "G", times: "3" }),
        groups: { G: [{ counts: { syscalls: "2147483648*wr" } }] },
      }).said(),
    ).toMatch(/coefficient .*above 4294967295/);
  });
  test("more features than an instruction holds", () => {
    expect(compile(steps({ counts: { syscalls: "wr + sge + cqe + pages + runs + port" } })).said()).toMatch(
      /p\d+\.json, post_send.*: a count has 6 features; at most 5 are possible, split the step/,
    );
  });
});

describe("launches", () => {
  const program = (...list: StepDocument[]): Raw => mine({ programs: { post_send: list } });
  test.each<[string, Raw, string]>([
    [
      "none",
      program({ layer: "lib.post", cost: "lib.sge" }),
      'p\\d+\\.json, post_send: no step launches.*add \\{ "launch": true \\}',
    ],
    [
      "one that these mechanisms leave out",
      program({ ...LAUNCH, if: { doorbell: "trapped" } }),
      "p\\d+\\.json, post_send: no step launches",
    ],
    ["two", program(LAUNCH, LAUNCH), "p\\d+\\.json, post_send: 2 steps launch; .*exactly one may"],
    [
      "one in a group used twice",
      { ...program({ use: "G", times: "2" }), groups: { G: [LAUNCH] } },
      "group G, step 1 \\(go\\): launch inside a group that is used several times",
    ],
  ])("%s", (_, document, what) => {
    expect(compile(document).said()).toMatch(saying(what));
  });
  test("two waits", () => {
    expect(
      compile(mine({ programs: { get_cq_event: [{ wait: "event" }, { wait: "event" }] } })).said(),
    ).toMatch(/p\d+\.json, get_cq_event: more than one step waits/);
  });
});

describe("cycles", () => {
  test("of groups", () => {
    const groups = { A: [{ use: "B" }], B: [{ use: "C" }], C: [{ use: "A" }] };
    expect(compile({ ...steps({ use: "A" }), groups }).said()).toMatch(
      saying("p\\d+\\.json, post_send, .*step 1: groups use each other in a cycle: A → B → C → A"),
    );
  });
  test("of a group that uses itself", () => {
    expect(compile({ ...steps({ use: "A" }), groups: { A: [{ use: "A" }] } }).said()).toMatch(
      /groups use each other in a cycle: A → A/,
    );
  });
  test("of documents", () => {
    const document = (name: string, base: string): Partial<PathDocument> => ({
      schema: "verbscope.path/1",
      name,
      extends: base,
    });
    const a = file("a.json", ""),
      b = file("b.json", JSON.stringify(document("b", a)));
    file("a.json", JSON.stringify(document("a", b)));
    expect(refused(() => loadPath(a))).toMatch(
      /path a: extends forms a cycle through a → b → a; remove one of them/,
    );
  });
  test("an unknown base names the document that extends it", () => {
    expect(compile(mine({ extends: "comon" })).said()).toMatch(
      saying("mine", 'extends .*unknown path "comon"', "common"),
    );
  });
});
