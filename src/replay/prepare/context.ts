import { DoorbellRecords } from "./doorbell-records.js";

/** What a replay must remember of a CQ, an SRQ or a QP. */
export interface Queue {
  readonly bufPages: number;
  readonly hasDb: boolean;
  readonly index: number;
}
export interface Qp extends Queue {
  readonly sqSlots: number;
}
export interface Region {
  readonly pages: bigint;
  readonly runs: bigint;
  readonly bytes: bigint;
  readonly index: number;
}

/** The objects of a device context that exist, by their numbers; MRs by lkey. */
export class Context {
  readonly cqs = new Map<number, Queue>();
  readonly srqs = new Map<number, Queue>();
  readonly qps = new Map<number, Qp>();
  readonly mrs = new Map<number, Region>();
  readonly records = new DoorbellRecords();
}

/** Contexts by node (16 bits) and number (32 bits). */
export class Contexts {
  private readonly known = new Map<number, Context>();
  private lastKey = -1;
  private last = new Context();

  of(node: number, ctx: number): Context {
    const key = node * 2 ** 32 + ctx;
    if (key === this.lastKey) return this.last;
    let context = this.known.get(key);
    if (!context) this.known.set(key, (context = new Context()));
    this.lastKey = key;
    this.last = context;
    return context;
  }
  all(): Iterable<Context> {
    return this.known.values();
  }
}
