import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { FORMATS } from "../../src/import/formats.js";
import { openAnyTrace } from "../../src/trace/read.js";
import { scratch } from "../support/files.js";
import { Random } from "../support/random/rng.js";

const FIXTURES = join(import.meta.dirname, "fixtures"),
  CLI = fileURLToPath(new URL("../../dist/cli/main.js", import.meta.url));
const { file, folder } = scratch();
const noise = Buffer.from(Array.from({ length: 4096 }, (_, i) => new Random(i, 1).int(0, 255)));

/** Bad input is one sentence that names the file, exit code 2, and nothing under the name of the output. */
function refused(format: string, input: string): string {
  const out = "out.arrow";
  const r = spawnSync(process.execPath, [CLI, "import", format, input, "-o", out], {
    cwd: folder,
    encoding: "utf8",
  });
  expect([r.status, r.stdout], r.stderr).toEqual([2, ""]);
  expect(r.stderr).toMatch(new RegExp(`^verbscope: ${input.replaceAll(".", "\\.")}: [^\\n]+\\n$`));
  expect(readdirSync(folder)).not.toContain(out);
  return r.stderr;
}

describe.each(FORMATS.map((f) => [f.name, f] as const))("%s", (name, format) => {
  const folderOf = join(FIXTURES, name),
    samples = readdirSync(folderOf);
  test("has a sample, which becomes a trace of its kind", () => {
    expect(samples.length).toBeGreaterThan(0);
    for (const sample of samples) {
      const out = join(folder, `${name}-${sample}.arrow`);
      const r = spawnSync(process.execPath, [CLI, "import", name, join(folderOf, sample), "-o", out], {
        encoding: "utf8",
      });
      expect(r.status, r.stderr).toBe(0);
      const trace = openAnyTrace(out);
      if (format.kind !== "arrow") expect(trace.kind).toBe(format.kind);
      expect(trace.metadata.source.format).toBe(name);
      trace.close();
    }
  });
  test.each([
    ["an empty file", "empty", Buffer.alloc(0)],
    ["noise", "noise", noise],
    ["a packed file that was cut", "cut.gz", gzipSync(noise).subarray(0, 1000)],
  ])("refuses %s", (_, input, content) => {
    file(input, content);
    refused(name, input);
  });
  test("refuses a file that is not there", () => expect(refused(name, "nowhere")).toMatch(/ENOENT/));
  test("a sample that was cut anywhere is taken or refused, and never breaks it", () => {
    const sample = readFileSync(join(folderOf, samples[0]!));
    for (let sixteenth = 1; sixteenth < 16; sixteenth += 5) {
      file("part", sample.subarray(0, Math.floor((sample.length * sixteenth) / 16)));
      const r = spawnSync(process.execPath, [CLI, "import", name, "part", "-o", `part-${sixteenth}.arrow`], {
        cwd: folder,
        encoding: "utf8",
      });
      expect([0, 2], r.stderr).toContain(r.status);
      expect(r.stderr).not.toMatch(/\n\s+at |internal/);
    }
  });
});
