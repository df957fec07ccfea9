import { shown, UserError } from "../errors.js";
import type { Frozen } from "./freeze.js";
import { parseTolerance } from "./tolerance.js";
import { UNITS, type Unit } from "./units.js";

/** A published figure, and what to run for the model's own. */
export interface Point {
  readonly id: string;
  readonly area: string;
  /** 0 arithmetic, 1 read at the source, 2 second-hand or broad, 3 quoted from memory. */
  readonly tier: 0 | 1 | 2 | 3;
  /** What was measured, in words. */
  readonly what: string;
  readonly testbed: string;
  /** `name=value` in the value's own unit: what the measured machine is known to differ in. */
  readonly set?: readonly string[];
  readonly path?: string;
  /** The metric is set against the same on this path: a ratio, or an overhead in percent. */
  readonly against?: string;
  readonly as?: "ratio" | "overhead";
  /** One workload, or several whose metrics are averaged. */
  readonly workload: Workload | readonly Workload[];
  readonly metric: Metric;
  /** A known factor between what is run and what was measured. */
  readonly scale?: { readonly by: number; readonly source: string };
  readonly expected: number;
  readonly unit: Unit;
  /** `rel:10%`, `abs:5`, `in:0.2..0.4`, `le:25`, `factor:2` or `exact`. */
  readonly tolerance: string;
  readonly source: string;
  /** Why the model can miss it, or how the figure was understood. */
  readonly note?: string;
}
/** A workload of `verbscope generate` with its options, or a PCIe transfer alone. */
export type Workload = GeneratedWorkload | PcieWorkload;
export type GeneratedWorkload = { readonly generate: string; readonly [option: string]: unknown };
export interface PcieWorkload {
  readonly pcie: "raw" | "tlp" | "write" | "read" | "read+write" | "round-trip";
  readonly bytes?: number;
}
export type Metric =
  | (typeof METRICS)[number]
  | { readonly counters: Readonly<Record<string, number>>; readonly per: string }
  | { readonly layer: string; readonly per: string };
/**
 * Steady figures of verbs: iteration and half-iteration (time),
 * bandwidth, rate; set-up: time before the first post.
 * Memory: access (without instructions and first touches) and loop (with instructions),
 * time per access; pair: the loop's time for two; updates: their rate.
 * pcie: bandwidth, or the time of one read.
 */
export const METRICS = [
  "iteration",
  "half-iteration",
  "bandwidth",
  "rate",
  "set-up",
  "access",
  "pair",
  "updates",
  "pcie",
] as const;

export interface Points {
  readonly schema: "verbscope.points/1";
  readonly title: string;
  /**
   * When the testbeds were last changed before these points were first
   * run, and what they held then (src/validate/freeze.ts).
   */
  readonly frozen?: Frozen;
  readonly points: readonly Point[];
  /** Figures that the model cannot express, and why. */
  readonly left_out?: readonly {
    readonly id: string;
    readonly area: string;
    readonly what: string;
    readonly reason: string;
  }[];
}

const TEXTS = ["id", "area", "what", "testbed", "tolerance", "source", "unit"] as const;

/** Checks a parsed document of points; `from` names it in errors. */
export function checkPoints(doc: unknown, from: string): Points {
  const fail = (what: string): never => {
    throw new UserError(`${from}: ${what}`);
  };
  if (
    typeof doc !== "object" ||
    doc === null ||
    (doc as Points).schema !== "verbscope.points/1" ||
    !Array.isArray((doc as Points).points)
  )
    return fail(
      'is not a document of points: expected { "schema": "verbscope.points/1", ' +
        '"points": [ … ] }; points/published.json is the built-in one',
    );
  const seen = new Set<string>(),
    points: unknown[] = (doc as { points: unknown[] }).points,
    leftOut = (doc as Points).left_out ?? [];
  if (typeof (doc as Points).title !== "string" || (doc as Points).title === "")
    fail("has no title: say in a few words what its points are");
  if (points.length === 0) fail("holds no points: add one");
  (points as Record<string, unknown>[]).forEach((p, i) => {
    const name = typeof p?.id === "string" && p.id !== "" ? `point ${p.id}` : `point number ${i + 1}`;
    if (typeof p !== "object" || p === null) fail(`${name} is not an object`);
    for (const key of TEXTS)
      if (typeof p[key] !== "string" || p[key] === "")
        fail(
          `${name} has no ${key}: every point needs ${TEXTS.join(", ")}, tier, workload, metric and expected`,
        );
    if (seen.has(p.id as string)) fail(`${name} stands twice: give each an id of its own`);
    seen.add(p.id as string);
    if (![0, 1, 2, 3].includes(p.tier as number))
      fail(
        `${name} has tier ${shown(p.tier)}: 0 arithmetic, ` +
          "1 read at the source, 2 second-hand, 3 quoted from memory",
      );
    if (typeof p.expected !== "number" || !Number.isFinite(p.expected) || p.expected === 0)
      fail(`${name} expects ${shown(p.expected)}: give a number other than 0`);
    if (!Object.hasOwn(UNITS, p.unit as string))
      fail(`${name} has unit ${shown(p.unit)}: use one of ${Object.keys(UNITS).join(", ")}`);
    if (parseTolerance(p.tolerance as string, 1) === undefined)
      fail(
        `${name} has tolerance ${shown(p.tolerance)}: write rel:10%, ` +
          "abs:5, in:0.2..0.4, le:25, factor:2 or exact",
      );
    if (p.set !== undefined && !(Array.isArray(p.set) && p.set.every((s) => typeof s === "string")))
      fail(`${name} has a set that is not a list of "name=value"`);
    if (p.scale !== undefined && !(((p.scale as Point["scale"])?.by ?? 0) > 0))
      fail(`${name} has a scale that is not { "by": number above 0, "source": … }`);
    const metric = p.metric as Metric | undefined;
    if (
      !(METRICS as readonly unknown[]).includes(metric) &&
      !(
        typeof metric === "object" &&
        metric !== null &&
        typeof metric.per === "string" &&
        ("counters" in metric || "layer" in metric)
      )
    )
      fail(
        `${name} has metric ${shown(metric)}: use one of ${METRICS.join(", ")}, ` +
          `{ "counters": { … }, "per": … } or { "layer": …, "per": … }`,
      );
    const workloads = Array.isArray(p.workload) ? (p.workload as unknown[]) : [p.workload];
    if (
      workloads.length === 0 ||
      !workloads.every((w) => typeof w === "object" && w !== null && ("generate" in w || "pcie" in w))
    )
      fail(
        `${name} has no workload: write { "generate": "send-lat", ` +
          `"size": 2 } or { "pcie": "write", "bytes": 64 }`,
      );
    if (p.against !== undefined && p.as !== "ratio" && p.as !== "overhead")
      fail(`${name} is set against ${shown(p.against)}, but "as" is neither "ratio" nor "overhead"`);
  });
  if (!Array.isArray(leftOut) || !leftOut.every((l) => typeof l?.id === "string"))
    fail("left_out is no list of { id, area, what, reason }");
  for (const { id } of leftOut) if (seen.has(id)) fail(`${id} is a point and left out at once`);
  return doc as Points;
}
