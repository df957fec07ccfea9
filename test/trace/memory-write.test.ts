import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { writeMemory } from "../../src/trace/memory/memory-write.js";
import { openMemoryTrace } from "../../src/trace/read.js";
import { MEMORY_META } from "../support/memory/memory.js";
import { refusedLater } from "../support/refused.js";

const folder = mkdtempSync(join(tmpdir(), "verbscope-"));
afterAll(() => rmSync(folder, { recursive: true }));

test("batches are written as they fill up, and the loss report may come last", async () => {
  const path = join(folder, "long.arrow"),
    notes: string[] = [];
  const written = await writeMemory(
    path,
    async (rows) => {
      for (let i = 0; i < 1000; i++) {
        if (i === 500) await Promise.resolve();
        rows.add(8 * i, 0, 8, 0, 1);
      }
      notes.push("known only now");
      return { ...MEMORY_META, notes };
    },
    { batchRows: 64 },
  );
  expect(written.rows).toBe(1000);
  const trace = openMemoryTrace(path);
  expect([trace.rows, trace.batches.length, trace.notes]).toEqual([1000, 16, ["known only now"]]);
  trace.close();
  rmSync(path);
});

test("nothing is left behind when the rows end in an error", async () => {
  await expect(
    writeMemory(
      join(folder, "failed.arrow"),
      (rows) => {
        for (let i = 0; i < 100_000; i++) rows.add(i, 0, 8, 0, 1);
        throw new Error("the source broke");
      },
      { batchRows: 1000 },
    ),
  ).rejects.toThrow("the source broke");
  expect(readdirSync(folder)).toEqual([]);
});

test("a folder that is not there is named", async () => {
  const path = join(folder, "nowhere", "x.arrow");
  expect(await refusedLater(writeMemory(path, () => MEMORY_META))).toBe(
    `${path}: cannot be written (ENOENT): its folder is not there; make it first, or choose another`,
  );
});
