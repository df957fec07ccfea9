import { LAYERS, type Layer } from "../abi/layers.js";
import { INSTR, PARAMS, type Param } from "../abi/params.js";

/**
 * Costs times a factor: those that path programs charge to some layers, and some of the device's parameters.
 */
export interface Scale {
  readonly layers: ReadonlySet<Layer>;
  readonly params: ReadonlySet<Param>;
  readonly factor: number;
}

const COST = INSTR.ops.indexOf("COST");
/** Coefficients stay exact integers as far as a double can tell. */
const times = (value: bigint, factor: number): bigint =>
  BigInt(Math.min(Number.MAX_SAFE_INTEGER, Math.round(Number(value) * factor)));

export function scaleParameters(params: BigUint64Array, { params: names, factor }: Scale): BigUint64Array {
  return params.map((value, i) => (names.has(PARAMS[i]!) ? times(value, factor) : value));
}

export function scalePrograms(
  programs: ReadonlyMap<string, Uint8Array>,
  { layers, factor }: Scale,
): Map<string, Uint8Array> {
  return new Map(
    [...programs].map(([verb, code]) => {
      const scaled = code.slice(),
        view = new DataView(scaled.buffer);
      for (let at = 0; at < scaled.length; at += INSTR.size) {
        if (view.getUint8(at + INSTR.op) !== COST || !layers.has(LAYERS[view.getUint8(at + INSTR.arg)]!))
          continue;
        view.setBigUint64(at + INSTR.coef, times(view.getBigUint64(at + INSTR.coef, true), factor), true);
      }
      return [verb, scaled];
    }),
  );
}
