import { ExitSummary, type ReasonShare } from "../../trace/inspect/inspect-exits.js";
import { type ExitsTrace, readExits, type VerbsTrace } from "../../trace/read.js";
import { nodeSpans } from "../../trace/verbs/node-spans.js";

/** Exits that were recorded beside a run. They are information: no replay takes account of them. */
export interface RecordedExits {
  readonly file: string;
  /** Exits of the file. */
  readonly rows: number;
  /** Whether their times meet the run's: then only those within it count, otherwise all. */
  readonly within: boolean;
  readonly count: number;
  /** By their number, the most frequent first. */
  readonly reasons: readonly ReasonShare[];
  /** Of those with an entry; undefined where none has one. */
  readonly median_ps: number | undefined;
}

/**
 * The exits of a run: those whose time lies within a node's calls. The host's clock is mostly not that of the guest
 * that made the calls; where the times do not meet, the recording is taken to be as long as the run.
 */
export function recordedExits(exits: ExitsTrace, verbs: VerbsTrace | undefined): RecordedExits {
  const spans = verbs === undefined ? [] : nodeSpans(verbs),
    inside = new ExitSummary(),
    all = new ExitSummary();
  for (const { t, reason, duration_ps } of readExits(exits)) {
    all.add(reason, duration_ps);
    if (spans.some((s) => s.first_ns <= t && t <= s.end_ns)) inside.add(reason, duration_ps);
  }
  const within = inside.count > 0,
    of = within ? inside : all;
  return {
    file: exits.path,
    rows: exits.rows,
    within,
    count: of.count,
    reasons: of.reasons().sort((a, b) => b.count - a.count || (a.reason < b.reason ? -1 : 1)),
    median_ps: of.median_ps,
  };
}

/** What counting them so assumes, in a sentence. */
export function exitsNote({ file, rows, within, count }: RecordedExits): string {
  return within
    ? `${count} of the ${rows} exits of ${file} lie within the run by their times (one clock is assumed)`
    : `no exit of ${file} lies within the run by its time, as a guest's clock is not its host's: ` +
        `all ${rows} are taken for the run's (assumed)`;
}
