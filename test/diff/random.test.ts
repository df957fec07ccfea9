import { describe, expect, it } from "vitest";
import { documentFile, readJson } from "../../src/files.js";
import type { PathDocument } from "../../src/path/document.js";
import type { Testbed } from "../../src/testbed/document.js";
import { randomPath } from "../support/random/path.js";
import { randomMechanisms, randomTestbed } from "../support/random/testbed.js";
import { randomTrace } from "../support/random/trace.js";
import { type Choice, compare, traceOf } from "./compare.js";

/** Random traces, paths and testbeds; RANDOM_CASES and RANDOM_SEED widen the search. */
const CASES = Number(process.env.RANDOM_CASES ?? 1500),
  FIRST = Number(process.env.RANDOM_SEED ?? 1);
const BUILTIN = ["native", "virt-ib", "virt-ib-forward", "memlink", "sr-iov", "vhost"];
const documents = Object.fromEntries(
  [...BUILTIN, "common"].map((n) => [n, readJson(documentFile("paths", n)) as PathDocument]),
);

export function choiceOf(seed: number): Choice {
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
  const { rows, partners } = randomTrace(seed, 20 + ((seed * 37) % 160));
  const testbed = randomTestbed(seed, Object.values(choice.documents) as never) as unknown as Testbed;
  return compare(traceOf(rows, 1 + (seed % 50)), rows, choice, testbed, seed % 4 === 0, partners);
}

describe("core against oracle on random traces", () => {
  const chunk = 50;
  for (let from = FIRST; from < FIRST + CASES; from += chunk) {
    it(`seeds ${from} to ${from + chunk - 1}`, () => {
      for (let seed = from; seed < from + chunk && seed < FIRST + CASES; seed++)
        expect({ seed, differences: differ(seed).slice(0, 12) }).toEqual({ seed, differences: [] });
    }, 120_000);
  }
});
