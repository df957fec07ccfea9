/** Integers up to 2^53 are numbers, larger ones decimal strings (verbscope.result/1). */
export type Integer = number | string;
export const integer = (x: bigint): Integer =>
  x <= BigInt(Number.MAX_SAFE_INTEGER) && x >= -BigInt(Number.MAX_SAFE_INTEGER) ? Number(x) : x.toString();

/** As many digits as a ratio of two 64-bit numbers deserves, and the same on every machine. */
export const rounded = (x: number): number => Number(x.toPrecision(12));
/** n per second of a time in ps; 0 when there was none. */
export const perSecond = (n: number, ps: bigint): number => (ps > 0n ? rounded((n * 1e12) / Number(ps)) : 0);
export const ratio = (a: number, b: number): number => (b > 0 ? rounded(a / b) : 0);
