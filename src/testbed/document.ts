import { type DeviceValue, deviceValues } from "../abi/device-values.js";
import { shown, UserError } from "../errors.js";
import { didYouMean } from "../suggest.js";

/** One figure of a testbed, with its range and where it comes from. */
export interface TestbedValue {
  readonly value: number | string;
  readonly low: number | string;
  readonly high: number | string;
  readonly unit: string;
  readonly source: string;
  /**
   * How far the source carries: `high` read at the source, `medium` second-hand or recalled, `low` inferred.
   */
  readonly confidence?: (typeof CONFIDENCES)[number];
}
export const CONFIDENCES = ["high", "medium", "low"] as const;
export interface Testbed {
  readonly schema: "verbscope.testbed/1";
  readonly name: string;
  readonly title: string;
  readonly values: Record<string, TestbedValue>;
}

export const UNITS = [
  "ps",
  "ns",
  "us",
  "ms",
  "cycles",
  "GB/s",
  "Gb/s",
  "GHz",
  "bytes",
  "entries",
  "count",
  "name",
] as const;

/** Values that the device model reads; everything else is a cost that path steps name. */
export const DEVICE_VALUE_NAMES: readonly string[] = deviceValues.map((v) => v.name);
/** Those that every testbed must have. */
export const REQUIRED_VALUES: readonly string[] = deviceValues.filter((v) => !v.otherwise).map((v) => v.name);

/**
 * What a testbed takes for values that it was written without: a figure, or what it says of another value.
 */
export function olderValues(
  values: Record<string, TestbedValue>,
  of: readonly DeviceValue[] = deviceValues,
): Record<string, TestbedValue> {
  const missing = of.filter((v) => v.otherwise && values[v.name] === undefined);
  return Object.fromEntries(
    missing.map(({ name, since, otherwise }): [string, TestbedValue] => {
      const o = otherwise!,
        same = "like" in o ? values[o.like] : undefined,
        like = "like" in o ? `, like ${o.like}` : "";
      const figure = "like" in o ? same! : { value: o.value, low: o.value, high: o.value, unit: o.unit };
      const source = `inferred${like}: not in this testbed, which is older than ${since}; ${o.why}`;
      return [name, { ...figure, source, confidence: "low" }];
    }),
  );
}

/** Without a prototype: a name such as `toString` is no value. */
const named = <T>(values: Record<string, T>): Record<string, T> => Object.assign(Object.create(null), values);

/** Checks a parsed testbed document; `from` names it in errors. */
export function checkTestbed(doc: unknown, from: string): Testbed {
  const fail = (what: string): never => {
    throw new UserError(`${from}: ${what}`);
  };
  if (typeof doc !== "object" || doc === null || Array.isArray(doc))
    return fail("is not a testbed document: expected a JSON object with schema verbscope.testbed/1");
  const d = doc as Record<string, unknown>;
  if (d.schema !== "verbscope.testbed/1")
    fail(`schema is ${shown(d.schema)}: expected "verbscope.testbed/1"`);
  if (typeof d.name !== "string" || d.name === "") fail("name is missing: give the testbed a name");
  if (typeof d.values !== "object" || d.values === null)
    fail("values is missing: it must map names to { value, low, high, unit, source }");
  const values = d.values as Record<string, Record<string, unknown>>;
  for (const [name, v] of Object.entries(values)) {
    if (typeof v !== "object" || v === null)
      fail(`${name} is not an object: write { "value", "low", "high", "unit", "source" }`);
    for (const key of ["value", "low", "high", "unit", "source"])
      if (v[key] === undefined || v[key] === null)
        fail(`${name} has no ${key}: every value needs value, low, high, unit and source`);
    if (!(UNITS as readonly unknown[]).includes(v.unit))
      fail(`${name} has unit ${shown(v.unit)}: use one of ${UNITS.join(", ")}`);
    if (typeof v.source !== "string" || v.source === "")
      fail(`${name} has an empty source: cite one, or write "inferred: why"`);
    if (v.confidence !== undefined && !(CONFIDENCES as readonly unknown[]).includes(v.confidence))
      fail(
        `${name} has confidence ${shown(v.confidence)}: ` +
          `write ${CONFIDENCES.join(", ")}, or leave it out`,
      );
    if (v.unit === "name") {
      for (const key of ["value", "low", "high"])
        if (typeof v[key] !== "string") fail(`${name} ${key} is ${shown(v[key])}: expected a name`);
      continue;
    }
    for (const key of ["value", "low", "high"]) {
      const x = v[key];
      if (typeof x !== "number" || !Number.isFinite(x))
        fail(`${name} ${key} is ${shown(x)}: expected a finite number`);
      if ((x as number) < 0) fail(`${name} ${key} is ${x}: a testbed value cannot be negative`);
    }
    if ((v.low as number) > (v.value as number) || (v.value as number) > (v.high as number))
      fail(`${name} is ${v.value}, outside its range ${v.low} to ${v.high}: correct the value or the range`);
  }
  for (const name of REQUIRED_VALUES)
    if (values[name] === undefined)
      fail(`value ${name} is missing: the device model needs it (see docs/path-format.md)`);
  const given = values as unknown as Record<string, TestbedValue>;
  const title = typeof d.title === "string" ? d.title : "";
  return { ...(d as object), title, values: named({ ...given, ...olderValues(given) }) } as Testbed;
}

/** The testbed with `name=value` settings applied, in each value's own unit. */
export function withSettings(testbed: Testbed, settings: readonly string[]): Testbed {
  const values = named({ ...testbed.values });
  for (const s of settings) {
    const eq = s.indexOf("=");
    const name = s.slice(0, eq),
      text = s.slice(eq + 1);
    const old = eq > 0 ? values[name] : undefined;
    if (!old)
      throw new UserError(
        `--set ${s}: ` +
          `${eq > 0 ? `testbed ${testbed.name} has no value "${name}"` : "expected name=value"}; ` +
          `see \`verbscope testbeds show ${testbed.name}\`${eq > 0 ? didYouMean(name, Object.keys(values)) : ""}`,
      );
    if (old.unit === "name") {
      values[name] = { value: text, low: old.low, high: old.high, unit: old.unit, source: "--set" };
      continue;
    }
    const value = Number(text);
    if (text.trim() === "" || !Number.isFinite(value) || value < 0)
      throw new UserError(`--set ${s}: "${text}" is not a number ≥ 0 (unit ${old.unit})`);
    values[name] = {
      value,
      low: Math.min(value, old.low as number),
      high: Math.max(value, old.high as number),
      unit: old.unit,
      source: "--set",
    };
  }
  return { ...testbed, values };
}
