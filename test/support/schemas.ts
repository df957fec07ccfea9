import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { Ajv2020 } from "ajv/dist/2020.js";
import { packageUrl } from "../../src/files.js";

const NAMES = [
  "testbed",
  "result",
  "attribution",
  "break-even",
  "comparison",
  "sensitivity",
  "calibration",
  "explanation",
  "set",
] as const;
const ajv = new Ajv2020({ allErrors: true, strict: true, strictTypes: false, strictRequired: false });
for (const name of NAMES)
  ajv.addSchema(
    JSON.parse(readFileSync(fileURLToPath(packageUrl(`schemas/${name}.schema.json`)), "utf8")) as object,
  );

/** What a schema of the package finds wrong with data, after a way through JSON. */
export function schemaErrors(name: (typeof NAMES)[number], data: unknown): string[] {
  const valid = ajv.getSchema(`urn:verbscope:${name}:1`)!;
  valid(JSON.parse(JSON.stringify(data)));
  return (valid.errors ?? []).map((e) => `${e.instancePath} ${e.message}`).slice(0, 5);
}
