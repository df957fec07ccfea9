import { QP_ENTRY } from "../../abi/params.js";

export type QpEntry = Record<(typeof QP_ENTRY)[number], number>;
/** Queue pairs as the core's table holds them. */
export function qpTable(qps: readonly QpEntry[]): Uint8Array {
  const words = Uint32Array.from(qps.flatMap((q) => QP_ENTRY.map((name) => q[name])));
  return new Uint8Array(words.buffer);
}
