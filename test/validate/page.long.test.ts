import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { packageUrl } from "../../src/files.js";
import { validationText } from "../../src/report/text/validation-text.js";
import { validationMarkdown } from "../../src/report/validation-markdown.js";
import { checkPoints, type Points } from "../../src/validate/points.js";
import { validate } from "../../src/validate/validate.js";
import { wrapped } from "../../tools/prose.mjs";
import { command } from "../support/command.js";
import { scratch } from "../support/files.js";

const read = (name: string): string => readFileSync(fileURLToPath(packageUrl(name)), "utf8");
const points = checkPoints(JSON.parse(read("points/published.json")), "published.json"),
  all = validate(points);

describe("all published points", () => {
  test("make docs/validation.md, laid out as npm run format does", () => {
    const page = validationMarkdown(all, "verbscope validate --markdown docs/validation.md");
    expect(wrapped(page)).toBe(read("docs/validation.md"));
  });
  test("arithmetic holds without exception, and the median error at the source is at most 12 %", () => {
    const [arithmetic, source] = all.summary.tiers;
    expect([arithmetic!.group, arithmetic!.within]).toEqual(["tier 0", arithmetic!.points]);
    expect(source!.median_error).toBeLessThanOrEqual(0.12);
  });
  test("a miss has its sentence", () => {
    for (const v of all.verdicts) if (!v.within) expect(v.point.note, v.point.id).toMatch(/\w{3}.*\.$/s);
    expect(validationText(all)).not.toMatch(/NaN|undefined|Infinity|no reason is given/);
  });
});

describe("the command", () => {
  const { file } = scratch();
  const mine: Points = {
    schema: "verbscope.points/1",
    title: "Mine\u001b[2J",
    points: [
      {
        id: "a|b",
        area: "x",
        tier: 1,
        what: "two\nlines",
        testbed: "modern",
        workload: { generate: "send-lat", size: 8, inline: 64, iters: 5 },
        metric: "half-iteration",
        expected: 100,
        unit: "us",
        tolerance: "rel:1%",
        source: "s",
      },
    ],
  };
  test("runs one's own points: a miss is no failure, hostile text stays text", async () => {
    const document = file("mine.json", JSON.stringify(mine)),
      page = join(dirname(document), "page.md");
    const { status, stdout, stderr } = await command("validate", "--points", document, "--markdown", page);
    expect([status, stderr]).toEqual([0, ""]);
    expect(stdout).toMatch(/MISS ± 1 %.*no reason is given/s);
    expect(stdout).not.toContain("\u001b");
    expect(readFileSync(page, "utf8")).toContain("a\\|b");
    const json = JSON.parse((await command("validate", "--points", document, "--json")).stdout) as typeof all;
    expect([json.schema, json.verdicts.length, json.verdicts[0]!.within]).toEqual([
      "verbscope.validation/1",
      1,
      false,
    ]);
  });
  test("bad input ends in a sentence and exit code 2, and writes nothing", async () => {
    const bad = file("bad.json", "{"),
      document = file("mine.json", JSON.stringify(mine)),
      absent = join(dirname(bad), "no");
    for (const [args, why] of [
      [["--points", bad], /is not JSON/],
      [["--points", absent], /cannot be read/],
      [["--points", document, "--markdown", join(absent, "page.md")], /page\.md/],
    ] as const) {
      const { status, stdout, stderr } = await command("validate", ...args);
      expect([status, stdout], args.join(" ")).toEqual([2, ""]);
      expect(stderr).toMatch(why);
    }
  });
});
