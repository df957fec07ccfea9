import { describe, expect, test } from "vitest";
import { generate } from "../../src/generate/generate.js";
import { loadPath } from "../../src/path/load.js";
import { replay } from "../../src/replay/replay.js";
import { loadTestbed } from "../../src/testbed/load.js";
import type { VerbsTrace } from "../../src/trace/read.js";
import { VerbsBuilder } from "../../src/trace/verbs/columns-builder.js";
import { readRows } from "../../src/trace/verbs/read-rows.js";
import { encodeVerbs } from "../../src/trace/verbs/write.js";
import { capture } from "../support/captures.js";
import { scratch } from "../support/files.js";

const { trace: written } = scratch();
const testbed = loadTestbed("thesis-2014");
const paths = ["native", "virt-ib+memory=memlink"].map(loadPath);

/** The same rows and metadata in batches of another length. */
function rebatched(trace: VerbsTrace, batchRows: number): VerbsTrace {
  const builder = new VerbsBuilder(batchRows);
  for (const row of readRows(trace)) builder.add(row);
  return written(encodeVerbs(builder, trace.metadata));
}

describe.each(["write-lat-8", "rc-pingpong-events", "send-bw-srq"] as const)("a replay of %s", (name) => {
  const whole = replay(capture(name), paths, testbed, { think: "recorded" });
  test.each([7, 1000, 65536])("does not depend on batches of %i rows", (batchRows) => {
    const other = replay(rebatched(capture(name), batchRows), paths, testbed, { think: "recorded" });
    expect(other.replays).toEqual(whole.replays);
    expect(other.digest).toBe(whole.digest);
    expect(other.trace.digest).not.toBe(whole.trace.digest); // the file did change
  });
});

test.each(["send-lat", "write-bw", "rc-pingpong"] as const)(
  "%s in batches of 1, 7 and 65536 rows has one digest",
  (workload) => {
    const digests = [1, 7, 65536].map((batchRows) => {
      const { builder, metadata } = generate(
        workload,
        {
          iters: 12,
          size: 9000,
          rxDepth: 16,
          ...(workload === "write-bw" ? { postList: 4, txDepth: 8 } : {}),
        },
        batchRows,
      );
      return replay(written(encodeVerbs(builder, metadata)), paths, testbed).digest;
    });
    expect(digests[0]).toMatch(/^sha256:[0-9a-f]{64}$/);
    expect(new Set(digests).size).toBe(1);
  },
);

test("the digest is that of the input: again the same, another one for another value, path or trace", () => {
  const digest = (options: { set?: string[]; path?: string; iters?: number }): string => {
    const { builder, metadata } = generate("send-lat", { iters: options.iters ?? 5 });
    return replay(
      written(encodeVerbs(builder, metadata)),
      [loadPath(options.path ?? "native")],
      loadTestbed("thesis-2014", options.set ?? []),
    ).digest;
  };
  const all = [{}, { set: ["cpu.syscall=66"] }, { path: "memlink" }, { iters: 6 }].map(digest);
  expect(digest({})).toBe(all[0]);
  expect(new Set(all).size).toBe(4);
});
