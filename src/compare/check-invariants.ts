import { shown, UserError } from "../errors.js";
import { perSecond } from "../numbers.js";
import { digestOf, type Result } from "../replay/result/document.js";
import {
  compareWithNative,
  type OperationResult,
  type ReplayResult,
  windowOf,
} from "../replay/result/result.js";

/** Ratios are printed to the last digit of a double; a document written elsewhere may round that one. */
const CLOSE = 1e-12;

/**
 * What holds for every result that a replay wrote (R5.1): layers sum to the makespan, service and waits of a
 * class to its latencies, ratios are those of the numbers beside them, and the digest is that of the document.
 * `from` names the result in errors.
 */
export function checkInvariants(result: Result, from: string): void {
  const fail = (what: string): never => {
    throw new UserError(
      `${from}: ${what}; the file was damaged or changed after it was written: ` +
        "write it again with verbscope replay TRACE --json",
    );
  };
  result.replays.forEach((r, i) => {
    const at = `replays[${i}]`;
    const sum = total(r.layers);
    if (sum !== BigInt(r.makespan_ps))
      fail(`the layers of ${at} sum to ${sum} ps, its makespan is ${r.makespan_ps} ps`);
    if (windowOf(r) < 0n) fail(`the data path of ${at} ends before it starts`);
    for (const [part, ps] of [
      ["throughput", BigInt(r.makespan_ps)],
      ["data_path", windowOf(r)],
    ] as const) {
      const should = perSecond(Number(r.throughput.bytes), ps);
      if (!close(r[part].bytes_per_s, should))
        fail(
          `${at}.${part}.bytes_per_s is ${shown(r[part].bytes_per_s)}, its bytes and times make it ${should}`,
        );
    }
    r.operations.forEach((o, k) => {
      const parts = total(o.service) + total(o.wait);
      if (o.count === 0 || parts / BigInt(o.count) !== BigInt(o.latency_ps.mean))
        fail(`${at}.operations[${k}]: service and wait sum to ${parts} ps, not to ${o.count} mean latencies`);
    });
  });
  checkRatios(result.replays, fail);
  const digest = digestOf(result);
  if (digest !== result.digest)
    fail(`its digest is ${shown(result.digest)}, that of what it says is ${digest}`);
}

const close = (is: number, should: number): boolean => Math.abs(is - should) <= CLOSE * Math.abs(should);
const total = (parts: OperationResult["service"]): bigint =>
  Object.values(parts).reduce<bigint>((sum, v) => sum + BigInt(v), 0n);

function checkRatios(replays: readonly ReplayResult[], fail: (what: string) => never): void {
  const again = replays.map((r) => ({ ...r }));
  compareWithNative(again);
  replays.forEach((r, i) => {
    for (const [name, should] of Object.entries(again[i]!.against_native ?? {})) {
      const is = r.against_native?.[name as keyof typeof r.against_native] ?? null;
      if (is === null || should === null ? is !== should : !close(is, should))
        fail(
          `replays[${i}].against_native.${name} is ${shown(is)}, the numbers beside it make it ${shown(should)}`,
        );
    }
  });
}
