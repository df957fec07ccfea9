import { describe, expect, test } from "vitest";
import { UserError } from "../../src/errors.js";
import type { PathDocument } from "../../src/path/document.js";
import { flatten, type Path } from "../../src/path/flatten.js";
import { loadChain } from "../../src/path/load.js";
import { verbsSession } from "../../src/replay/replay.js";
import type { Testbed } from "../../src/testbed/document.js";
import { traceOf } from "../diff/compare.js";
import { randomPath } from "../support/random/path.js";
import { randomMechanisms, randomTestbed } from "../support/random/testbed.js";
import { randomTrace } from "../support/random/trace.js";
import { faults, followed, teller } from "./followed.js";

/** RANDOM_CASES and RANDOM_SEED widen the search. */
const CASES = Number(process.env.RANDOM_CASES ?? 200),
  FIRST = Number(process.env.RANDOM_SEED ?? 1);
const BUILTIN = ["native", "virt-ib", "virt-ib-forward", "memlink", "sr-iov", "vhost"];

function choiceOf(seed: number): { path: Path; documents: PathDocument[] } {
  if (seed % 3 === 0) {
    const own = randomPath(seed) as unknown as PathDocument;
    return { path: flatten([own], {}, own.name), documents: [own] };
  }
  const chain = loadChain(BUILTIN[seed % BUILTIN.length]!);
  return { path: flatten(chain, seed % 2 === 0 ? randomMechanisms(seed) : {}, "random"), documents: chain };
}

/** What is wrong with the explanation of any operation; undefined where the trace cannot be replayed. */
function wrong(seed: number): { ways: number; faults: string[] } | undefined {
  const { path, documents } = choiceOf(seed),
    { rows } = randomTrace(seed, 20 + ((seed * 37) % 160)),
    trace = traceOf(rows, 1 + (seed % 50)),
    testbed = randomTestbed(seed, documents as never) as unknown as Testbed;
  try {
    const session = verbsSession(trace, testbed, { think: seed % 4 === 0 ? "recorded" : "none" }),
      plain = session.replay(path),
      { ledgers, result } = followed(session, path),
      tell = teller(trace, session, path);
    return {
      ways: ledgers.length,
      faults: [
        ...(JSON.stringify(result) === JSON.stringify(plain) ? [] : ["the result differs"]),
        ...ledgers.flatMap((l) => faults(l, tell(l))),
      ],
    };
  } catch (e) {
    if (e instanceof UserError) return undefined; // it deadlocks, or its nodes do not match
    throw e;
  }
}

describe("random traces, paths and testbeds: every operation is explained to the picosecond", () => {
  const chunk = 50;
  for (let from = FIRST; from < FIRST + CASES; from += chunk) {
    test(`seeds ${from} to ${from + chunk - 1}`, () => {
      let ways = 0;
      for (let seed = from; seed < from + chunk; seed++) {
        const seen = wrong(seed);
        ways += seen?.ways ?? 0;
        expect({ seed, faults: seen?.faults.slice(0, 5) ?? [] }).toEqual({ seed, faults: [] });
      }
      expect(ways).toBeGreaterThan(chunk);
    }, 120_000);
  }
});
