import { sha256 } from "../replay/result/document.js";
import type { Testbed } from "../testbed/document.js";
import { loadTestbed } from "../testbed/load.js";

/** The state of the testbeds when points were first run against them. */
export interface Frozen {
  readonly date: string;
  readonly commit: string;
  /** What a reader should know besides: figures that had been looked at before. */
  readonly note?: string;
  /** Digest of each testbed's figures and ranges (`figuresDigest`). */
  readonly testbeds: Readonly<Record<string, string>>;
}

/** Of what a testbed says, without titles and sources: values, ranges and units by name. */
export function figuresDigest(testbed: Testbed): string {
  return sha256(
    Object.entries(testbed.values)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, v]) => `${name} ${v.value} ${v.low} ${v.high} ${v.unit}`)
      .join("\n"),
  );
}

/** Testbeds that have changed since the freeze: an agreement reached by changing them would prove nothing. */
export function changedSince(frozen: Frozen): string[] {
  return Object.entries(frozen.testbeds)
    .filter(([name, digest]) => figuresDigest(loadTestbed(name)) !== digest)
    .map(([name]) => name);
}
