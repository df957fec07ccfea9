import { copyFileSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { beforeAll, describe, expect, test } from "vitest";
import { packageUrl } from "../../src/files.js";
import { openTrace } from "../../src/trace/read.js";
import { nodeSpans } from "../../src/trace/verbs/node-spans.js";
import { commandIn } from "../support/command.js";
import { exitsOf } from "../support/exits.js";
import { scratch } from "../support/files.js";
import { schemaErrors } from "../support/schemas.js";

const { file, folder } = scratch();
const cli = (...words: string[]) => commandIn(folder, ...words);
const text = (name: string): string => readFileSync(join(folder, name), "utf8");
const EXITS = [
  ["HLT", 90_000],
  ["EPT_MISCONFIG", 2000],
  ["EPT_MISCONFIG", 3000],
  ["MSR_WRITE", 900],
  ["CPUID", undefined],
] as const;
const TOP = "EPT_MISCONFIG × 2, CPUID × 1, HLT × 1, …";

for (const name of ["rc-pingpong-4k", "sort"])
  copyFileSync(fileURLToPath(packageUrl(`traces/${name}.arrow`)), join(folder, `${name}.arrow`));
beforeAll(async () => {
  file("exits.arrow", exitsOf(EXITS, { from_ns: 1n }));
  await cli("join", "rc-pingpong-4k.arrow", "exits.arrow", "-o", "run.json");
});

describe("a set with exits", () => {
  test("replays to the result of its traces, and prints both kinds of exits below the report", async () => {
    expect(schemaErrors("set", JSON.parse(text("run.json")))).toEqual([]);
    const alone = await cli("replay", "rc-pingpong-4k.arrow", "--json"),
      joined = await cli("replay", "run.json", "--json");
    expect([joined.status, joined.stdout]).toEqual([0, alone.stdout]);
    const { replays } = JSON.parse(alone.stdout) as {
      replays: { path: string; counters: Record<string, number> }[];
    };
    const counted = replays.map(({ path, counters: c }) => {
      const all = [c["exits.heavy"]!, c["exits.light"]!, c["ept.violations"]!].map((n) =>
        n.toLocaleString("en-US"),
      );
      return all.every((n) => n === "0")
        ? `${path} none`
        : `${path} ${all[0]} heavy + ${all[1]} light + ${all[2]} EPT violations`;
    });
    expect(counted.join()).toMatch(/^native none,virt-ib [1-9]/);
    const line =
      `recorded exits beside the run (exits.arrow): 5 (${TOP}), median 2.000 µs; ` +
      `emulated: ${counted.join(", ")}`;
    expect((await cli("replay", "run.json", "--out", "out")).stdout.split("\n").at(-2)).toBe(line);
    expect(text("out/report.txt").split("\n").at(-2)).toBe(line);
    expect(text("out/result.json")).toBe(alone.stdout);
  });
  test("of memory accesses says what was recorded", async () => {
    expect((await cli("join", "sort.arrow", "exits.arrow", "-o", "sort.json")).status).toBe(0);
    const alone = await cli("replay", "sort.arrow"),
      joined = await cli("replay", "sort.json");
    expect(joined.stdout).toBe(
      `${alone.stdout}\nrecorded exits beside the run (exits.arrow): 5 (${TOP}), median 2.000 µs\n`,
    );
  });
  test("is attributed as its traces are", async () => {
    const words = ["--from", "native", "--to", "native+memory=memlink", "--json"];
    expect((await cli("attribute", "sort.json", ...words)).stdout).toBe(
      (await cli("attribute", "sort.arrow", ...words)).stdout,
    );
  });
  test("is inspected: its members, its notes, its exits", async () => {
    const { status, stdout } = await cli("inspect", "run.json");
    expect([status, stdout]).toEqual([
      0,
      "set    run.json\nverbs  rc-pingpong-4k.arrow, 5,797 rows\nexits  exits.arrow, 5 rows\n" +
        "note   no exit of exits.arrow lies within the run by its time, as a guest's clock is not its host's: " +
        "all 5 are taken for the run's (assumed)\n" +
        `recorded exits beside the run (exits.arrow): 5 (${TOP}), median 2.000 µs\n`,
    ]);
    const json = JSON.parse((await cli("inspect", "run.json", "--json")).stdout) as object;
    expect(json).toMatchObject({
      members: [{ kind: "verbs" }, { kind: "exits", rows: 5 }],
      exits: { count: 5 },
    });
  });
});

test("exits that lie within the run by their times are those that count", async () => {
  const verbs = openTrace(join(folder, "rc-pingpong-4k.arrow")),
    first = nodeSpans(verbs).reduce((least, s) => (s.first_ns < least ? s.first_ns : least), 2n ** 63n);
  verbs.close();
  // One exit each 10 us: two before the run, three in it.
  file("met.arrow", exitsOf(EXITS, { from_ns: first - 15_000n }));
  const made = await cli("join", "rc-pingpong-4k.arrow", "met.arrow", "-o", "met.json");
  expect(made.stderr).toContain(
    "3 of the 5 exits of met.arrow lie within the run by their times (one clock is assumed)",
  );
  expect((await cli("inspect", "met.json")).stdout).toContain(
    "recorded exits within the run (met.arrow): 3 (CPUID × 1, EPT_MISCONFIG × 1, MSR_WRITE × 1), median 900.0 ns",
  );
});

describe("refused", () => {
  const refusal = async (...words: string[]): Promise<string> => {
    const { status, stdout, stderr } = await cli(...words);
    expect([status, stdout]).toEqual([2, ""]);
    return stderr;
  };
  test("exits without a trace, or twice", async () => {
    expect(await refusal("join", "exits.arrow", "-o", "x.json")).toMatch(
      /exits\.arrow is a table of exits, but no trace to replay is named: give that of the run/,
    );
    expect(await refusal("join", "sort.arrow", "exits.arrow", "exits.arrow", "-o", "x.json")).toMatch(
      /are both tables of exits, but a set has one of each kind: leave one out/,
    );
  });
  test("another table under the name of the one that was joined", async () => {
    file("then.arrow", exitsOf(EXITS));
    await cli("join", "sort.arrow", "then.arrow", "-o", "then.json");
    file("then.arrow", exitsOf(EXITS.slice(1)));
    for (const command of ["replay", "inspect"])
      expect(await refusal(command, "then.json")).toMatch(
        /then\.arrow is not the table of exits that was joined \(its digest differs\)/,
      );
  });
});
