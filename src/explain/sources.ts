import { integer } from "../numbers.js";
import { coefficient } from "../testbed/convert.js";
import type { Testbed } from "../testbed/document.js";
import type { Part, StepUsed, ValueUsed } from "./result.js";
import type { StepCosts } from "./step-cost.js";

const TIMES = ["ps", "ns", "us", "ms", "cycles", "GB/s", "Gb/s"];

/** Every value that a part names, with where it comes from. */
export function valuesUsed(testbed: Testbed, parts: readonly Part[]): ValueUsed[] {
  const names = [...new Set(parts.flatMap((p) => p.values))];
  return names.map((name) => {
    const { value, unit, low, high, source, confidence } = testbed.values[name]!;
    return {
      name,
      value,
      unit,
      low,
      high,
      source,
      confidence: confidence ?? null,
      coefficient: TIMES.includes(unit) ? integer(coefficient(testbed, name)) : null,
    };
  });
}

/** Every step that was asked for, with where it was read. */
export function stepsUsed(programs: readonly StepCosts[]): StepUsed[] {
  return programs.flatMap(({ program, used }) =>
    [...used].map(([id, { document }]) => ({
      program,
      id,
      basis: document.basis ?? "no basis",
      source: document.source ?? "no source",
    })),
  );
}
