import { UserError } from "../../../errors.js";
import type { Result } from "../../../replay/result/document.js";

type Kind = "text" | "number" | "whole" | "list" | "ledger" | "object";
type Need = readonly [path: string, kind: Kind];
const TRACE: readonly Need[] = [
  ["rows", "whole"],
  ["replayed", "whole"],
  ["spin", "whole"],
  ["refused", "whole"],
  ["nodes", "whole"],
  ["threads", "whole"],
  ["schema", "text"],
  ["digest", "text"],
  ["think", "text"],
  ["fields", "object"],
  ["notes", "list"],
];
const LEFT_OUT: readonly Need[] = [
  ["node", "whole"],
  ["name", "text"],
  ["tid", "whole"],
  ["rows", "whole"],
  ["from_row", "whole"],
  ["why", "text"],
];
const ACCESSES: readonly Need[] = [
  ["file", "text"],
  ["digest", "text"],
  ["rows", "whole"],
  ["replayed", "whole"],
  ["refused", "whole"],
  ["fields", "object"],
];
const USE: readonly Need[] = [
  ["kinds", "ledger"],
  ["pages", "whole"],
  ["pages_2m", "whole"],
  ["regions", "list"],
  ["hottest_pages", "list"],
  ["working_set", "list"],
  ["link.asked", "text"],
  ["link.pages", "whole"],
  ["placement", "text"],
];
const REPLAY: readonly Need[] = [
  ["mechanisms", "object"],
  ["layers", "ledger"],
  ["counters", "ledger"],
  ["data_path.bytes_per_s", "number"],
  ["data_path.ops_per_s", "number"],
];
const LATENCY = ["min", "mean", "p50", "p90", "p99", "p999", "max"].map(
  (q): Need => [`latency_ps.${q}`, "whole"],
);
const BY_QP: readonly Need[] = [["node", "whole"], ["qp", "whole"], ["count", "whole"], ...LATENCY];
const OPERATION: readonly Need[] = [
  ["count", "whole"],
  ["bytes", "whole"],
  ["service", "ledger"],
  ["wait", "ledger"],
  ...LATENCY,
];
const MEMORY: readonly Need[] = [
  ...["accesses", "access_ps", "translation_ps", "first_touch_ps", "pages_linked"].map(
    (n): Need => [n, "whole"],
  ),
  ["access_ps_mean", "number"],
  ["translation_ps_mean", "number"],
  ["structures", "list"],
  ...["data", "guest", "host"].map((n): Need => [`references.${n}`, "ledger"]),
];

const isObject = (x: unknown): x is Record<string, unknown> =>
  typeof x === "object" && x !== null && !Array.isArray(x);
const whole = (x: unknown): boolean =>
  (typeof x === "number" && Number.isSafeInteger(x)) || (typeof x === "string" && /^-?\d{1,20}$/.test(x));
const IS: Record<Kind, (x: unknown) => boolean> = {
  text: (x) => typeof x === "string",
  number: (x) => typeof x === "number" && Number.isFinite(x),
  whole,
  list: Array.isArray,
  object: isObject,
  ledger: (x) => isObject(x) && Object.values(x).every(whole),
};

/**
 * A page shows more of a result than a comparison reads: what is missing is said before anything is drawn.
 */
export function complete(result: Result): void {
  const check = (x: unknown, at: string, needs: readonly Need[]): void => {
    for (const [path, kind] of needs) {
      const value = path.split(".").reduce<unknown>((o, key) => (isObject(o) ? o[key] : undefined), x);
      if (!IS[kind](value))
        throw new UserError(
          `${result.trace.file}: ${at}.${path} is ` +
            `${value === undefined ? "missing" : "not what verbscope.result/1 says"}: ` +
            "write the result again with verbscope replay TRACE --json",
        );
    }
  };
  check(result, "result", [
    ["digest", "text"],
    ["tool.name", "text"],
    ["tool.version", "text"],
    ["testbed.title", "text"],
  ]);
  check(result.trace, "trace", TRACE);
  result.trace.left_out?.forEach((l, i) => check(l, `trace.left_out[${i}]`, LEFT_OUT));
  if (result.trace.memory_trace) check(result.trace.memory_trace, "trace.memory_trace", ACCESSES);
  if (result.trace.memory) check(result.trace.memory, "trace.memory", USE);
  result.trace.memory?.regions.forEach((r, i) =>
    check(r, `trace.memory.regions[${i}]`, [
      ["name", "text"],
      ["start", "text"],
      ["bytes", "whole"],
      ["pages", "whole"],
      ["accesses", "whole"],
    ]),
  );
  result.trace.memory?.working_set.forEach((w, i) =>
    check(w, `trace.memory.working_set[${i}]`, [
      ["pages", "whole"],
      ["new_pages", "whole"],
    ]),
  );
  for (const [name, v] of Object.entries(result.testbed.values))
    check(v, `testbed.values.${name}`, [["source", "text"]]);
  result.replays.forEach((r, i) => {
    check(r, `replays[${i}]`, REPLAY);
    r.operations.forEach((o, k) => check(o, `replays[${i}].operations[${k}]`, OPERATION));
    r.latencies_by_qp?.forEach((q, k) => check(q, `replays[${i}].latencies_by_qp[${k}]`, BY_QP));
    if (r.memory) check(r.memory, `replays[${i}].memory`, MEMORY);
    r.memory?.structures.forEach((s, k) =>
      check(s, `replays[${i}].memory.structures[${k}]`, [
        ["name", "text"],
        ["hits", "whole"],
        ["misses", "whole"],
      ]),
    );
  });
}
