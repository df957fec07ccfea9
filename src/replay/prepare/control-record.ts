import { CONTROL } from "../../abi/params.js";

type Feature = (typeof CONTROL.feature_names)[number];
export type Features = Partial<Record<Feature, bigint | number>>;
export type Action = (typeof CONTROL.actions)[number];
/** What a control row does to the objects of the core, and the features of its program. */
export interface ControlRecord {
  action: Action;
  index: number;
  id: number;
  a: number;
  b: number;
  c: number;
  features: Features;
}

const ACTION = Object.fromEntries(CONTROL.actions.map((a, i) => [a, i])) as Record<Action, number>;
/** Offsets of the features that a record may have; those it has not are 0. */
const OFFSETS = Object.fromEntries(
  CONTROL.feature_names.map((name, i) => [name, CONTROL.features + i * 8]),
) as Record<Feature, number>;
const FIRST_ROOM = 64;

/** Control records of a batch, one after the other. */
export class ControlRecords {
  private view = new DataView(new ArrayBuffer(FIRST_ROOM * CONTROL.size));
  private used = 0;

  add(out: ControlRecord, row: number, ctx: number): void {
    const at = this.room();
    this.put(at + CONTROL.row, row);
    this.put(at + CONTROL.action, ACTION[out.action]);
    this.put(at + CONTROL.index, out.index);
    this.put(at + CONTROL.ctx, ctx);
    this.put(at + CONTROL.id, out.id);
    this.put(at + CONTROL.a, out.a);
    this.put(at + CONTROL.b, out.b);
    this.put(at + CONTROL.c, out.c);
    for (const name in out.features) {
      const value = out.features[name as Feature]!,
        slot = at + OFFSETS[name as Feature];
      if (typeof value === "number") this.put(slot, value);
      else this.view.setBigUint64(slot, value, true);
    }
  }

  /** The records so far; those that follow begin anew. */
  take(): Uint8Array {
    const out = new Uint8Array(this.view.buffer.slice(0, this.used));
    new Uint8Array(this.view.buffer, 0, this.used).fill(0);
    this.used = 0;
    return out;
  }

  private put(at: number, value: number): void {
    this.view.setUint32(at, value, true);
  }

  private room(): number {
    const at = this.used;
    this.used += CONTROL.size;
    if (this.used > this.view.byteLength) {
      const bigger = new Uint8Array(2 * this.view.byteLength);
      bigger.set(new Uint8Array(this.view.buffer));
      this.view = new DataView(bigger.buffer);
    }
    return at;
  }
}
