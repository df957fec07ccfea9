import { COUNTERS, type Counter } from "../../src/abi/counters.js";
import { generate } from "../../src/generate/generate.js";
import type { VerbsOptions } from "../../src/generate/options.js";
import { bytesSource } from "../../src/trace/container/source.js";
import { openSource, type VerbsTrace } from "../../src/trace/read.js";
import type { VerbsRow } from "../../src/trace/table/rows.js";
import { readRows } from "../../src/trace/verbs/read-rows.js";
import { encodeVerbs } from "../../src/trace/verbs/write.js";
import { replayOn } from "./replay.js";
import { traceOf } from "./script.js";

/** ibv_rc_pingpong of both sides, message of `pages` pages. */
export function pingpong(pages: number, options: Partial<VerbsOptions> = {}): VerbsTrace {
  const { builder, metadata } = generate("rc-pingpong", { size: 4096 * pages, iters: 10, ...options });
  return openSource(bytesSource("pingpong.arrow", encodeVerbs(builder, metadata)));
}

export interface Phase {
  verb: string;
  state: number;
  counters: Record<Counter, number>;
}
const DATA = new Set(["post_send", "poll_cq"]);

/**
 * What each control call (and all post_recv together) of the client's program
 * adds to the counters: replays of ever longer beginnings of it.
 */
export function phases(pages: number, path: string): Phase[] {
  const rows = [...readRows(pingpong(pages))]
    .filter((r) => r.node === 1 && !DATA.has(r.verb))
    .map((r): VerbsRow => ({ ...r, node: 0 }));
  const ends = rows.flatMap((r, i) =>
    r.verb === "post_recv" && rows[i + 1]?.verb === "post_recv" ? [] : [i + 1],
  );
  let before = Object.fromEntries(COUNTERS.map((c) => [c, 0])) as Record<Counter, number>;
  return ends.map((end) => {
    const after = replayOn(traceOf(rows.slice(0, end)), path).counters;
    const counters = Object.fromEntries(COUNTERS.map((c) => [c, after[c] - before[c]])) as Record<
      Counter,
      number
    >;
    before = after;
    return { verb: rows[end - 1]!.verb, state: rows[end - 1]!.qp_state, counters };
  });
}
