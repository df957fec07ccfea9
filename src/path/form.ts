import { FEATURE_NAMES, type Feature } from "../abi/features.js";
import { UserError } from "../errors.js";

/** A linear form over features with non-negative integer coefficients (R1.3). */
export interface Form {
  readonly constant: bigint;
  readonly terms: ReadonlyMap<Feature, bigint>;
}
const ONE: Form = { constant: 1n, terms: new Map() };

/** Reads `2*pages + 1`; `where` names the step in errors. */
export function parseForm(text: string | undefined, where: string): Form {
  if (text === undefined) return ONE;
  let constant = 0n;
  const terms = new Map<Feature, bigint>();
  for (const part of text.split("+")) {
    const m = /^\s*(?:(\d+)\s*\*\s*)?([a-z_]+)\s*$|^\s*(\d+)\s*$/.exec(part);
    if (!m)
      throw new UserError(
        `${where}: cannot read "${text}" as a linear form; write for example "2*pages + 1"`,
      );
    if (m[3] !== undefined) constant += BigInt(m[3]);
    else {
      const feature = m[2] as Feature;
      if (!FEATURE_NAMES.includes(feature))
        throw new UserError(
          `${where}: unknown feature "${feature}" in "${text}"; legal: ${FEATURE_NAMES.join(", ")}`,
        );
      terms.set(feature, (terms.get(feature) ?? 0n) + BigInt(m[1] ?? "1"));
    }
  }
  return inRange({ constant, terms }, text, where);
}
/** Coefficients are 32-bit in an instruction. */
function inRange(form: Form, text: string, where: string): Form {
  for (const c of [form.constant, ...form.terms.values()])
    if (c > 0xffffffffn)
      throw new UserError(`${where}: a coefficient of "${text}" is above 4294967295; split the step`);
  return form;
}

/** Product of two forms, one of which must be a constant. */
export function multiply(a: Form, b: Form, where: string): Form {
  if (a.terms.size > 0 && b.terms.size > 0)
    throw new UserError(
      `${where}: a product of two forms that both depend on features ` +
        "is not linear; make one of them a number",
    );
  const [k, form] = a.terms.size === 0 ? [a.constant, b] : [b.constant, a];
  const terms = new Map<Feature, bigint>();
  for (const [f, c] of form.terms) if (c * k !== 0n) terms.set(f, c * k);
  const product = { constant: form.constant * k, terms };
  return inRange(product, formText(product), where);
}

export function formText(f: Form): string {
  const parts = [...f.terms].map(([name, c]) => (c === 1n ? name : `${c}*${name}`));
  if (f.constant !== 0n || parts.length === 0) parts.push(String(f.constant));
  return parts.join(" + ");
}
