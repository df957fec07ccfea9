import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { UserError } from "../../src/errors.js";
import { FORMATS } from "../../src/import/formats.js";
import { importFiles } from "../../src/import/import-files.js";
import { writeMemory } from "../../src/trace/memory/memory-write.js";
import { openAnyTrace } from "../../src/trace/read.js";
import { scratch } from "../support/files.js";

/** Inputs by which tools/fuzz.mjs reached code that no sample reaches; what it finds to break an import joins them. */
const CORPUS = join(import.meta.dirname, "fixtures/corpus");
const { file, folder } = scratch();

describe.each(FORMATS.map((f) => [f.name, f] as const))("%s", (name, format) => {
  const kept = join(CORPUS, name);
  test("is read, and the trace opened, or refused in a sentence", async () => {
    for (const input of existsSync(kept) ? readdirSync(kept) : []) {
      const path = file("input", readFileSync(join(kept, input))),
        out = join(folder, "out.arrow");
      try {
        if (format.kind === "memory") await writeMemory(out, format.read(path, {}), { batchRows: 1024 });
        else await importFiles(format, [path], out);
      } catch (error) {
        expect(error, `${input}: ${(error as Error).stack}`).toBeInstanceOf(UserError);
        continue;
      }
      openAnyTrace(out).close();
    }
  });
});

test("no folder is left over", () => {
  const names = FORMATS.map((f) => f.name);
  for (const folderName of readdirSync(CORPUS)) expect(names).toContain(folderName);
});
