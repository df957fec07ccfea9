import { COUNTERS, STEP_COUNTERS } from "../abi/counters.js";
import { FEATURE_NAMES } from "../abi/features.js";
import { LAYERS } from "../abi/layers.js";
import { MECHANISMS, type Mechanism, mechanismOf } from "../abi/mechanisms.js";
import { CPU_RESOURCE_NAMES } from "../abi/resources.js";
import { PROGRAMS } from "../abi/verbs.js";
import { shown, UserError } from "../errors.js";
import { LIMITS } from "./limits.js";

export type Settings = Partial<Record<Mechanism, string>>;
export type Condition = Partial<Record<Mechanism, string | string[]>>;

/** A CPU resource that a step holds, always or with these mechanisms. */
export type Held = string | { readonly if: Condition; readonly name: string };

/** A step as documents write it; docs/path-format.md says what each field means. */
export interface StepDocument {
  readonly id?: string;
  readonly actor?: string;
  readonly primitive?: string;
  readonly if?: Condition;
  readonly layer?: string;
  readonly cost?: string;
  readonly count?: string;
  readonly counts?: Record<string, string>;
  readonly guard?: string | string[];
  readonly hold?: string | readonly Held[];
  readonly launch?: boolean;
  readonly wait?: string;
  readonly use?: string;
  readonly times?: string;
  readonly basis?: string;
  readonly source?: string;
}
export interface PathDocument {
  readonly schema: "verbscope.path/1";
  readonly name: string;
  readonly title?: string;
  readonly extends?: string;
  readonly mechanisms?: Settings;
  readonly implies?: readonly { if: Condition; set: Settings }[];
  readonly groups?: Record<string, readonly StepDocument[]>;
  readonly programs?: Record<string, readonly StepDocument[]>;
}

const STEP_KEYS = new Set([
  "id",
  "actor",
  "primitive",
  "if",
  "layer",
  "cost",
  "count",
  "counts",
  "guard",
  "hold",
  "launch",
  "wait",
  "use",
  "times",
  "basis",
  "source",
]);
const DOCUMENT_KEYS = new Set([
  "schema",
  "name",
  "title",
  "extends",
  "mechanisms",
  "implies",
  "groups",
  "programs",
]);

export const listOf = (x: string | readonly string[] | undefined): readonly string[] =>
  x === undefined ? [] : typeof x === "string" ? [x] : x;

export const heldOf = (hold: StepDocument["hold"]): readonly Held[] =>
  hold === undefined ? [] : typeof hold === "string" ? [hold] : hold;
const isConditional = (x: unknown): boolean =>
  typeof x === "object" &&
  x !== null &&
  Object.keys(x).sort().join() === "if,name" &&
  typeof (x as { name: unknown }).name === "string";

/** Checks names and shapes of one document (not what it extends). `from` names it in errors. */
export function checkPathDocument(doc: unknown, from: string): PathDocument {
  const fail = (what: string): never => {
    throw new UserError(`${from}: ${what}`);
  };
  if (typeof doc !== "object" || doc === null || Array.isArray(doc))
    return fail("is not a path document: expected a JSON object with schema verbscope.path/1");
  const d = doc as Record<string, unknown>;
  if (d.schema !== "verbscope.path/1") fail(`schema is ${shown(d.schema)}: expected "verbscope.path/1"`);
  for (const key of Object.keys(d))
    if (!DOCUMENT_KEYS.has(key))
      fail(`unknown key "${key}": a path document has ${[...DOCUMENT_KEYS].join(", ")}`);
  if (typeof d.name !== "string" || !/^[A-Za-z0-9_.-]+$/.test(d.name))
    fail(`name is ${shown(d.name)}: use letters, digits, dots, dashes`);
  if (d.extends !== undefined && typeof d.extends !== "string") fail("extends must be the name of a path");
  checkSettings(d.mechanisms ?? {}, (what) => fail(`mechanisms: ${what}`), false);
  const implies = d.implies ?? [];
  const isObject = (x: unknown): boolean => typeof x === "object" && x !== null && !Array.isArray(x);
  if (!Array.isArray(implies) || !implies.every(isObject)) fail("implies must be a list of { if, set }");
  for (const rule of implies as { if?: unknown; set?: unknown }[]) {
    checkSettings(rule.if ?? {}, (what) => fail(`implies: ${what}`), true);
    checkSettings(rule.set ?? {}, (what) => fail(`implies: ${what}`), false);
  }
  for (const section of ["groups", "programs"] as const) {
    const s = d[section] ?? {};
    if (typeof s !== "object" || s === null || Array.isArray(s))
      fail(`${section} must map names to lists of steps`);
    const many = Object.keys(s).length;
    if (section === "groups" && many > LIMITS.groups) fail(`${many} groups; at most ${LIMITS.groups}`);
    for (const [name, steps] of Object.entries(s as Record<string, unknown>)) {
      if (section === "programs" && !PROGRAMS.includes(name))
        fail(`programs: unknown verb "${name}"; legal: ${PROGRAMS.join(", ")}`);
      if (!Array.isArray(steps)) return fail(`${section}.${name} must be a list of steps`);
      steps.forEach((step, i) =>
        checkStep(step, (what) => fail(`${section}.${name}, step ${i + 1}: ${what}`)),
      );
    }
  }
  return doc as PathDocument;
}

function checkSettings(settings: unknown, fail: (what: string) => never, lists: boolean): void {
  if (typeof settings !== "object" || settings === null || Array.isArray(settings))
    fail("expected an object of mechanism: value");
  for (const [name, value] of Object.entries(settings as Record<string, unknown>)) {
    const mechanism = mechanismOf(name);
    if (!mechanism) return fail(`unknown mechanism "${name}"; legal: ${Object.keys(MECHANISMS).join(", ")}`);
    for (const v of Array.isArray(value) ? value : [value]) {
      if (!mechanism.values.includes(v))
        fail(`${name}=${shown(v)} is not a value of ${name}; legal: ${mechanism.values.join(", ")}`);
    }
    if (Array.isArray(value) && !lists) fail(`${name} takes one value here`);
  }
}

function checkStep(step: unknown, fail: (what: string) => never): void {
  if (typeof step !== "object" || step === null || Array.isArray(step)) fail("expected an object");
  const s = step as StepDocument & Record<string, unknown>;
  for (const key of Object.keys(s))
    if (!STEP_KEYS.has(key)) fail(`unknown key "${key}"; legal: ${[...STEP_KEYS].join(", ")}`);
  checkShapes(s, fail);
  checkSettings(s.if ?? {}, fail, true);
  if (s.layer !== undefined && !(LAYERS as readonly string[]).includes(s.layer))
    fail(`unknown layer "${s.layer}"; legal: ${LAYERS.join(", ")}`);
  if ((s.layer === undefined) !== (s.cost === undefined)) fail("layer and cost go together");
  for (const counter of Object.keys(s.counts ?? {})) {
    if (!(STEP_COUNTERS as readonly string[]).includes(counter)) {
      fail(
        (COUNTERS as readonly string[]).includes(counter)
          ? `counter "${counter}" belongs to the device model`
          : `unknown counter "${counter}"; legal: ${STEP_COUNTERS.join(", ")}`,
      );
    }
  }
  for (const g of listOf(s.guard))
    if (!(FEATURE_NAMES as readonly string[]).includes(g))
      fail(`unknown feature "${g}" in guard; legal: ${FEATURE_NAMES.join(", ")}`);
  for (const held of heldOf(s.hold)) {
    const name = typeof held === "string" ? held : held.name;
    if (!CPU_RESOURCE_NAMES.includes(name))
      fail(`unknown resource "${name}" in hold; legal: ${CPU_RESOURCE_NAMES.join(", ")}`);
    if (typeof held !== "string") checkSettings(held.if, (what) => fail(`hold of ${name}: ${what}`), true);
  }
  if (s.wait !== undefined && s.wait !== "event")
    fail(`wait is ${shown(s.wait)}; the only thing to wait for is "event"`);
}

/**
 * JSON types of a step's fields. Counts are text, since `2` beside
 * `"2*pages"` would be two ways to say one thing.
 */
function checkShapes(s: Record<string, unknown>, fail: (what: string) => never): void {
  const text = (key: string, value: unknown): void => {
    if (value !== undefined && typeof value !== "string")
      fail(
        `${key} is ${shown(value)}: write it as text` +
          (typeof value === "number" ? `, for example ${JSON.stringify(String(value))}` : ""),
      );
  };
  for (const key of ["id", "actor", "primitive", "layer", "cost", "count", "times", "use", "basis", "source"])
    text(key, s[key]);
  const isText = (x: unknown): boolean => typeof x === "string";
  const isListOf = (list: unknown, is: (x: unknown) => boolean): boolean =>
    list === undefined || isText(list) || (Array.isArray(list) && list.every(is));
  if (!isListOf(s.guard, isText)) fail("guard must be a name or a list of names");
  if (!isListOf(s.hold, (x) => isText(x) || isConditional(x)))
    fail('hold must be a name, or a list of names and of { "if": mechanisms, "name": resource }');
  const counts = s.counts ?? {};
  if (typeof counts !== "object" || counts === null || Array.isArray(counts))
    fail("counts must map counters to linear forms");
  for (const [counter, form] of Object.entries(counts)) text(`counts.${counter}`, form);
  if (s.launch !== undefined && typeof s.launch !== "boolean")
    fail(`launch is ${shown(s.launch)}: expected true or false`);
}
