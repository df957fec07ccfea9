import { existsSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { checkTestbed } from "../../src/testbed/document.js";
import { command } from "../support/command.js";
import { schemaErrors } from "../support/schemas.js";

const folder = mkdtempSync(join(tmpdir(), "verbscope-calibrate-"));
afterAll(() => rmSync(folder, { recursive: true }));
const out = (name: string): string => join(folder, name);
const FIXTURES = "test/calibrate/fixtures",
  LAT = `${FIXTURES}/perftest-send-lat.txt`,
  KVM = `${FIXTURES}/perf-kvm.txt`,
  ON = ["--testbed", "edr-2016"];
const read = (file: string): string => readFileSync(file, "utf8");

describe("calibrate", async () => {
  const run = await command("calibrate", LAT, KVM, "-o", out("machine.json"), ...ON);
  test("writes a testbed that replays, and says what it found", async () => {
    expect(run.stderr).toBe("");
    expect(run.status).toBe(0);
    expect(checkTestbed(JSON.parse(read(out("machine.json"))), "machine").name).toBe("machine");
    for (const part of [
      "fitted to 4 figures measured on path native (noise 3 %)",
      "Known by themselves",
      "vm.ept_violation",
      "Known together only",
      "  · with vmm.dispatch",
      "Left as they were",
      "held out, not seen by the fit",
      "CPU frequencies that conflict",
    ])
      expect(run.stdout).toContain(part);
    expect(run.stdout.split("\n").filter((l) => [...l].length > 120)).toEqual([]);
    expect(
      (
        await command(
          "replay",
          "traces/write-lat-8.arrow",
          "--testbed",
          out("machine.json"),
          "--paths",
          "native",
        )
      ).status,
    ).toBe(0);
  });
  test("again gives the same bytes, over the old file", async () => {
    const before = read(out("machine.json"));
    writeFileSync(out("machine.json"), "old");
    expect((await command("calibrate", LAT, KVM, "-o", out("machine.json"), ...ON)).stdout).toBe(run.stdout);
    expect(read(out("machine.json"))).toBe(before);
  });
  test("--json prints the document alone, with the testbed that was written", async () => {
    const r = await command("calibrate", LAT, KVM, "-o", out("machine.json"), ...ON, "--json"),
      found = JSON.parse(r.stdout) as { testbed: unknown };
    expect(r.stderr).toBe("");
    expect(schemaErrors("calibration", found)).toEqual([]);
    expect(JSON.parse(read(out("machine.json")))).toEqual(found.testbed);
  });
  test("starts from what is set", async () => {
    const r = await command(
        "calibrate",
        LAT,
        "-o",
        out("set.json"),
        ...ON,
        "--set",
        "wire.hops=0",
        "--hold-out",
        "none",
        "--json",
      ),
      found = JSON.parse(r.stdout) as {
        testbed: { values: Record<string, { value: number; source: string }> };
        hold_out: string;
      };
    expect(found.testbed.values["wire.hops"]).toMatchObject({ value: 0, source: "--set" });
    expect(found.hold_out).toBe("none");
  });
  test("fits what was measured in a guest on its path", async () => {
    const r = await command("calibrate", LAT, "-o", out("guest.json"), ...ON, "--path", "virt-ib", "--json");
    expect(r.status).toBe(2); // 1 us through traps that take more than 3 us
    expect(r.stderr).toMatch(/the model cannot describe these figures within the ranges of testbed edr-2016/);
    expect(existsSync(out("guest.json"))).toBe(false);
  });
});

describe("calibrate writes nothing and exits with 2", () => {
  const cases: [string, string[], RegExp][] = [
    [
      "without a file",
      [out("no.txt"), "-o", out("x.json")],
      /no\.txt: cannot be read \(ENOENT\): there is no such/,
    ],
    [
      "for a file of no tool",
      ["package.json", "-o", out("x.json")],
      /package\.json: is not a measurement that verbscope reads/,
    ],
    [
      "for a folder that is missing",
      [LAT, "-o", out("none/x.json"), ...ON],
      /none\/x\.json: cannot be written \(ENOENT\)/,
    ],
    ["for an unknown base", [LAT, "-o", out("x.json"), "--testbed", "moon"], /unknown testbed "moon"/],
    ["for an unknown path", [LAT, "-o", out("x.json"), "--path", "moon"], /unknown path "moon"/],
    [
      "for noise that is none",
      [LAT, "-o", out("x.json"), "--noise", "much"],
      /--noise is "much": give a number/,
    ],
    ["for a hold-out that is none", [LAT, "-o", out("x.json"), "--hold-out", "third"], /hold-out/],
    ["without -o", [LAT], /output/],
  ];
  test.each(cases)("%s", async (_, args, said) => {
    const r = await command("calibrate", ...args);
    expect(r.status).toBe(2);
    expect(r.stdout).toBe("");
    expect(r.stderr.trim().split("\n")).toHaveLength(1);
    expect(r.stderr).toMatch(said);
    expect(existsSync(out("x.json"))).toBe(false);
  });
  test("over one of its own files", async () => {
    writeFileSync(out("lat.json"), read(LAT));
    const r = await command("calibrate", out("lat.json"), "-o", out("lat.json"), ...ON);
    expect(r.status).toBe(2);
    expect(r.stderr).toMatch(/is to be written, but it is an input/);
    expect(read(out("lat.json"))).toBe(read(LAT));
  });
  test("for a file that is larger than any output, without reading it", async () => {
    writeFileSync(out("large.txt"), read(LAT));
    truncateSync(out("large.txt"), 2 ** 33);
    const r = await command("calibrate", out("large.txt"), "-o", out("x.json"), ...ON);
    expect(r.status).toBe(2);
    expect(r.stderr).toMatch(/large\.txt: is larger than 64 MiB, which no output of these tools is: give /);
    expect(r.stderr.trim().split("\n")).toHaveLength(1);
  });
  test("for files that contradict each other", async () => {
    writeFileSync(
      out("slow.txt"),
      read(LAT).replace(
        /^ 2 {7}1000.*$/m,
        " 2       1000          1.98           9.41         3.04     \t       " +
          "3.05        \t0.06   \t\t3.18    \t\t4.97   ",
      ),
    );
    const r = await command("calibrate", LAT, out("slow.txt"), "-o", out("x.json"), ...ON);
    expect(r.status).toBe(2);
    expect(r.stderr).toMatch(
      /slow\.txt: line 23 measures what .*perftest-send-lat\.txt, line 23 measured, and is 2\.9 times as much/,
    );
    expect(existsSync(out("x.json"))).toBe(false);
  });
});
