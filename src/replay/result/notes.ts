import { WC_STATUS } from "../../abi/verbs.js";
import type { Prepared } from "../prepare/prepare.js";

/** What a replay counted of its rows, and of what does not fit together in them. */
export interface Seen {
  readonly spin: number;
  readonly refused: number;
  readonly awaited: number;
  readonly unmatched: number;
  readonly short: number;
  readonly otherLengths: number;
  readonly overCapacity: number;
  readonly overInline: number;
}
export const NOTHING_SEEN: Seen = {
  spin: 0,
  refused: 0,
  awaited: 0,
  unmatched: 0,
  short: 0,
  otherLengths: 0,
  overCapacity: 0,
  overInline: 0,
};

const count = (n: number, one: string, many = `${one}s`): string => `${n} ${n === 1 ? one : many}`;

/** `RETRY_EXC_ERR 1, WR_FLUSH_ERR 12` */
const byStatus = (counts: ReadonlyMap<number, number>): string =>
  [...counts].map(([status, n]) => `${WC_STATUS[status] ?? `status ${status}`} ${n}`).join(", ");
const sum = (counts: ReadonlyMap<number, number>): number => [...counts.values()].reduce((a, b) => a + b, 0);

/** What the trace itself says before any replay, in sentences (R2.42, R3.6). */
export function rowNotes({ longCalls, marks: { failed, failedReceives } }: Prepared): string[] {
  const notes: string[] = [];
  if (longCalls > 0)
    notes.push(
      `${count(longCalls, "call")} took longer than the 4.29 s that the column dur can hold: ` +
        "each is taken to last until the next call of its thread, without think time behind it",
    );
  if (sum(failed) > 0)
    notes.push(
      `${count(sum(failed), "send work request")} failed in the recording (${byStatus(failed)}): ` +
        "each runs as if it had not, but its bytes and its latency are in no throughput and no statistics",
    );
  if (sum(failedReceives) > 0)
    notes.push(
      `${count(sum(failedReceives), "receive completion")} failed in the recording ` +
        `(${byStatus(failedReceives)}): they are no messages`,
    );
  return notes;
}

/** What replays counted that does not fit together, in sentences (R2.43, R5.5). */
export function seenNotes(
  seen: Seen,
  events: { assumed: number; unknown: number },
  moved: boolean,
): string[] {
  const notes: string[] = [];
  const say = (n: number, sentence: string): void => void (n > 0 && notes.push(sentence));
  if (!moved)
    notes.push("nothing was completed: there is no data path, and no throughput, rate or ratio of it");
  say(
    seen.awaited,
    `${seen.awaited} posts wait for completions that another thread polled ` +
      "before them in the recording (inferred order)",
  );
  say(
    events.assumed,
    `up to ${events.assumed} completion events had no visible cause (a flushed or failed ` +
      "completion, or one polled before): they are assumed to come at once",
  );
  say(
    events.unknown,
    `${events.unknown} one-sided operations name an rkey or range that no registration ` +
      "in the trace covers: their remote translation is free",
  );
  say(
    seen.unmatched,
    `${count(seen.unmatched, "message")} never found a receive work request and so never arrived; ` +
      "post_recv rows of the receiver are missing, or it was cut off",
  );
  say(
    seen.short,
    `${count(seen.short, "message")} met a receive work request with fewer bytes than its own: ` +
      "hardware would have failed it with LOC_LEN_ERR; here it is delivered whole",
  );
  say(
    seen.otherLengths,
    `${count(seen.otherLengths, "receive completion")} with another length than the message that the replay ` +
      "delivered there: sends of several threads may have left in another order than their rows have, " +
      "or the two sides are not of one run; messages have the sender's length",
  );
  say(
    seen.overCapacity,
    `${count(seen.overCapacity, "post")} found the queue as full as its create call had asked for: ` +
      "the device granted more, or polls that made room are missing; no post waits for room here",
  );
  say(
    seen.overInline,
    `${count(seen.overInline, "inline work request")} longer than the inline data that create_qp asked for ` +
      "(cap_inline): the device granted more",
  );
  return notes;
}
