import { expect, test } from "vitest";
import { ANY, RECV } from "../../src/import/goal/line.js";
import { type Envelope, Matching, Routes } from "../../src/import/goal/matching.js";
import { type Op, type Rank, Thread } from "../../src/import/goal/thread.js";
import { Random } from "../support/random/rng.js";

const takes = (op: Op, { source, tag }: Envelope): boolean =>
  (op.peer === ANY || op.peer === source) && (op.tag === ANY || op.tag === tag);

/** Receives of a rank, some of which leave source or tag open. */
function rankOf(random: Random): Rank {
  const cpus = new Map([2, 5].map((cpu) => [cpu, new Thread(0, cpu)])),
    open = random.int(0, 3);
  const ops = Array.from({ length: random.int(1, 60) }, (_, line): Op => {
    return {
      kind: RECV,
      size: 1,
      peer: (open & 1) === 1 && random.chance(0.4) ? ANY : random.int(0, 3),
      tag: (open & 2) === 2 && random.chance(0.4) ? ANY : random.int(0, 3),
      thread: cpus.get(random.pick([2, 5]))!,
      line,
      waits: 0,
      ends: [],
      starts: [],
      state: "waits",
    };
  });
  return { cpus, ops };
}

test.each(Array.from({ length: 60 }, (_, seed) => seed))(
  "receives get what a search finds, seed %i",
  (seed) => {
    const random = new Random(seed, 13),
      rank = rankOf(random),
      matching = new Matching<Envelope>(rank),
      begun: Op[] = [],
      early: Envelope[] = [],
      waiting = [...rank.ops];
    for (let n = 0; n < 150; n++) {
      if (random.chance(0.5)) {
        const message = { source: random.int(0, 3), tag: random.int(0, 3) },
          at = begun.findIndex((op) => takes(op, message));
        expect(matching.arrive(message)).toBe(begun[at]);
        if (at >= 0) begun.splice(at, 1);
        else early.push(message);
      } else if (waiting.length > 0) {
        const op = waiting.splice(random.int(0, waiting.length - 1), 1)[0]!,
          at = early.findIndex((message) => takes(op, message));
        expect(matching.begin(op)).toBe(early[at]);
        if (at >= 0) early.splice(at, 1);
        else begun.push(op);
      }
      expect(matching.left).toBe(early.length);
    }
  },
);

test.each(Array.from({ length: 20 }, (_, seed) => seed))(
  "messages go to the cpu of the first receive, seed %i",
  (seed) => {
    const rank = rankOf(new Random(seed, 17)),
      routes = new Routes(rank);
    for (let source = 0; source < 5; source++)
      for (let tag = 0; tag < 5; tag++)
        expect(routes.cpuOf({ source, tag })).toBe(
          rank.ops.find((op) => takes(op, { source, tag }))?.thread.cpu ?? 2,
        );
  },
);
