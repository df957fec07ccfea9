import { shown, UserError } from "../errors.js";
import { readJson } from "../files.js";
import type { Result } from "../replay/result/document.js";
import { checkInvariants } from "./check-invariants.js";

export const RESULT_SCHEMA = "verbscope.result/1";

type Fields = Record<string, unknown>;
const isObject = (x: unknown): x is Fields => typeof x === "object" && x !== null && !Array.isArray(x);
const isInteger = (x: unknown): boolean =>
  (typeof x === "number" && Number.isSafeInteger(x)) || (typeof x === "string" && /^-?\d{1,20}$/.test(x));

const isLeftOut = (x: unknown): boolean =>
  Array.isArray(x) &&
  x.every((l) => isObject(l) && ["node", "tid", "rows"].every((f) => Number.isSafeInteger(l[f])));

/** Reads a result of `verbscope replay --json`; checks all that a comparison uses. */
export function readResult(file: string): Result {
  return checkResult(readJson(file), file);
}

/** `from` names the result in errors. */
export function checkResult(doc: unknown, from: string): Result {
  const fail = (what: string): never => {
    throw new UserError(`${from}: ${what}`);
  };
  const again = "write it with: verbscope replay TRACE --json";
  if (!isObject(doc))
    return fail(`is not a result, but ${Array.isArray(doc) ? "a list" : typeof doc}; ${again}`);
  if (doc.schema !== RESULT_SCHEMA)
    return fail(
      `schema is ${shown(doc.schema)}, expected "${RESULT_SCHEMA}"; ` +
        `${again}, and the same version of verbscope for both`,
    );
  const { trace, testbed, replays } = doc;
  if (!isObject(trace) || typeof trace.digest !== "string" || typeof trace.file !== "string")
    return fail(`trace has no file and digest; ${again}`);
  if (
    trace.memory_trace !== undefined &&
    (!isObject(trace.memory_trace) || typeof trace.memory_trace.digest !== "string")
  )
    return fail(`trace.memory_trace has no digest; ${again}`);
  if (trace.left_out !== undefined && !isLeftOut(trace.left_out))
    return fail(`trace.left_out is no list of threads with their rows; ${again}`);
  if (!isObject(testbed) || typeof testbed.name !== "string" || !isObject(testbed.values))
    return fail(`testbed has no name and values; ${again}`);
  for (const [name, v] of Object.entries(testbed.values))
    if (!isObject(v) || !["number", "string"].includes(typeof v.value) || typeof v.unit !== "string")
      fail(`testbed.values.${name} has no value and unit; ${again}`);
  if (!Array.isArray(replays) || replays.length === 0) return fail(`has no replays; ${again}`);
  const integers = (x: unknown, where: string): void => {
    if (!isObject(x)) return fail(`${where} is ${shown(x)}, expected whole numbers by name`);
    for (const [name, v] of Object.entries(x))
      if (!isInteger(v)) fail(`${where}.${name} is ${shown(v)}, expected a whole number`);
  };
  replays.forEach((r: unknown, i) => {
    const at = `replays[${i}]`;
    if (!isObject(r) || typeof r.path !== "string") return fail(`${at} names no path; ${again}`);
    if (r.path_given !== undefined && typeof r.path_given !== "string")
      fail(`${at}.path_given is no text; ${again}`);
    const { data_path, throughput, operations } = r;
    if (!isInteger(r.makespan_ps))
      fail(`${at}.makespan_ps is ${shown(r.makespan_ps)}, expected a whole number`);
    integers(r.layers, `${at}.layers`);
    integers(r.counters, `${at}.counters`);
    if (
      !isObject(data_path) ||
      !isInteger(data_path.start_ps) ||
      !isInteger(data_path.end_ps) ||
      !Number.isFinite(data_path.bytes_per_s)
    )
      fail(`${at}.data_path is incomplete; ${again}`);
    if (!isObject(throughput) || !isInteger(throughput.bytes))
      fail(`${at}.throughput is incomplete; ${again}`);
    if (!Array.isArray(operations)) return fail(`${at}.operations is ${shown(operations)}, expected a list`);
    operations.forEach((o: unknown, k) => {
      if (
        !isObject(o) ||
        ["verb", "opcode", "size_class"].some((f) => typeof o[f] !== "string") ||
        !isInteger(o.count) ||
        !isObject(o.latency_ps) ||
        !isInteger(o.latency_ps.mean)
      )
        return fail(`${at}.operations[${k}] is incomplete; ${again}`);
      for (const part of ["latency_ps", "service", "wait"])
        integers(o[part], `${at}.operations[${k}].${part}`);
    });
    if (
      r.memory !== undefined &&
      (!isObject(r.memory) ||
        ["access_ps", "translation_ps", "first_touch_ps"].some((f) => !isInteger((r.memory as Fields)[f])))
    )
      fail(`${at}.memory is incomplete; ${again}`);
  });
  const result = doc as unknown as Result;
  checkInvariants(result, from);
  return result;
}
