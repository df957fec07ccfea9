import { fileURLToPath } from "node:url";
import { packageUrl } from "../../../src/files.js";
import {
  type Attribution,
  attribute,
  loadPath,
  loadTestbed,
  openMemoryTrace,
  openTrace,
  type Result,
  replay,
  replayMemory,
  verbsSession,
  withUncertainty,
} from "../../../src/index.js";
import { around, controls, together } from "../../support/coupled.js";

const PATHS = ["native", "virt-ib", "memlink"];
const file = (name: string): string => fileURLToPath(packageUrl(`traces/${name}.arrow`));
const bed = (): ReturnType<typeof loadTestbed> => loadTestbed("thesis-2014");
function once<T>(make: () => T): () => T {
  let made: T | undefined;
  return () => (made ??= make());
}

export const verbs = once(
  (): Result => replay(openTrace(file("rc-pingpong-4k")), PATHS.map(loadPath), bed()),
);
/** With drawn testbeds, and times that can be held against the recording's. */
export const sure = once((): Result => {
  const result = replay(openTrace(file("write-lat-8")), PATHS.map(loadPath), bed(), {
    extend: (session, paths, replays) => withUncertainty(session, paths, replays, { draws: 20 }),
  });
  const checked = { recorded_ps: 2_000_000, model_ps: 1_500_000, error: -0.25 };
  return {
    ...result,
    self_check: {
      comparable: true,
      total: checked,
      data_path: checked,
      verbs: [{ verb: "post_send", calls: 1000, ...checked }],
    },
  };
});
export const classes = once((): Result => replay(openTrace(file("ucx-tag-lat")), PATHS.map(loadPath), bed()));
export const onePath = once(
  (): Result => replay(openTrace(file("send-bw-srq")), [loadPath("memlink")], bed()),
);
export const memory = once(
  (): Result =>
    replayMemory(openMemoryTrace(file("hpcc-randomaccess")), PATHS.map(loadPath), bed(), { link: "heap" }),
);
export const coupled = once(
  (): Result => together({ verbs: controls(), accesses: around(50), path: "memlink" }),
);
/** A program that does nothing. */
export const nothing = once((): Result => {
  const r = structuredClone(verbs());
  for (const p of r.replays)
    Object.assign(p, {
      makespan_ps: 0,
      layers: {},
      counters: {},
      operations: [],
      throughput: { bytes: 0, bytes_per_s: 0, ops_per_s: 0 },
      data_path: { start_ps: 0, end_ps: 0, bytes_per_s: 0, ops_per_s: 0 },
    });
  return r;
});
export const attribution = once(
  (): Attribution => attribute(verbsSession(openTrace(file("rc-pingpong-4k")), bed()), "virt-ib", "memlink"),
);

export const HOSTILE =
  `<script>alert(1)</script>"onload="alert(2)" 'onclick='x' ]]>--><img ` +
  `src=http://evil.example/x onerror=alert(3)>\u202egpj\u0000\u001b[31m&amp;\ud800`;
const tagged = (x: unknown): unknown => (typeof x === "string" && !/^\d+$/.test(x) ? `${HOSTILE}${x}` : x);
/** What a reader of results takes from a file as text, and what it goes by: those stay as they are. */
const KEPT = new Set(["schema", "verb", "size_class", "makespan_ps"]);
/**
 * A result with hostile text before every text and in every name
 * of a mechanism, field, counter and testbed value.
 */
export function hostile(result: Result): Result {
  const within = (x: unknown, key: string): unknown => {
    if (Array.isArray(x)) return x.map((v) => within(v, key));
    if (typeof x !== "object" || x === null) return KEPT.has(key) ? x : tagged(x);
    return Object.fromEntries(
      Object.entries(x).map(([k, v]) => [
        ["mechanisms", "fields", "counters", "values"].includes(key) ? `${HOSTILE}${k}` : k,
        within(v, k),
      ]),
    );
  };
  const evil = within(result, "") as Result;
  for (const r of evil.replays) for (const s of r.memory?.structures ?? []) s.hits = Number(s.hits);
  return evil;
}
