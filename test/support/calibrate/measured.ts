import { readFileSync } from "node:fs";
import { join } from "node:path";
import { readMeasured } from "../../../src/calibrate/read/read.js";
import type { MeasuredFile } from "../../../src/calibrate/read/shared/measurement.js";
import { refused } from "../refused.js";

const FOLDER = join(import.meta.dirname, "..", "..", "calibrate", "fixtures");

/** A measured file of test/calibrate/fixtures. */
export const fixture = (name: string): string => readFileSync(join(FOLDER, name), "utf8");
/** The fixture as it is read, and refused under the name "m". */
export const measured = (name: string): MeasuredFile => readMeasured("m", fixture(name));
export const refusal = (text: string): string => refused(() => readMeasured("m", text));
/** `text` with one piece replaced, which must be there. */
export function changed(text: string, piece: string, by: string): string {
  if (!text.includes(piece)) throw new Error(`no ${JSON.stringify(piece)} in the fixture`);
  return text.replace(piece, () => by);
}
