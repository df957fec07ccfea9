import { UserError } from "../../errors.js";
import { type OperationResult, type ReplayResult, windowOf } from "./result.js";

/** A whole number that a replay gives. */
export interface Metric {
  readonly name: string;
  readonly unit: "ps" | "bytes/s";
  of(replay: ReplayResult): bigint;
}

const STATISTICS = ["min", "mean", "p50", "p90", "p99", "p999", "max"] as const;
export const METRICS_HELP =
  "time, data-path, throughput, steady, or STATISTIC:VERB[:OPCODE[:SIZE]] " +
  "such as p99:message or p50:post_send:RDMA_WRITE:4096";

function throughput(r: ReplayResult): bigint {
  const ps = windowOf(r);
  if (ps <= 0n)
    throw new UserError(
      `--metric throughput: on ${r.path} nothing is posted and completed, ` +
        "so there is no throughput; use --metric time",
    );
  return (BigInt(r.throughput.bytes) * 10n ** 12n) / ps;
}
function steady(r: ReplayResult): bigint {
  if (!r.memory)
    throw new UserError(
      "--metric steady: is about memory accesses, " +
        "but no memory trace is replayed; give one, or use --metric time",
    );
  return BigInt(r.memory.access_ps) - BigInt(r.memory.first_touch_ps);
}

const PLAIN: Record<string, Metric> = {
  time: { name: "time", unit: "ps", of: (r) => BigInt(r.makespan_ps) },
  "data-path": { name: "data-path", unit: "ps", of: windowOf },
  throughput: { name: "throughput", unit: "bytes/s", of: throughput },
  steady: { name: "steady", unit: "ps", of: steady },
};

export function parseMetric(text: string): Metric {
  const plain = Object.hasOwn(PLAIN, text) ? PLAIN[text] : undefined;
  if (plain) return plain;
  const [statistic, verb, opcode, size, ...rest] = text.split(":");
  if (verb === undefined || rest.length > 0 || !(STATISTICS as readonly string[]).includes(statistic!))
    throw new UserError(`--metric ${text}: not a metric; write ${METRICS_HELP}`);
  const fits = (o: OperationResult): boolean =>
    o.verb === verb &&
    (opcode === undefined || o.opcode === opcode) &&
    (size === undefined || o.size_class === size) &&
    (size !== undefined || verb !== "post_send" || o.size_class !== "none");
  return {
    name: text,
    unit: "ps",
    of: (r) => {
      const found = r.operations.filter(fits);
      const list = (of: readonly OperationResult[]): string =>
        of
          .slice(0, 8)
          .map((o) => `${o.verb}:${o.opcode}:${o.size_class}`)
          .join(", ") + (of.length > 8 ? ", …" : "");
      if (found.length === 0)
        throw new UserError(
          `--metric ${text}: no such operation on ${r.path}; there are ${list(r.operations) || "none"}`,
        );
      if (found.length > 1)
        throw new UserError(
          `--metric ${text}: ${found.length} classes of operations fit, ` +
            `and quantiles of several cannot be joined; name one of ${list(found)}`,
        );
      return BigInt(found[0]!.latency_ps[statistic as (typeof STATISTICS)[number]]);
    },
  };
}
