import { fileURLToPath } from "node:url";
import { Ajv2020 } from "ajv/dist/2020.js";
import { checkResult } from "../../compare/read-result.js";
import { UserError } from "../../errors.js";
import { packageUrl, readJson } from "../../files.js";
import type { Result } from "../../replay/result/document.js";

/** Counters and mechanisms are added with time: a result from before them can still be shown. */
const MAY_LACK = /^\/replays\/\d+\/(counters|mechanisms)$/;

/**
 * Reads a result of which everything is used, not only what a
 * comparison needs: checked against schemas/result.schema.json.
 */
export const readWholeResult = (file: string): Result => checkWholeResult(readJson(file), file);

/** `from` names the result in errors. */
export function checkWholeResult(doc: unknown, from: string): Result {
  const result = checkResult(doc, from);
  const ajv = new Ajv2020({ allErrors: true, strict: false });
  for (const name of ["testbed", "result"])
    ajv.addSchema(readJson(fileURLToPath(packageUrl(`schemas/${name}.schema.json`))) as object);
  const valid = ajv.getSchema("urn:verbscope:result:1")!;
  valid(result);
  const wrong = (valid.errors ?? []).filter(
    (e) => !(e.keyword === "required" && MAY_LACK.test(e.instancePath)),
  );
  // Of alternatives that all fail, the last message is the one about their sum; the first says what is wrong.
  const [first] = wrong;
  if (first)
    throw new UserError(
      `${from}: ` +
        `${first.instancePath === "" ? "the document" : first.instancePath.slice(1).replaceAll("/", ".")} ` +
        `${first.message}${wrong.length > 1 ? ` (and ${wrong.length - 1} more)` : ""}; ` +
        "write it with: verbscope replay TRACE --json",
    );
  return result;
}
