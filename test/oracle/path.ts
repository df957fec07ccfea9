/**
 * Path documents, interpreted as docs/path-format.md says: extends,
 * mechanisms, implies, groups, times, guards, hold.
 */
import { STEP_COUNTERS } from "../../src/abi/counters.js";
import { FEATURES, type Feature } from "../../src/abi/features.js";
import { LAYERS, type Layer } from "../../src/abi/layers.js";
import { MECHANISMS } from "../../src/abi/mechanisms.js";
import { CPU_RESOURCES } from "../../src/abi/resources.js";

type OneOrMany = string | string[];
type Condition = Record<string, OneOrMany>;
type Held = string | { if: Condition; name: string };
export interface StepDocument {
  id?: string;
  actor?: string;
  primitive?: string;
  basis?: string;
  source?: string;
  if?: Condition;
  layer?: string;
  cost?: string;
  count?: string | number;
  counts?: Record<string, string | number>;
  guard?: OneOrMany;
  hold?: string | Held[];
  launch?: boolean;
  wait?: string;
  use?: string;
  times?: string | number;
}
export interface PathDocument {
  schema?: string;
  name: string;
  title?: string;
  extends?: string;
  mechanisms?: Record<string, string>;
  implies?: { if: Condition; set: Record<string, string> }[];
  groups?: Record<string, StepDocument[]>;
  programs?: Record<string, StepDocument[]>;
}
export interface PathChoice {
  documents: Record<string, PathDocument>;
  path: string;
  overrides: Record<string, string>;
}

/** A linear form over features; the constant has the key "" (R1.3). */
export type Form = Map<string, bigint>;
export interface Step {
  layer?: Layer;
  cost?: string;
  count: Form;
  counts: [string, Form][];
  guards: Feature[];
  hold: string[];
  launch: boolean;
  wait: boolean;
}
export interface Path {
  mechanisms: Record<string, string>;
  programs: Map<string, Step[]>;
}

export function parseForm(text: string | number): Form {
  const form: Form = new Map();
  for (const term of String(text).split("+")) {
    let factor = 1n;
    let feature = "";
    for (const part of term.split("*").map((p) => p.trim())) {
      if (/^\d+$/.test(part)) factor *= BigInt(part);
      else if (part in FEATURES && feature === "") feature = part;
      else throw new Error(`"${text}" is not a linear form over features`);
    }
    form.set(feature, (form.get(feature) ?? 0n) + factor);
  }
  return form;
}

function multiply(a: Form, b: Form): Form {
  const isConstant = (f: Form): boolean => [...f.keys()].every((k) => k === "");
  if (!isConstant(a) && !isConstant(b))
    throw new Error("a product of two forms that both depend on features");
  const [scale, form] = isConstant(a) ? [a, b] : [b, a];
  return new Map([...form].map(([k, v]) => [k, v * (scale.get("") ?? 0n)]));
}

/** The form's value (R1.3). */
export function evaluate(form: Form, features: Record<string, bigint>): bigint {
  let n = 0n;
  for (const [feature, factor] of form) n += factor * (feature === "" ? 1n : features[feature]!);
  return n;
}

function list(x: OneOrMany | undefined): string[] {
  return x === undefined ? [] : Array.isArray(x) ? x : [x];
}

function matches(condition: Condition | undefined, mechanisms: Record<string, string>): boolean {
  return Object.entries(condition ?? {}).every(([name, values]) => {
    if (!(name in MECHANISMS)) throw new Error(`unknown mechanism ${name}`);
    return list(values).includes(mechanisms[name]!);
  });
}

/** What a step holds with these mechanisms, in the order of the document. */
function held(step: StepDocument, mechanisms: Record<string, string>): string[] {
  const out: string[] = [];
  for (const entry of typeof step.hold === "string" ? [step.hold] : (step.hold ?? [])) {
    const { name, if: condition } = typeof entry === "string" ? { name: entry, if: undefined } : entry;
    if (!(name in CPU_RESOURCES)) throw new Error(`unknown resource ${name}`);
    if (matches(condition, mechanisms)) out.push(name);
  }
  return out;
}

/** Base document first. */
function chain(choice: PathChoice): PathDocument[] {
  const out: PathDocument[] = [];
  for (let name: string | undefined = choice.path; name !== undefined; name = out[0]!.extends) {
    const document: PathDocument | undefined = choice.documents[name];
    if (document === undefined) throw new Error(`unknown path ${name}`);
    if (out.includes(document)) throw new Error(`path ${name} extends itself`);
    out.unshift(document);
  }
  return out;
}

export function settle(choice: PathChoice): Path {
  const documents = chain(choice);
  const mechanisms: Record<string, string> = {};
  for (const [name, { values }] of Object.entries(MECHANISMS)) mechanisms[name] = values[0];
  for (const d of documents) Object.assign(mechanisms, d.mechanisms);
  Object.assign(mechanisms, choice.overrides);
  for (const rule of documents.flatMap((d) => d.implies ?? [])) {
    if (!matches(rule.if, mechanisms)) continue;
    for (const [name, value] of Object.entries(rule.set))
      if (!(name in choice.overrides)) mechanisms[name] = value;
  }
  for (const [name, value] of Object.entries(mechanisms)) {
    const known = (MECHANISMS as Record<string, { values: readonly string[] }>)[name];
    if (!known?.values.includes(value)) throw new Error(`unknown mechanism value ${name}=${value}`);
  }
  const groups: Record<string, StepDocument[]> = Object.assign({}, ...documents.map((d) => d.groups ?? {}));
  const sources: Record<string, StepDocument[]> = Object.assign(
    {},
    ...documents.map((d) => d.programs ?? {}),
  );
  const programs = new Map<string, Step[]>();
  for (const [name, steps] of Object.entries(sources)) {
    const flat = steps.flatMap((s) => flatten(s, mechanisms, groups, [], parseForm(1)));
    if (flat.filter((s) => s.launch).length > 1 || flat.filter((s) => s.wait).length > 1)
      throw new Error(`${name}: more than one launch or wait`);
    if (name === "post_send" && !flat.some((s) => s.launch)) throw new Error("post_send never launches");
    programs.set(name, flat);
  }
  return { mechanisms, programs };
}

/**
 * Steps without groups and conditions; a `use` step's own layer and cost mean nothing, and what
 * it and a step of the group both hold is held once, at its place (R1.3, R3.17).
 */
function flatten(
  step: StepDocument,
  mechanisms: Record<string, string>,
  groups: Record<string, StepDocument[]>,
  inside: string[],
  times: Form,
): Step[] {
  if (!matches(step.if, mechanisms)) return [];
  const guards = list(step.guard) as Feature[];
  const hold = held(step, mechanisms);
  for (const g of guards) if (!(g in FEATURES)) throw new Error(`unknown feature ${g}`);
  const factor = multiply(times, parseForm(step.times ?? 1));
  if (step.use !== undefined) {
    const group = groups[step.use];
    if (group === undefined) throw new Error(`unknown group ${step.use}`);
    if (inside.includes(step.use)) throw new Error(`group ${step.use} uses itself`);
    return group
      .flatMap((s) => flatten(s, mechanisms, groups, [...inside, step.use!], factor))
      .map((s) => ({ ...s, guards: [...guards, ...s.guards], hold: [...new Set([...hold, ...s.hold])] }));
  }
  if (step.launch && !(factor.size === 1 && factor.get("") === 1n)) throw new Error("launch inside a times");
  if (step.layer !== undefined && !(LAYERS as readonly string[]).includes(step.layer))
    throw new Error(`unknown layer ${step.layer}`);
  const counts = Object.entries(step.counts ?? {}).map(([name, form]): [string, Form] => {
    if (!(STEP_COUNTERS as readonly string[]).includes(name)) throw new Error(`unknown counter ${name}`);
    return [name, multiply(factor, parseForm(form))];
  });
  return [
    {
      ...(step.layer === undefined ? {} : { layer: step.layer as Layer }),
      ...(step.cost === undefined ? {} : { cost: step.cost }),
      count: multiply(factor, parseForm(step.count ?? 1)),
      counts,
      guards,
      hold: [...new Set(hold)],
      launch: step.launch === true,
      wait: step.wait !== undefined,
    },
  ];
}
