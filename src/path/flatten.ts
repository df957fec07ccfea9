import type { Feature } from "../abi/features.js";
import { MECHANISMS, type Mechanism } from "../abi/mechanisms.js";
import { UserError } from "../errors.js";
import {
  type Condition,
  heldOf,
  listOf,
  type PathDocument,
  type Settings,
  type StepDocument,
} from "./document.js";
import { type Form, formText, multiply, parseForm } from "./form.js";
import { LIMITS } from "./limits.js";

/** A step after mechanisms and groups are settled. */
export interface Step {
  readonly id: string;
  readonly layer?: string;
  readonly cost?: string;
  readonly count: Form;
  readonly counts: readonly { counter: string; form: Form }[];
  readonly guard: readonly Feature[];
  readonly hold: readonly string[];
  readonly launch: boolean;
  readonly wait: boolean;
  readonly document: StepDocument;
}
export interface Path {
  /** `virt-ib+memory=memlink`: the name of a built-in or of a file's document, and what was overridden. */
  readonly label: string;
  /** What the user gave, where that is a file: `out/mine.json+irq=msix`. */
  readonly given?: string;
  readonly name: string;
  readonly title: string;
  readonly mechanisms: Record<Mechanism, string>;
  readonly programs: ReadonlyMap<string, readonly Step[]>;
  /** The documents that it was settled from, base first. */
  readonly chain: readonly PathDocument[];
}

/** Says where a document was asked for, when there is none. */
function named<T>(where: string, load: () => T): T {
  try {
    return load();
  } catch (e) {
    throw e instanceof UserError ? new UserError(where + e.message) : e;
  }
}

/** The chain of documents from the base to `doc`. */
export function chainOf(
  doc: PathDocument,
  find: (name: string, from: string) => PathDocument,
): PathDocument[] {
  const chain = [doc];
  const seen = new Set([doc.name]);
  for (let d = doc; d.extends !== undefined; ) {
    const { name, extends: base } = d;
    d = named(`path ${name}: extends "${base}": `, () => find(base!, name));
    if (seen.has(d.name))
      throw new UserError(
        `path ${doc.name}: extends forms a cycle through ` +
          `${[...seen, d.name].join(" → ")}; remove one of them`,
      );
    seen.add(d.name);
    chain.unshift(d);
  }
  return chain;
}

const matches = (condition: Condition | undefined, m: Record<string, string>): boolean =>
  Object.entries(condition ?? {}).every(([name, value]) =>
    listOf(value as string | string[]).includes(m[name]!),
  );

/** What a step holds with these mechanisms, outer first. */
const holds = (hold: StepDocument["hold"], m: Record<string, string>): string[] =>
  heldOf(hold).flatMap((h) => (typeof h === "string" ? [h] : matches(h.if, m) ? [h.name] : []));

/** The mechanisms of a chain of documents under overrides. */
export function settle(chain: readonly PathDocument[], overrides: Settings): Record<Mechanism, string> {
  const m = Object.fromEntries(
    Object.entries(MECHANISMS).map(([name, { values }]) => [name, values[0]]),
  ) as Record<Mechanism, string>;
  for (const d of chain) Object.assign(m, d.mechanisms);
  Object.assign(m, overrides);
  for (const d of chain) {
    for (const rule of d.implies ?? []) {
      if (!matches(rule.if, m)) continue;
      for (const [name, value] of Object.entries(rule.set))
        if (!(name in overrides)) m[name as Mechanism] = value!;
    }
  }
  return m;
}

/** How often a group runs inside of what runs `outer` times. */
function timesOf(outer: Form, text: string | undefined, where: string): Form {
  const times = multiply(outer, parseForm(text, where), where);
  for (const c of [times.constant, ...times.terms.values()])
    if (c > LIMITS.times)
      throw new UserError(
        `${where}: its group runs ${formText(times)} times; a coefficient of times is at most ${LIMITS.times}`,
      );
  return times;
}

/** A form that an instruction of the core holds. */
function fitting(form: Form, where: string): Form {
  if (form.terms.size > LIMITS.features)
    throw new UserError(
      `${where}: a count has ${form.terms.size} features; ` +
        `at most ${LIMITS.features} are possible, split the step`,
    );
  return form;
}

/** Settles mechanisms and unfolds groups (R1.3, R3.17). */
export function flatten(chain: readonly PathDocument[], overrides: Settings, label: string): Path {
  const last = chain[chain.length - 1]!;
  const mechanisms = settle(chain, overrides);
  const groups: Record<string, readonly StepDocument[]> = Object.assign({}, ...chain.map((d) => d.groups));
  const documents: Record<string, readonly StepDocument[]> = Object.assign(
    {},
    ...chain.map((d) => d.programs),
  );
  const programs = new Map<string, Step[]>();
  for (const [verb, steps] of Object.entries(documents)) {
    const where = `path ${label}, ${verb}`;
    const flat: Step[] = [];
    let seen = 0;
    unfold(steps, { guard: [], hold: [], times: parseForm("1", where) }, [], where);
    if (flat.filter((s) => s.launch).length > 1)
      throw new UserError(
        `${where}: ${flat.filter((s) => s.launch).length} steps ` +
          "launch; with these mechanisms exactly one may",
      );
    if (flat.filter((s) => s.wait).length > 1)
      throw new UserError(`${where}: more than one step waits for the event`);
    if (verb === "post_send" && !flat.some((s) => s.launch))
      throw new UserError(
        `${where}: no step launches, so nothing would ever reach the device; add { "launch": true }`,
      );
    programs.set(verb, flat);

    function unfold(
      list: readonly StepDocument[],
      outer: { guard: readonly string[]; hold: readonly string[]; times: Form },
      open: readonly string[],
      at: string,
    ): void {
      seen += list.length;
      if (seen > LIMITS.steps)
        throw new UserError(
          `${where}: its groups unfold to more than ${LIMITS.steps} steps; use "times" for what is repeated`,
        );
      list.forEach((s, i) => {
        if (!matches(s.if, mechanisms)) return;
        const here = `${at}, step ${i + 1}${s.id ? ` (${s.id})` : ""}`;
        const guard = [...new Set([...outer.guard, ...listOf(s.guard)])];
        const hold = [...new Set([...outer.hold, ...holds(s.hold, mechanisms)])];
        if (s.use !== undefined) {
          const group = Object.hasOwn(groups, s.use) ? groups[s.use] : undefined;
          if (!group)
            throw new UserError(
              `${here}: unknown group "${s.use}"; legal: ${Object.keys(groups).join(", ") || "none"}`,
            );
          if (open.includes(s.use))
            throw new UserError(`${here}: groups use each other in a cycle: ${[...open, s.use].join(" → ")}`);
          if (open.length >= LIMITS.depth)
            throw new UserError(
              `${where}: groups use each other more than ${LIMITS.depth} deep (${open[0]} … ${s.use}); ` +
                "write some of their steps out",
            );
          unfold(
            group,
            { guard, hold, times: timesOf(outer.times, s.times, here) },
            [...open, s.use],
            `${at}, group ${s.use}`,
          );
          return;
        }
        const once = outer.times.terms.size === 0 && outer.times.constant === 1n;
        if (s.launch && !once)
          throw new UserError(`${here}: launch inside a group that is used several times; a call rings once`);
        const form = (text: string | undefined): Form =>
          fitting(multiply(outer.times, parseForm(text, here), here), here);
        flat.push({
          id: s.id ?? "",
          ...(s.layer !== undefined ? { layer: s.layer, cost: s.cost! } : {}),
          count: form(s.count),
          counts: Object.entries(s.counts ?? {}).map(([counter, text]) => ({ counter, form: form(text) })),
          guard: guard as Feature[],
          hold,
          launch: s.launch === true,
          wait: s.wait === "event",
          document: s,
        });
      });
    }
  }
  return { label, name: last.name, title: last.title ?? "", mechanisms, programs, chain };
}
