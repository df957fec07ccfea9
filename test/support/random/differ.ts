/** Core against oracle on the trace, path and testbed of a seed. */
import { builtinNames, documentFile, readJson } from "../../../src/files.js";
import type { PathDocument } from "../../../src/path/document.js";
import type { Testbed } from "../../../src/testbed/document.js";
import { type Choice, compare, traceOf } from "../../diff/compare.js";
import { randomPath } from "./path.js";
import { randomMechanisms, randomTestbed } from "./testbed.js";
import { randomTrace } from "./trace.js";

/** What the built-in paths are made of is no path itself. */
export const BUILTIN = builtinNames("paths").filter((n) => n !== "common");
export const documents = Object.fromEntries(
  [...BUILTIN, "common"].map((n) => [n, readJson(documentFile("paths", n)) as PathDocument]),
);

function choiceOf(seed: number): Choice {
  if (seed % 3 === 0) {
    const own = randomPath(seed) as unknown as PathDocument;
    return { documents: { [own.name]: own }, path: own.name, overrides: {} };
  }
  return {
    documents,
    path: BUILTIN[seed % BUILTIN.length]!,
    overrides: seed % 2 === 0 ? randomMechanisms(seed) : {},
    ...(seed % 5 === 0 ? { peer: "native" } : {}),
  };
}

export function differ(seed: number): string[] {
  const choice = choiceOf(seed);
  const rows = randomTrace(seed, 20 + ((seed * 37) % 160));
  const testbed = randomTestbed(seed, Object.values(choice.documents) as never) as unknown as Testbed;
  return compare(traceOf(rows, 1 + (seed % 50)), rows, choice, testbed, seed % 4 === 0);
}

/** Seeds in parts that a test each takes: what fails is named, and the others still run. */
export function parts(from: number, count: number, size = 50): number[][] {
  const seeds = Array.from({ length: count }, (_, i) => from + i);
  return Array.from({ length: Math.ceil(count / size) }, (_, i) => seeds.slice(i * size, (i + 1) * size));
}
/** Each seed with what differs, which must be nothing. */
export const differing = (seeds: readonly number[]): { seed: number; differences: string[] }[] =>
  seeds
    .map((seed) => ({ seed, differences: differ(seed).slice(0, 12) }))
    .filter(({ differences }) => differences.length > 0);
