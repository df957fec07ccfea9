import { mkdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, test } from "vitest";
import { packageText } from "../../src/files.js";
import { loadPath, loadPaths } from "../../src/path/load.js";
import { replay } from "../../src/replay/replay.js";
import { digestOf } from "../../src/replay/result/document.js";
import { textReport } from "../../src/report/text/text.js";
import { loadTestbed } from "../../src/testbed/load.js";
import { capture } from "../support/captures.js";
import { command } from "../support/command.js";
import { scratch } from "../support/files.js";
import { refused } from "../support/refused.js";

const { file, folder } = scratch();
const mine = (at: string, name = "mine"): string => {
  mkdirSync(dirname(join(folder, at)), { recursive: true });
  return file(at, JSON.stringify({ schema: "verbscope.path/1", name, extends: "common" }));
};
const labels = (...specs: string[]): string[] => loadPaths(specs).map((p) => p.label);

describe("a path from a file is called", () => {
  test("as its document is, with what was overridden", () => {
    expect(labels("native", mine("out/a.json"), `${mine("out/b.json", "other")}+iommu=on`)).toEqual([
      "native",
      "mine",
      "other+iommu=on",
    ]);
  });
  test("by what differs of the file names, where two documents have one name", () => {
    expect(labels(mine("a.json"), mine("b.json"))).toEqual(["mine:a", "mine:b"]);
    expect(labels(mine("one/mine.json"), mine("two/mine.json"))).toEqual(["mine:one", "mine:two"]);
    expect(new Set(labels(mine("p.json"), mine("p/p.json"), mine("q/p.json"))).size).toBe(3);
  });
  test("once for one file with two settings", () => {
    const a = mine("a.json");
    expect(labels(a, `${a}+iommu=on`)).toEqual(["mine", "mine+iommu=on"]);
  });
  test("never as a built-in path is", () => {
    expect(labels(mine("changed.json", "native"), "native")).toEqual(["native:changed", "native"]);
    expect(loadPath(mine("changed.json", "native")).label).toBe("native:changed");
  });
});

test("two documents of long file names stand side by side in a report's table of layers", () => {
  const long = "a-folder-whose-name-fills-a-column";
  const result = replay(
    capture("write-lat-8"),
    loadPaths([mine(`${long}/one.json`), mine(`${long}/two.json`)]),
    loadTestbed("thesis-2014"),
  );
  expect(textReport(result, 100)).toMatch(/^layer +mine:one +mine:two/im);
  const [a, b] = result.replays;
  expect(a!.path_given).toMatch(/one\.json$/);
  // where the file lay is no part of what the numbers depend on
  expect(digestOf({ ...result, replays: [{ ...a!, path_given: "else.json" }, b!] })).toBe(result.digest);
});

test("a result finds its file again", async () => {
  const a = mine("again/a.json"),
    b = mine("again/b.json"),
    out = join(folder, "found");
  const replayed = await command(
    "replay",
    "traces/write-lat-8.arrow",
    "--paths",
    `native,${a},${b}+iommu=on`,
    "--out",
    out,
  );
  expect(replayed.stderr).not.toMatch(/verbscope:/);
  const report = await command(
    "report",
    `${out}/result.json`,
    "--perfetto",
    `${out}/t.json`,
    "--path",
    "mine:b+iommu=on",
    "--csv",
    `${out}/csv`,
    "--operations",
  );
  expect([report.status, report.stdout]).toEqual([0, ""]);
});

test("the ratio of two documents of one name is a ratio", async () => {
  const [a, b] = [mine("ratio/a.json"), mine("ratio/b.json")];
  const trace = join(folder, "small.arrow");
  await command("generate", "send-lat", "--iters", "4", "-o", trace);
  // Of one value alone there is little to replay.
  const { values, ...bed } = JSON.parse(packageText("testbeds/thesis-2014.json")) as {
    values: Record<string, { value: unknown; low?: unknown; high?: unknown }>;
  };
  for (const [name, v] of Object.entries(values))
    if (name !== "vm.exit_heavy" && v.low !== undefined) v.low = v.high = v.value;
  const testbed = file("one.json", JSON.stringify({ ...bed, values }));
  const r = await command(
    "sensitivity",
    trace,
    "--path",
    a,
    "--against",
    b,
    "--samples",
    "16",
    "--testbed",
    testbed,
  );
  expect([r.status, r.stderr]).toEqual([0, ""]);
  expect(r.stdout).toMatch(/mine:a/);
  expect(r.stdout).toMatch(/mine:b/);
});

test("a base whose name would move a cursor is quoted", () => {
  const odd = file(
    "odd.json",
    JSON.stringify({ schema: "verbscope.path/1", name: "odd", extends: "a\u001b[2J" }),
  );
  expect(refused(() => loadPath(odd))).toMatch(
    /extends "a\\u001b\[2J": unknown path "a\\u001b\[2J": not a file/,
  );
});
