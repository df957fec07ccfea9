import { readdirSync } from "node:fs";
import { join } from "node:path";
import { expect } from "vitest";
import { readMeasured } from "../../../src/calibrate/read/read.js";
import type { MeasuredFile } from "../../../src/calibrate/read/shared/measurement.js";
import { UserError } from "../../../src/errors.js";
import { withDefaults } from "../../../src/generate/options.js";

const FOLDER = join(import.meta.dirname, "..", "fixtures");
const filesIn = (folder: string): string[] =>
  readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => entry.name)
    .sort();

/** Fixtures that are read, and those that are refused, by the names that `fixture` takes. */
export const READ_NAMES = filesIn(FOLDER),
  REFUSED_NAMES = filesIn(join(FOLDER, "refused")).map((name) => `refused/${name}`);
export const ALL_NAMES = [...READ_NAMES, ...REFUSED_NAMES];

/** What holds of whatever is read. */
export function sound(read: MeasuredFile): void {
  expect(read.measurements.length).toBeGreaterThan(0);
  for (const m of read.measurements) {
    const value = m.kind === "run" ? m.value : m.value_ps;
    expect(Number.isFinite(value) && value > 0).toBe(true);
    if (m.spread !== undefined) expect(Number.isFinite(m.spread) && m.spread >= 0).toBe(true);
    expect(m.at.line).toBeGreaterThan(0);
    if (m.kind === "run") withDefaults(m.workload, m.options);
  }
  expect(read.notes.join("")).toMatch(/^[\x20-\x7e]*$/);
}
/** Either it is read, or one sentence about the file refuses it. */
export function readOrRefused(text: string): void {
  try {
    sound(readMeasured("m", text));
  } catch (e) {
    if (!(e instanceof UserError)) throw e;
    expect(e.message).toMatch(/^m: /);
    expect(e.message).not.toMatch(/[\u0000-\u001f]|undefined|\bNaN\b|\[object|native code/);
    expect(e.message.length).toBeLessThan(600);
  }
}
