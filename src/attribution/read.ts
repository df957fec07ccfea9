import { UserError } from "../errors.js";
import { readJson } from "../files.js";
import type { Attribution } from "./result.js";

const SCHEMA = "verbscope.attribution/1";
type Fields = Record<string, unknown>;
const isObject = (x: unknown): x is Fields => typeof x === "object" && x !== null && !Array.isArray(x);
const isInteger = (x: unknown): boolean =>
  (typeof x === "number" && Number.isSafeInteger(x)) || (typeof x === "string" && /^-?\d{1,20}$/.test(x));
const ledger = (x: unknown): boolean => isObject(x) && Object.values(x).every(isInteger);

/** Reads what `verbscope attribute --json` wrote; checks all that a report uses. */
export const readAttribution = (file: string): Attribution => checkAttribution(readJson(file), file);

/** `from` names the document in errors. */
export function checkAttribution(doc: unknown, from: string): Attribution {
  const need = (ok: boolean, what: string): void => {
    if (!ok) throw new UserError(`${from}: ${what}; write it with: verbscope attribute TRACE --json`);
  };
  const d = isObject(doc) ? doc : {};
  need(d.schema === SCHEMA, `is no attribution: schema is not "${SCHEMA}"`);
  need(
    isObject(d.trace) &&
      typeof d.trace.file === "string" &&
      typeof d.trace.digest === "string" &&
      Array.isArray(d.trace.notes),
    "trace has no file, digest and notes",
  );
  need(isObject(d.testbed) && typeof d.testbed.name === "string", "testbed has no name");
  need(
    isObject(d.metric) &&
      typeof d.metric.name === "string" &&
      ["ps", "bytes/s"].includes(d.metric.unit as string),
    "metric has no name and unit",
  );
  for (const end of ["from", "to"])
    need(
      isObject(d[end]) && typeof (d[end] as Fields).path === "string" && isInteger((d[end] as Fields).value),
      `${end} has no path and value`,
    );
  need(
    isInteger(d.difference) && ledger(d.layers) && typeof d.digest === "string",
    "difference, layers or digest is missing",
  );
  need(isObject(d.method) && ["exact", "sampled"].includes(d.method.kind as string), "method is missing");
  need(
    isObject(d.combinations) && isInteger(d.combinations.needed) && isInteger(d.combinations.replayed),
    "combinations are missing",
  );
  need(Array.isArray(d.notes) && Array.isArray(d.mechanisms), "notes or mechanisms are missing");
  (d.mechanisms as unknown[]).forEach((m, i) => {
    const whole =
      isObject(m) &&
      ["share", "add_one_in", "leave_one_out"].every((f) => isInteger(m[f])) &&
      (m.half_width === null || isInteger(m.half_width)) &&
      (m.part === null || typeof m.part === "number");
    need(
      whole &&
        ["name", "from", "to"].every((f) => typeof (m as Fields)[f] === "string") &&
        ledger((m as Fields).layers),
      `mechanisms[${i}] is incomplete`,
    );
  });
  return doc as Attribution;
}
