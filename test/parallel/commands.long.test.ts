// Commands that replay on several threads: the same documents, whatever their number.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, expect, test, vi } from "vitest";
import { Crew } from "../../src/cli/parallel/crew.js";
import { command } from "../support/command.js";

/** Messages of a generated run, of three rows each: enough for these replays to be worth threads. */
const MESSAGES = { short: 9000, long: 50_000 };
let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "verbscope-jobs-"));
  for (const [name, iters] of Object.entries(MESSAGES)) {
    const file = join(folder, name),
      made = await command("generate", "send-bw", "--size", "64", "--iters", String(iters), "-o", file);
    expect(made.status, made.stderr).toBe(0);
  }
});
afterAll(() => rmSync(folder, { recursive: true }));
afterEach(() => vi.restoreAllMocks());

for (const [name, trace, ...words] of [
  ["replay", "long", "--paths", "native,virt-ib,memlink"],
  ["replay", "short", "--paths", "native", "--uncertainty", "20"],
  ["attribute", "long", "--from", "virt-ib", "--to", "virt-ib+memory=memlink+irq=msix"],
])
  test(`${name} ${words.join(" ")}: the same document with --jobs 1, 2 and 3`, async () => {
    const asked = vi.spyOn(Crew.prototype, "ask");
    const of = async (jobs: string): Promise<string> => {
      const file = join(folder, trace!);
      const { status, stdout, stderr } = await command(name!, file, ...words, "--json", "--jobs", jobs);
      expect(status, stderr).toBe(0);
      return stdout;
    };
    const alone = await of("1");
    expect(asked).not.toHaveBeenCalled();
    expect(await of("2")).toBe(alone);
    expect(asked).toHaveBeenCalled();
    expect(await of("3")).toBe(alone);
  });

test("break-even: the same document with --jobs 1 and 2, a size named twice too", async () => {
  const of = async (jobs: string): Promise<string> => {
    const sizes = ["--sizes", "4096,65536,4096", "--most", "2000"];
    const { status, stdout, stderr } = await command("break-even", ...sizes, "--json", "--jobs", jobs);
    expect(status, stderr).toBe(0);
    return stdout;
  };
  expect(await of("2")).toBe(await of("1"));
});
