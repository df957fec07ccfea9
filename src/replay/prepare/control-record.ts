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
export function encode(out: ControlRecord, row: number, ctx: number): Uint8Array {
  const bytes = new Uint8Array(CONTROL.size);
  const view = new DataView(bytes.buffer);
  view.setUint32(CONTROL.row, row, true);
  view.setUint32(CONTROL.action, ACTION[out.action], true);
  view.setUint32(CONTROL.index, out.index, true);
  view.setUint32(CONTROL.ctx, ctx, true);
  view.setUint32(CONTROL.id, out.id, true);
  view.setUint32(CONTROL.a, out.a, true);
  view.setUint32(CONTROL.b, out.b, true);
  view.setUint32(CONTROL.c, out.c, true);
  CONTROL.feature_names.forEach((name, i) =>
    view.setBigUint64(CONTROL.features + i * 8, BigInt(out.features[name] ?? 0), true),
  );
  return bytes;
}
