import { describe, expect, test } from "vitest";
import type { Verb } from "../../src/abi/verbs.js";
import type { PathDocument } from "../../src/path/document.js";
import { loadPath } from "../../src/path/load.js";
import { pathNotes } from "../../src/path/notes.js";
import { replay } from "../../src/replay/replay.js";
import { loadTestbed } from "../../src/testbed/load.js";
import { capture } from "../support/captures.js";
import { scratch } from "../support/files.js";

const { file } = scratch();
let written = 0;
const mine = (more: Partial<PathDocument>, overrides = ""): string =>
  file(
    `p${written++}.json`,
    JSON.stringify({ schema: "verbscope.path/1", name: "mine", extends: "native", ...more }),
  ) + overrides;
const notes = (label: string, verbs: Verb[], memory = false): string =>
  pathNotes(loadPath(label), verbs, memory).join("\n");
const STEPS = [{ counts: { syscalls: "1" } }];

describe("a verb whose sibling was replaced", () => {
  const label = mine({ programs: { post_recv: STEPS, reg_mr: STEPS } });
  test("is named where the trace uses it", () => {
    expect(notes(label, ["post_recv", "post_srq_recv", "dereg_mr"])).toMatch(
      new RegExp(
        String.raw`^path .*: mine has its own post_recv, but post_srq_recv, which the trace uses, is ` +
          String.raw`that of common unchanged\n.*own reg_mr, but dereg_mr, .*unchanged$`,
      ),
    );
  });
  test("is not where it does not, or where all were replaced", () => {
    expect(notes(label, ["post_recv"])).toBe("");
    const both = mine({ programs: { post_recv: STEPS, post_srq_recv: STEPS } });
    expect(notes(both, ["post_recv", "post_srq_recv"])).toBe("");
  });
  test("is not where a group that it uses was replaced, also through another", () => {
    const groups = { UV_OUT: [] };
    expect(notes(mine({ groups, programs: { reg_mr: STEPS } }), ["dereg_mr"])).toBe("");
    expect(notes(mine({ groups: { VQ_IN: [] }, programs: { reg_mr: STEPS } }), ["dereg_mr"])).toBe("");
  });
  test("is not of what a base replaced and the document replaced again", () => {
    const base = mine({ name: "base", programs: { post_recv: STEPS } });
    expect(notes(mine({ extends: base, programs: { post_srq_recv: STEPS } }), ["post_srq_recv"])).toBe("");
  });
});

test("a verb without a program is named", () => {
  const alone = file("alone.json", JSON.stringify({ schema: "verbscope.path/1", name: "alone" }));
  expect(notes(alone, ["reg_mr", "rdma_connect"])).toMatch(
    /^path alone: has no program for reg_mr, rdma_cm, which the trace uses: their calls cost nothing/,
  );
});

describe("a mechanism that nothing reads", () => {
  const VERBS: Verb[] = ["post_send", "req_notify_cq", "poll_cq", "reg_mr"];
  test.each([
    ["native+kick=ioeventfd", "kick=ioeventfd"],
    ["sr-iov+link_madvise=on", "link_madvise=on"],
    ["virt-ib+mtt_policy=optimal", "mtt_policy=optimal"],
    ["virt-ib+guest_leaf=2m", "guest_leaf=2m"],
  ])("%s", (label, setting) => {
    expect(notes(label, VERBS)).toBe(
      `path ${label}: ${setting} changes nothing here: with its other mechanisms ` +
        "no step of the verbs that the trace uses and no switch of the device reads it",
    );
  });
  test.each([
    "virt-ib+irq=msix",
    "memlink+link_madvise=off",
    "native+iommu=on",
    "native+mtt_policy=optimal",
    "virt-ib+doorbell=trapped",
    "virt-ib+memory=memlink",
    "vhost+doorbell=mapped+memory=direct",
  ])("not %s", (label) => expect(notes(label, VERBS)).toBe(""));
  test("with a memory trace the engine reads page sizes", () => {
    expect(notes("virt-ib+guest_leaf=2m", VERBS, true)).toBe("");
  });
  test("of a document, but not of a built-in one, nor its defaults", () => {
    const says = mine({ mechanisms: { kick: "ioeventfd", irq: "none", host_leaf: "2m" } });
    expect(notes(says, VERBS)).toMatch(/^path .*: kick=ioeventfd changes nothing here: [^\n]*$/);
    expect(notes("sr-iov", VERBS)).toBe("");
  });
  test("after a document took its reader away", () => {
    const cord = mine({
      programs: { post_send: [{ launch: true }], req_notify_cq: [{ launch: true }] },
    });
    expect(notes(`${cord}+doorbell=trapped`, VERBS)).toMatch(/doorbell=trapped changes nothing here/);
  });
});

test("a replay says so, of the paths that it ran, and of built-in paths nothing", () => {
  const trace = capture("rc-pingpong-4k");
  try {
    const of = (...labels: string[]): readonly string[] =>
      replay(trace, labels.map(loadPath), loadTestbed("thesis-2014")).trace.notes.filter((n) =>
        n.startsWith("path "),
      );
    expect(of("native", "virt-ib", "memlink", "sr-iov", "vhost", "virt-ib-forward")).toEqual([]);
    expect(of("native", mine({ programs: { reg_mr: STEPS } }, "+kick=ioeventfd"))).toEqual([
      expect.stringContaining("dereg_mr, which the trace uses, is that of common unchanged"),
      expect.stringContaining("kick=ioeventfd changes nothing here"),
    ]);
  } finally {
    trace.close();
  }
});
