/** What a tolerance allows for an expected figure: from `low` to `high`. */
export interface Allowed {
  readonly low: number;
  readonly high: number;
}

/** Counts are exact; sums of rounded times are so within this. */
const EXACT = 1e-9;

/**
 * `rel:10%`, `abs:5`, `in:0.2..0.4`, `le:25`, `factor:2` or `exact`; nothing when the text is none of them.
 */
export function parseTolerance(text: string, expected: number): Allowed | undefined {
  const match = /^(rel|abs|in|le|factor):([\d.]+?)(?:\.\.([\d.]+))?(%?)$/.exec(text),
    around = (by: number): Allowed => ({ low: expected - by, high: expected + by });
  if (text === "exact") return around(Math.abs(expected) * EXACT);
  if (!match) return undefined;
  const [, kind, first, second, percent] = match,
    a = Number(first),
    b = Number(second ?? NaN);
  if (
    !Number.isFinite(a) ||
    (kind === "in") !== (second !== undefined) ||
    (percent === "%") !== (kind === "rel")
  )
    return undefined;
  switch (kind) {
    case "rel":
      return around((Math.abs(expected) * a) / 100);
    case "abs":
      return around(a);
    case "in":
      return Number.isFinite(b) && a <= b ? { low: a, high: b } : undefined;
    case "le":
      return { low: -Infinity, high: a };
    default:
      return a >= 1 ? { low: expected / a, high: expected * a } : undefined;
  }
}
