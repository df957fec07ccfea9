import { NO_ID } from "../../abi/columns.js";
import { EXIT_REASONS, NO_DURATION } from "../../abi/exits.js";
import { ExitColumns } from "../../trace/exits/exit-columns.js";
import { reasonId } from "./reasons.js";

/** The thread of a vCPU. */
interface Thread {
  /** Its exit without an entry so far, or -1. */
  open: number;
  vcpu: number;
}
const PS_PER_NS = 1000n;
/** Reasons that AMD's processors have one of for each register or exception. */
const FOLDED: ReadonlySet<number> = new Set(
  ["read_cr", "write_cr", "read_dr", "write_dr", "excp"].map((word) => EXIT_REASONS.indexOf(word)),
);
/** Reasons without a word that a note names. */
const MOST_NAMED = 4;

/** Exits and the entries that end them: a thread runs one vCPU, and each exit of it is followed by an entry. */
export class Pairing {
  readonly exits = new ExitColumns();
  entries = 0;
  /** Exits whose vCPU is that of their thread's entries, since they do not name it. */
  private inferred = 0;
  /** Exits behind which another one of the same thread came, or events were lost, or the clock went back. */
  private followed = 0;
  private dropped = 0;
  private backwards = 0;
  /** Entries without an exit before them. */
  private alone = 0;
  private readonly unknown = new Map<string, number>();
  private readonly threads = new Map<number, Thread>();

  exit(time_ns: bigint, tid: number, vcpu: number | undefined, reason: string): void {
    const thread = this.threadOf(tid),
      id = reasonId(reason);
    if (id === 0) this.unknown.set(reason, (this.unknown.get(reason) ?? 0) + 1);
    if (thread.open >= 0) this.followed++;
    if (vcpu === undefined) this.inferred++;
    else thread.vcpu = vcpu;
    thread.open = this.exits.add(time_ns, thread.vcpu, tid, id);
  }
  /** False where it cannot be the entry of its thread. */
  entry(time_ns: bigint, tid: number, vcpu: number): boolean {
    const thread = this.threadOf(tid),
      { open } = thread,
      { t, vcpu: vcpus, duration_ps } = this.exits;
    if (thread.vcpu !== NO_ID && thread.vcpu !== vcpu) return false;
    thread.vcpu = vcpu;
    this.entries++;
    thread.open = -1;
    if (open < 0) this.alone++;
    else {
      vcpus[open] = vcpu;
      const took = (time_ns - t[open]!) * PS_PER_NS;
      if (took < 0n || took >= NO_DURATION) this.backwards++;
      else duration_ps[open] = took;
    }
    return true;
  }
  /** Events are missing: what comes next need not be the entry of an exit. */
  missing(): void {
    for (const thread of this.threads.values())
      if (thread.open >= 0) {
        thread.open = -1;
        this.dropped++;
      }
  }
  private threadOf(tid: number): Thread {
    let thread = this.threads.get(tid);
    if (thread === undefined) {
      thread = { open: -1, vcpu: NO_ID };
      this.threads.set(tid, thread);
    }
    return thread;
  }

  /** Where vCPUs come from: an exit of older kernels does not name its own. */
  get vcpus(): "recorded" | "inferred" {
    return this.inferred > 0 ? "inferred" : "recorded";
  }
  notes(): string[] {
    const { followed, dropped, backwards, alone, inferred, unknown } = this,
      threads = [...this.threads.values()],
      atEnd = threads.filter((t) => t.open >= 0).length,
      unpaired = followed + dropped + backwards + atEnd,
      nameless = this.exits.vcpu.subarray(0, this.exits.rows).filter((v) => v === NO_ID).length,
      folded = this.exits.reason.subarray(0, this.exits.rows).filter((id) => FOLDED.has(id)).length,
      guests = mostOf(threads.map((t) => t.vcpu).filter((v) => v !== NO_ID));
    const why = [
      [followed, "before another exit of their thread"],
      [dropped, "before lost or damaged events"],
      [backwards, "before an entry that is dated earlier"],
      [atEnd, "at the end of the recording"],
    ] as const;
    return [
      ...(unpaired > 0
        ? [
            `exits without an entry, which have no duration: ${unpaired} of ${this.exits.rows} (` +
              `${why.flatMap(([n, where]) => (n > 0 ? [`${n} ${where}`] : [])).join(", ")})`,
          ]
        : []),
      ...(alone > 0 ? [`entries without an exit before them: ${alone} of ${this.entries}`] : []),
      ...(inferred > 0
        ? [`exits that do not name their vCPU, which is that of their thread's entries: ${inferred}`]
        : []),
      ...(nameless > 0 ? [`exits whose vCPU is not known: ${nameless}`] : []),
      ...(unknown.size > 0
        ? [
            `reasons that have no word and are other: ${[...unknown]
              .slice(0, MOST_NAMED)
              .map(([word, n]) => `${JSON.stringify(word)} × ${n}`)
              .join(", ")}${unknown.size > MOST_NAMED ? `, and ${unknown.size - MOST_NAMED} more` : ""}`,
          ]
        : []),
      ...(folded > 0
        ? [`exits for a control or debug register or an exception, whose number is not kept: ${folded}`]
        : []),
      ...(guests > 1
        ? [`at least ${guests} guests, whose exits are one table: vCPUs of one number have ${guests} threads`]
        : []),
    ];
  }
}

/** How often the most frequent value is there. */
function mostOf(values: readonly number[]): number {
  const counts = new Map<number, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return Math.max(0, ...counts.values());
}
