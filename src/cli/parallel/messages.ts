import type { BreakEvenOptions } from "../../attribution/break-even.js";
import type { Testbed } from "../../testbed/document.js";
import type { Point } from "../../validate/points.js";
import type { ReplayArguments } from "../support/replay-options.js";

/** What a thread needs to make the session of a command for itself. */
export interface Recipe {
  readonly command: string;
  readonly files: readonly string[];
  readonly testbed: Testbed;
  readonly options: ReplayArguments;
}
/** What a thread starts with: a recipe where it is to replay a trace, and where it counts signs of life (one Int32). */
export interface Start {
  readonly recipe: Recipe | undefined;
  readonly signs: SharedArrayBuffer;
}
/** Documents are large and few: each goes to a thread once, under a number. */
export type Message =
  | { readonly kind: "document"; readonly number: number; readonly document: unknown }
  | { readonly kind: "replay"; readonly ticket: number; readonly path: number; readonly testbed: number }
  | { readonly kind: "measure"; readonly ticket: number; readonly point: Point }
  | { readonly kind: "break-even"; readonly ticket: number; readonly run: SizeRun };
/** One size of a break-even document. */
export interface SizeRun {
  readonly size: number;
  readonly from: string;
  readonly to: string;
  readonly testbed: Testbed;
  readonly options: Omit<BreakEvenOptions, "sizes" | "onStep" | "measure">;
}
export interface Answer {
  readonly ticket: number;
  /** An Outcome of "replay", a number of "measure", a SizeBreakEven of "break-even". */
  readonly value?: unknown;
  readonly error?: { readonly user: boolean; readonly message: string; readonly stack: string };
}
