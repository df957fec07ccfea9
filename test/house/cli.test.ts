import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";

const root = fileURLToPath(new URL("../../", import.meta.url));
const verbscope = (...args: string[]): { status: number | null; stdout: string; stderr: string } =>
  spawnSync(process.execPath, ["dist/cli/main.js", ...args], { cwd: root, encoding: "utf8" });

const COMMANDS = [...verbscope("--help").stdout.matchAll(/^ {2}verbscope ([\w-]+)/gm)]
  .map((m) => m[1]!)
  .filter((c, i, all) => c !== "completion" && all.indexOf(c) === i);
const TRACE = "traces/write-lat-8.arrow";

test("the help names the commands", () =>
  expect(COMMANDS).toEqual(
    expect.arrayContaining([
      "import",
      "inspect",
      "merge",
      "replay",
      "attribute",
      "sensitivity",
      "break-even",
      "compare",
      "paths",
      "testbeds",
      "generate",
      "calibrate",
    ]),
  ));

describe("--help shows an example", () => {
  test.each(COMMANDS)("%s", (command) => {
    const r = verbscope(command, "--help");
    expect(r.status, r.stderr).toBe(0);
    expect(r.stdout).toMatch(new RegExp(`Examples:\\s+verbscope ${command} `));
  });
});

describe("wrong usage ends with one sentence and exit code 2", () => {
  test.each([
    [[]],
    [["nonsense"]],
    [["replay"]],
    [["replay", TRACE, "--nonsense"]],
    [["replay", TRACE, "--paths", "nonsense"]],
    [["replay", TRACE, "--think", "nonsense"]],
    [["replay", "nonsense.arrow"]],
    [["inspect", TRACE, "--nonsense"]],
    [["paths", "show"]],
    [["paths", "show", "nonsense"]],
    [["testbeds", "show", "nonsense"]],
    [["generate", "nonsense", "-o", "x.arrow"]],
    [["import", "nonsense", "x", "-o", "y"]],
    [["merge"]],
  ])("%j", (args: string[]) => {
    const r = verbscope(...args);
    expect(r.status).toBe(2);
    expect(r.stdout).toBe("");
    expect(r.stderr.trim().split("\n"), r.stderr).toHaveLength(1);
    expect(r.stderr).not.toMatch(/internal error/);
  });
});

describe("--json leaves standard output to JSON", () => {
  test.each([
    [["replay", TRACE, "--json"]],
    [["inspect", TRACE, "--json"]],
    [["testbeds", "show", "modern", "--json"]],
    [["paths", "show", "memlink"]],
  ])("%j", (args: string[]) => {
    const r = verbscope(...args);
    expect(r.status, r.stderr).toBe(0);
    expect(r.stderr).toBe("");
    expect(typeof JSON.parse(r.stdout)).toBe("object");
  });
});
