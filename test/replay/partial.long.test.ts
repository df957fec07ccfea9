import { describe, expect, test } from "vitest";
import type { PathDocument } from "../../src/path/document.js";
import { flatten, type Path } from "../../src/path/flatten.js";
import { loadChain } from "../../src/path/load.js";
import { asFarAsAllGo } from "../../src/replay/partial.js";
import { StoppedError } from "../../src/replay/prepare/stops.js";
import { verbsSession } from "../../src/replay/replay.js";
import type { LeftOut } from "../../src/replay/result/document.js";
import type { Testbed } from "../../src/testbed/document.js";
import { cutTrace } from "../../src/trace/verbs/cut.js";
import { traceOf } from "../diff/compare.js";
import { CAPTURES } from "../support/captures.js";
import { BUILTIN } from "../support/random/differ.js";
import { randomPath } from "../support/random/path.js";
import { Random } from "../support/random/rng.js";
import { randomMechanisms, randomTestbed } from "../support/random/testbed.js";
import { randomTrace } from "../support/random/trace.js";
import { accounted, cutSide, partial } from "./cut-side.js";

const SHARES = [0, 0.01, 0.05, 0.2, 0.5, 0.73, 0.9, 0.99];

describe.each(CAPTURES)("%s, one side of which ends early", (name) => {
  test.each(SHARES.flatMap((share) => [0, 1].map((side) => [side, share] as const)))(
    "node %i after %f of its rows",
    (side, share) => {
      const trace = cutSide(name, side, share),
        result = partial(trace);
      expect(accounted(result)).toBe(trace.rows);
      expect(result.trace.replayed).toBeGreaterThan(0);
      // Of the side that ended, too, everything may wait for the other: but what it leaves out has a reason.
      for (const { rows, why } of result.trace.left_out ?? []) {
        expect(rows).toBeGreaterThan(0);
        expect(why).not.toBe("");
      }
    },
  );
});

interface Case {
  path: Path;
  testbed: Testbed;
  think: "recorded" | "none";
}
function caseOf(seed: number): Case {
  const own = seed % 3 === 0 ? (randomPath(seed) as unknown as PathDocument) : undefined,
    documents = own ? [own] : loadChain(BUILTIN[seed % BUILTIN.length]!);
  return {
    path: own
      ? flatten(documents, {}, own.name)
      : flatten(documents, seed % 2 === 0 ? randomMechanisms(seed) : {}, "random"),
    testbed: randomTestbed(seed, documents as never) as unknown as Testbed,
    think: seed % 4 === 0 ? "recorded" : "none",
  };
}

describe("random traces, each thread of which may end anywhere", () => {
  const SEEDS = 400,
    PART = 50;
  test.each(Array.from({ length: SEEDS / PART }, (_, i) => 1 + i * PART))("seeds from %i", (from) => {
    let cut = 0;
    for (let seed = from; seed < from + PART; seed++) {
      const whole = traceOf(randomTrace(seed, 20 + ((seed * 37) % 160)), 1 + (seed % 50)),
        random = new Random(seed),
        { path, testbed, think } = caseOf(seed);
      const trace = cutTrace(
        whole,
        whole.threads.map(([, , rows]) => (random.chance(0.5) ? rows : random.int(0, rows))),
      );
      const replayOf = (t: typeof trace): unknown =>
        verbsSession(t, testbed, { think, partial: true }).replay(path);
      const { leftOut } = asFarAsAllGo(trace, replayOf);
      if (leftOut.length > 0) cut++;
      // Whatever thread is given all that it left out stops again. But one that waited for polls of another
      // thread, which are cut off too: the trace no longer says that they came before it (R2.38).
      for (const one of leftOut.filter((l) => !/polled by another thread/.test(l.why))) {
        const rowsOf = (l: LeftOut | undefined): number => (l === undefined || l === one ? 0 : l.rows);
        const more = cutTrace(
          trace,
          trace.threads.map(
            ([node, tid, rows]) => rows - rowsOf(leftOut.find((l) => l.node === node && l.tid === tid)),
          ),
        );
        expect(() => replayOf(more), `seed ${seed}, node ${one.node}, thread ${one.tid}`).toThrow(
          StoppedError,
        );
      }
    }
    expect(cut).toBeGreaterThan(0);
  });
});
