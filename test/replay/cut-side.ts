import { loadPath } from "../../src/path/load.js";
import { type PartialOptions, replayPartial } from "../../src/replay/partial.js";
import type { Result } from "../../src/replay/result/document.js";
import { loadTestbed } from "../../src/testbed/load.js";
import type { VerbsTrace } from "../../src/trace/read.js";
import { cutTrace } from "../../src/trace/verbs/cut.js";
import { capture } from "../support/captures.js";

/** A bundled trace of which one node's threads end after this share of their rows. */
export function cutSide(name: Parameters<typeof capture>[0], side: number, share: number): VerbsTrace {
  const whole = capture(name);
  try {
    return cutTrace(
      whole,
      whole.threads.map(([node, , rows]) => (node === side ? Math.floor(rows * share) : rows)),
    );
  } finally {
    whole.close();
  }
}

export const partial = (
  trace: VerbsTrace,
  paths: readonly string[] = ["native", "virt-ib"],
  options: PartialOptions = {},
): Result => replayPartial(trace, paths.map(loadPath), loadTestbed("thesis-2014"), options);

/** Rows of a result that are accounted for. */
export const accounted = ({ trace: t }: Result): number =>
  t.replayed + t.spin + t.refused + (t.left_out ?? []).reduce((n, l) => n + l.rows, 0);
