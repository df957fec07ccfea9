import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll } from "vitest";
import { openTrace, type VerbsTrace } from "../../src/trace/read.js";

/** A folder of its own for the test file that asks for it; gone when its tests are done. */
export function scratch(): {
  folder: string;
  file: (name: string, content: Uint8Array | string) => string;
  trace: (bytes: Uint8Array) => VerbsTrace;
} {
  const folder = mkdtempSync(join(tmpdir(), "verbscope-"));
  afterAll(() => rmSync(folder, { recursive: true }));
  let traces = 0;
  const file = (name: string, content: Uint8Array | string): string => {
    const path = join(folder, name);
    writeFileSync(path, content);
    return path;
  };
  return { folder, file, trace: (bytes) => openTrace(file(`${traces++}.arrow`, bytes)) };
}
