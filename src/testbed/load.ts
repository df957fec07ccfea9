import { documentFile, readJson } from "../files.js";
import { checkTestbed, type Testbed, withSettings } from "./document.js";

/** A built-in testbed or a file, with `--set` values applied. */
export function loadTestbed(name: string, settings: readonly string[] = []): Testbed {
  const file = documentFile("testbeds", name);
  return withSettings(checkTestbed(readJson(file), file), settings);
}
