import type { OperationResult, ReplayResult } from "../replay/result/result.js";

/** The class of operations that moved most bytes: messages where there are any. */
export function largestMessageClass(r: ReplayResult): OperationResult | undefined {
  const of = (verb: string): OperationResult[] =>
    r.operations.filter((o) => o.verb === verb && o.size_class !== "none");
  const candidates = of("message").length > 0 ? of("message") : of("post_send");
  return [...candidates].sort((a, b) => b.count - a.count || Number(b.bytes) - Number(a.bytes))[0];
}
