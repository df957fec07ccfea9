import { COUNTERS } from "../abi/counters.js";
import { FEATURE_NAMES } from "../abi/features.js";
import { LAYERS } from "../abi/layers.js";
import { INSTR } from "../abi/params.js";
import { CPU_RESOURCE_NAMES } from "../abi/resources.js";
import { UserError } from "../errors.js";
import { coefficient, picoseconds } from "../testbed/convert.js";
import type { Testbed } from "../testbed/document.js";
import type { Path, Step } from "./flatten.js";
import { type Form, formText } from "./form.js";

const OP = Object.fromEntries(INSTR.ops.map((name, i) => [name, i])) as Record<
  (typeof INSTR.ops)[number],
  number
>;
/**
 * Costs that multiply a feature: 1 ms × 2^40 bytes stays below 2^63 ps only
 * for smaller sizes, and no real cost per unit comes near.
 */
const MAX_UNIT_PS = 1e9;
const ZERO: Form = { constant: 0n, terms: new Map() };

/**
 * Programs that were compiled: keys, replays and their peers ask for those of one path and testbed
 * again and again, and compiling takes as long as a replay of some hundred rows.
 */
const compiled = new WeakMap<Path, WeakMap<Testbed, ReadonlyMap<string, Uint8Array>>>();

/** Programs of a path on a testbed, as the core executes them: verb → instructions of 64 bytes. */
export function compilePath(path: Path, testbed: Testbed): ReadonlyMap<string, Uint8Array> {
  const of = compiled.get(path) ?? new WeakMap<Testbed, ReadonlyMap<string, Uint8Array>>();
  compiled.set(path, of);
  const programs =
    of.get(testbed) ??
    new Map(
      [...path.programs].map(([verb, steps]) => [
        verb,
        compileProgram(steps, testbed, `path ${path.given ?? path.label}, ${verb}`).bytes,
      ]),
    );
  of.set(testbed, programs);
  return programs;
}

/** The step behind each instruction that costs time, by its place in the verb's program. */
export const costSteps = (path: Path, testbed: Testbed, verb: string): ReadonlyMap<number, Step> =>
  compileProgram(path.programs.get(verb) ?? [], testbed, `path ${path.given ?? path.label}, ${verb}`).costs;

/** A program as instructions (R3.13, R3.14, R3.17). */
function compileProgram(
  steps: readonly Step[],
  testbed: Testbed,
  where: string,
): { bytes: Uint8Array; costs: ReadonlyMap<number, Step> } {
  const code: Uint8Array[] = [],
    costs = new Map<number, Step>();
  // Guarded steps may be absent, so what is held here is known only in part: the core
  // ignores a release of what is not held and an acquire of what is.
  let maybe: readonly string[] = [],
    surely: readonly string[] = [];
  const switchTo = (next: readonly string[], guard: number): void => {
    for (const r of [...maybe].reverse())
      if (!next.includes(r))
        code.push(instruction("RELEASE", CPU_RESOURCE_NAMES.indexOf(r), guard, 0n, ZERO));
    for (const r of next)
      if (!surely.includes(r))
        code.push(instruction("ACQUIRE", CPU_RESOURCE_NAMES.indexOf(r), guard, 0n, ZERO));
    maybe = guard === 0 ? next : [...maybe.filter((r) => !next.includes(r)), ...next];
    surely = guard === 0 ? next : surely.filter((r) => next.includes(r));
  };
  for (const s of steps) {
    const guard = s.guard.reduce((mask, f) => mask | (1 << FEATURE_NAMES.indexOf(f)), 0);
    switchTo(s.hold, guard);
    if (s.cost !== undefined && !Object.hasOwn(testbed.values, s.cost))
      throw new UserError(
        `${where}, step ${s.id ? `"${s.id}" ` : ""}on ${s.layer}: ` +
          `testbed ${testbed.name} has no value "${s.cost}"; add it, ` +
          "or correct the step's cost",
      );
    if (s.layer !== undefined && s.count.terms.size > 0 && picoseconds(testbed, s.cost!) > MAX_UNIT_PS)
      throw new UserError(
        `${where}: ${s.cost} is ${picoseconds(testbed, s.cost!)} ps for each unit of ` +
          `"${formText(s.count)}"; above 1 ms a unit the sum could pass 64 bits, check its unit`,
      );
    if (s.layer !== undefined) {
      costs.set(code.length, s);
      code.push(
        instruction(
          "COST",
          (LAYERS as readonly string[]).indexOf(s.layer),
          guard,
          coefficient(testbed, s.cost!),
          s.count,
        ),
      );
    }
    for (const { counter, form } of s.counts)
      code.push(instruction("COUNT", (COUNTERS as readonly string[]).indexOf(counter), guard, 0n, form));
    if (s.launch) code.push(instruction("LAUNCH", 0, guard, 0n, ZERO));
    if (s.wait) code.push(instruction("WAIT", 0, guard, 0n, ZERO));
  }
  switchTo([], 0);
  code.push(instruction("END", 0, 0, 0n, ZERO));
  const bytes = new Uint8Array(code.length * INSTR.size);
  code.forEach((c, i) => bytes.set(c, i * INSTR.size));
  return { bytes, costs };
}

function instruction(
  op: (typeof INSTR.ops)[number],
  arg: number,
  guard: number,
  coef: bigint,
  form: Form,
): Uint8Array {
  const bytes = new Uint8Array(INSTR.size);
  const view = new DataView(bytes.buffer);
  view.setUint8(INSTR.op, OP[op]);
  view.setUint8(INSTR.arg, arg);
  view.setUint8(INSTR.terms, form.terms.size);
  view.setUint32(INSTR.guard, guard >>> 0, true);
  view.setBigUint64(INSTR.coef, coef, true);
  view.setBigUint64(INSTR.constant, form.constant, true);
  [...form.terms].forEach(([feature, c], i) => {
    view.setUint32(INSTR.term + i * 8, FEATURE_NAMES.indexOf(feature), true);
    view.setUint32(INSTR.term + i * 8 + 4, Number(c), true);
  });
  return bytes;
}
