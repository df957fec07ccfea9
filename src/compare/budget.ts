import { LAYER_GROUPS, LAYERS } from "../abi/layers.js";
import { UserError } from "../errors.js";
import { type Integer, integer } from "../numbers.js";
import type { ReplayResult } from "../replay/result/result.js";
import { percentOf } from "./differences.js";
import { quantitiesOf, type Unit } from "./quantities.js";

/**
 * How much a quantity may get worse, as the user writes it:
 * `vm.exit=2%`, `total=100us`, `counter:exits.heavy=0`.
 */
export interface Budget {
  readonly text: string;
  readonly target: string;
  /** Millionths of the base, or whole units. */
  readonly limit: { readonly relative: boolean; readonly amount: bigint };
}
/** One budget held against one pair of replays. */
export interface Verdict {
  budget: string;
  /** What it was held against: the budget's target, or one layer of `layer=…`. */
  quantity: string;
  unit: Unit;
  base: Integer;
  new: Integer;
  /** By how much it got worse: grown, or fallen for throughput; negative when it got better. */
  worse: Integer;
  percent: number | null;
  exceeded: boolean;
}

const TIMES: Record<string, bigint> = {
  ps: 1n,
  ns: 1000n,
  us: 1_000_000n,
  ms: 1_000_000_000n,
  s: 1_000_000_000_000n,
};
const HELP =
  "write TARGET=LIMIT: a layer, a layer group, layer (each of them), total, " +
  "data-path, throughput, memory.access, counter:NAME or " +
  "operation:VERB:OPCODE:SIZE:STATISTIC, and 2%, 100ns, 5us, 1ms or a count";
const PLAIN = [
  "layer",
  "total",
  "data-path",
  "throughput",
  "memory.access",
  "memory.translation",
  "memory.first_touch",
];

export function parseBudget(text: string): Budget {
  const at = text.lastIndexOf("="),
    target = text.slice(0, at),
    limit = text.slice(at + 1);
  const m = /^(\d{1,15})(?:\.(\d{1,6}))?\s*(%|ps|ns|us|µs|ms|s)?$/.exec(limit.trim());
  if (at < 1 || !m) throw new UserError(`--budget ${text}: not a budget; ${HELP}`);
  if (
    !PLAIN.includes(target) &&
    !(LAYERS as readonly string[]).includes(target) &&
    !Object.hasOwn(LAYER_GROUPS, target) &&
    !/^(counter|operation):./.test(target)
  ) {
    throw new UserError(
      `--budget ${text}: there is no layer or group "${target}"; ` +
        `layers are ${LAYERS.join(", ")}, groups ${Object.keys(LAYER_GROUPS).join(", ")}`,
    );
  }
  const millionths = BigInt(m[1]!) * 1_000_000n + BigInt((m[2] ?? "").padEnd(6, "0")),
    unit = m[3] === "µs" ? "us" : m[3];
  if (unit === "%") return { text, target, limit: { relative: true, amount: millionths / 100n } };
  const counts = target.startsWith("counter:") || target.endsWith(":count");
  if (target === "throughput")
    throw new UserError(`--budget ${text}: throughput takes a limit in percent, such as throughput=1%`);
  if (counts === (unit !== undefined))
    throw new UserError(
      `--budget ${text}: ` +
        (counts
          ? "a count takes no unit; write a number or a percentage"
          : "a time needs a unit; write ps, ns, us, ms, s or a percentage"),
    );
  return {
    text,
    target,
    limit: { relative: false, amount: (millionths * (unit === undefined ? 1n : TIMES[unit]!)) / 1_000_000n },
  };
}

/** Holds a budget against a pair; `layer` gives a verdict for each layer that either has. */
export function judge({ text, target, limit }: Budget, base: ReplayResult, now: ReplayResult): Verdict[] {
  const a = quantitiesOf(base),
    b = quantitiesOf(now);
  const verdict = (quantity: string, unit: Unit, from: bigint, to: bigint): Verdict => {
    const worse = unit === "bytes/s" ? from - to : to - from;
    const exceeded = limit.relative ? worse * 1_000_000n > limit.amount * from : worse > limit.amount;
    return {
      budget: text,
      quantity,
      unit,
      base: integer(from),
      new: integer(to),
      worse: integer(worse),
      percent: percentOf(from, from + worse),
      exceeded,
    };
  };
  const layer = (name: string): [bigint, bigint] => [
    a.get(`layer ${name}`)?.value ?? 0n,
    b.get(`layer ${name}`)?.value ?? 0n,
  ];
  if (target === "layer")
    return LAYERS.filter((l) => a.has(`layer ${l}`) || b.has(`layer ${l}`)).map((l) =>
      verdict(l, "ps", ...layer(l)),
    );
  if (Object.hasOwn(LAYER_GROUPS, target)) {
    const sum = (side: 0 | 1): bigint => LAYER_GROUPS[target]!.reduce((n, l) => n + layer(l)[side], 0n);
    return [verdict(target, "ps", sum(0), sum(1))];
  }
  if ((LAYERS as readonly string[]).includes(target)) return [verdict(target, "ps", ...layer(target))];
  const key = target.includes(":") ? target.replace(":", " ") : `total ${target}`,
    x = a.get(key),
    y = b.get(key);
  if (!x || !y) {
    const kind = key.slice(0, key.indexOf(" ")),
      both = [...a.keys()]
        .filter((k) => k.startsWith(`${kind} `) && b.has(k))
        .map((k) => k.replace(" ", ":"));
    throw new UserError(
      `--budget ${text}: ${base.path} and ${now.path} do not both have ${target}; ` +
        `there are ${both.slice(0, 12).join(", ") || "none"}${both.length > 12 ? ", …" : ""}`,
    );
  }
  return [verdict(target, x.unit, x.value, y.value)];
}
