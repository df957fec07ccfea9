import { sha256 } from "../replay/result/document.js";
import type { Testbed } from "../testbed/document.js";
import { loadTestbed } from "../testbed/load.js";

/** The state of the testbeds when points were first run against them. */
export interface Frozen {
  readonly date: string;
  readonly commit: string;
  /** What a reader should know besides: figures that had been looked at before. */
  readonly note?: string;
  /** The testbed values that there were; values that came later say nothing of the figures reached then. */
  readonly values: readonly string[];
  /** Digest of these figures and their ranges in each testbed (`figuresDigest`). */
  readonly testbeds: Readonly<Record<string, string>>;
}

/** Of what a testbed says of these values, without titles and sources: values, ranges and units by name. */
export function figuresDigest(testbed: Testbed, values: readonly string[]): string {
  const figure = (name: string): string => {
    const v = testbed.values[name];
    return v === undefined ? `${name} is gone` : `${name} ${v.value} ${v.low} ${v.high} ${v.unit}`;
  };
  return sha256([...values].sort().map(figure).join("\n"));
}

/** Testbeds that have changed since the freeze: an agreement reached by changing them would prove nothing. */
export function changedSince({ testbeds, values }: Frozen): string[] {
  return Object.entries(testbeds)
    .filter(([name, digest]) => figuresDigest(loadTestbed(name), values) !== digest)
    .map(([name]) => name);
}
