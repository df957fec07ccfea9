/** What no recording of drmemtrace holds, whichever way it is printed. */
export const DRMEMTRACE_LOST: readonly string[] = [
  "times are left out: a timestamp, in microseconds, stands for a buffer of thousands of accesses",
  "accesses of the kernel are not recorded, unless the trace was made with them",
];

/** Instructions that each thread has executed since its last access. */
export class GapByThread {
  /** Of the thread at hand. */
  gap = 0;
  tid = -1;
  readonly seen = new Set<number>();
  private readonly others = new Map<number, number>();

  /** The thread whose records follow. */
  to(tid: number): void {
    if (tid === this.tid) return;
    if (this.tid >= 0) this.others.set(this.tid, this.gap);
    this.gap = this.others.get(tid) ?? 0;
    this.tid = tid;
    this.seen.add(tid);
  }
}
