import { expect, test } from "vitest";
import type { Ledger } from "../../src/explain/charges.js";
import { loadPath } from "../../src/path/load.js";
import { verbsSession } from "../../src/replay/replay.js";
import { loadTestbed } from "../../src/testbed/load.js";
import type { VerbsTrace } from "../../src/trace/read.js";
import { steps } from "../../tools/pages/stages/ways.mjs";
import { CAPTURES, capture } from "../support/captures.js";
import { followed } from "../support/followed.js";
import { generated } from "../support/generated.js";
import { INLINE, message, pair, SIGNALED, send, traceOf } from "../support/script.js";

const path = loadPath("native"),
  testbed = loadTestbed("thesis-2014");

/** "FROM TO" of the stages that an operation passes one after the other. */
function moves({ charges }: Ledger): string[] {
  const visits = charges.flatMap((c) => (c.wait || c.stage === undefined ? [] : [c]));
  return visits.flatMap((c, i) => {
    const before = visits[i - 1];
    if (!before || (before.stage === c.stage && before.place === c.place)) return [];
    return [`${before.stage} ${c.stage}`];
  });
}
function movesOf(trace: VerbsTrace): string[] {
  const { ledgers } = followed(verbsSession(trace, testbed), path);
  trace.close();
  return ledgers.flatMap(moves);
}

test("operations go the ways of the picture in docs/model.md, and each of them is gone", () => {
  const traces = [
    ...CAPTURES.map(capture),
    generated("read-lat", { iters: 3, size: 65536 }),
    generated("atomic-lat", { iters: 3, size: 8 }),
    traceOf([...pair(), send("RDMA_READ", 0), send("LOCAL_INV", 0, { num_sge: 0, sge: [] })]),
    traceOf([...pair(), ...message("SEND", 0), ...message("SEND", 100_000)]),
    traceOf([...pair({ inline: 64 }), ...message("SEND", 32, { flags: SIGNALED | INLINE })]),
    traceOf([...pair({ type: 1 }), ...message("SEND", 64)]),
  ];
  const seen = new Set(traces.flatMap(movesOf));
  expect([...seen].sort()).toEqual([...new Set(steps())].sort());
});
