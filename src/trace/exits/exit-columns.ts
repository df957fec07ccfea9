import { EXIT_REASONS, NO_DURATION } from "../../abi/exits.js";

/** One row of exits/1; see abi/exits.ts for the meaning of its columns. */
export interface ExitRow {
  t: bigint;
  vcpu: number;
  tid: number;
  reason: string;
  /** Undefined where no entry was seen. */
  duration_ps: bigint | undefined;
}

const FIRST_ROWS = 1024;

/** Exits by column, in growing arrays: a second of a busy guest is some hundred thousand of them. */
export class ExitColumns {
  rows = 0;
  t = new BigUint64Array(FIRST_ROWS);
  vcpu = new Uint32Array(FIRST_ROWS);
  tid = new Uint32Array(FIRST_ROWS);
  reason = new Uint8Array(FIRST_ROWS);
  duration_ps = new BigUint64Array(FIRST_ROWS);

  /** Adds an exit whose entry has not been seen; returns its row. `reason` is an index of EXIT_REASONS. */
  add(t: bigint, vcpu: number, tid: number, reason: number): number {
    const row = this.rows++;
    if (row === this.t.length) this.grow();
    this.t[row] = t;
    this.vcpu[row] = vcpu;
    this.tid[row] = tid;
    this.reason[row] = reason;
    this.duration_ps[row] = NO_DURATION;
    return row;
  }
  addRow({ t, vcpu, tid, reason, duration_ps }: ExitRow): void {
    const row = this.add(t, vcpu, tid, EXIT_REASONS.indexOf(reason));
    this.duration_ps[row] = duration_ps ?? NO_DURATION;
  }

  private grow(): void {
    const grown = <A extends { set(old: A): void; length: number }>(
      old: A,
      Array: new (length: number) => A,
    ): A => {
      const more = new Array(2 * old.length);
      more.set(old);
      return more;
    };
    this.t = grown(this.t, BigUint64Array);
    this.vcpu = grown(this.vcpu, Uint32Array);
    this.tid = grown(this.tid, Uint32Array);
    this.reason = grown(this.reason, Uint8Array);
    this.duration_ps = grown(this.duration_ps, BigUint64Array);
  }
}
