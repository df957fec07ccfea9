/** Every operation of the random trace, path and testbed of a seed, explained. */
import { UserError } from "../../../src/errors.js";
import type { PathDocument } from "../../../src/path/document.js";
import { flatten, type Path } from "../../../src/path/flatten.js";
import { loadChain } from "../../../src/path/load.js";
import { verbsSession } from "../../../src/replay/replay.js";
import type { Testbed } from "../../../src/testbed/document.js";
import { traceOf } from "../../diff/compare.js";
import { faults, followed, teller } from "../followed.js";
import { BUILTIN } from "./differ.js";
import { randomPath } from "./path.js";
import { randomMechanisms, randomTestbed } from "./testbed.js";
import { randomTrace } from "./trace.js";

function choiceOf(seed: number): { path: Path; documents: PathDocument[] } {
  if (seed % 3 === 0) {
    const own = randomPath(seed) as unknown as PathDocument;
    return { path: flatten([own], {}, own.name), documents: [own] };
  }
  const chain = loadChain(BUILTIN[seed % BUILTIN.length]!);
  return { path: flatten(chain, seed % 2 === 0 ? randomMechanisms(seed) : {}, "random"), documents: chain };
}

/** What is wrong with the explanation of any operation; undefined where the trace cannot be replayed. */
export function explained(seed: number): { ways: number; faults: string[] } | undefined {
  const { path, documents } = choiceOf(seed),
    rows = randomTrace(seed, 20 + ((seed * 37) % 160)),
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
