import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const root = fileURLToPath(new URL("../../", import.meta.url));

test("transcripts are what is printed today (node tools/pages/transcripts.mjs explain.md walkthrough.md)", () => {
  const r = spawnSync(
    process.execPath,
    ["tools/pages/transcripts.mjs", "--check", "explain.md", "walkthrough.md"],
    { cwd: root, encoding: "utf8" },
  );
  expect(r.stderr).toBe("");
  expect(r.status).toBe(0);
});

test("docs/walkthrough.md: every figure of its prose is in its transcript", () => {
  const text = readFileSync(`${root}docs/walkthrough.md`, "utf8"),
    [, transcript] = /<!-- transcript \{.*\} -->\n```text\n([^]*?)\n```/.exec(text)!,
    prose = text.replace(transcript!, "");
  // Picoseconds, in groups of three digits.
  const figures = prose.match(/\b\d{1,3}(?: \d{3})+\b/g) ?? [];
  expect(figures.filter((f) => !transcript!.includes(f))).toEqual([]);
  expect(figures.length).toBeGreaterThan(8);
});
