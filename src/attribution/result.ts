import type { Integer } from "../numbers.js";
import type { Result } from "../replay/result/document.js";
import type { Tolerance } from "./tolerance.js";

/**
 * verbscope.attribution/1 (schemas/attribution.schema.json). Whole
 * numbers are in the metric's unit, layers in ps.
 */
export interface Attribution {
  schema: "verbscope.attribution/1";
  digest: string;
  tool: Result["tool"];
  testbed: Result["testbed"];
  trace: Result["trace"];
  metric: { name: string; unit: "ps" | "bytes/s" };
  from: AttributedPath;
  to: AttributedPath;
  /** Value of `to` less that of `from`. */
  difference: Integer;
  method: { kind: "exact" } | { kind: "sampled"; orders: number; seed: number; confidence: number };
  /** Combinations of mechanisms that were needed, and those of them that had to be replayed. */
  combinations: { needed: number; replayed: number; unreal: number };
  mechanisms: MechanismShare[];
  /** Difference of each layer of the critical path. */
  layers: Record<string, Integer>;
  /** Shapley interaction of each pair; null when the shares are sampled. */
  interactions: { a: string; b: string; value: Integer; exact: string }[] | null;
  points: { changed: string[]; path: string; value: Integer; replayed: string }[];
  tolerance?: Tolerance;
  notes: string[];
}
export interface AttributedPath {
  path: string;
  mechanisms: Record<string, string>;
  value: Integer;
  layers: Record<string, Integer>;
}
export interface MechanismShare {
  name: string;
  from: string;
  to: string;
  share: Integer;
  /** The share before rounding, a fraction in lowest terms. */
  exact: string;
  /** Of the difference; null when there is none. */
  part: number | null;
  /** Half of the 95 % confidence interval's width; null when the share is exact. */
  half_width: Integer | null;
  /** What changing it alone does to `from`. */
  add_one_in: Integer;
  /** What having changed it last does: `to` less `to` with it set back. */
  leave_one_out: Integer;
  /** What it changes in each layer of the critical path. */
  layers: Record<string, Integer>;
}
