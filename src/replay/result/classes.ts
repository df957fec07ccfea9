import { LAYERS, type Layer } from "../../abi/layers.js";
import { OPCODES, VERBS } from "../../abi/verbs.js";
import type { Core } from "../../core/instance.js";

/** Layout of assembly/world/account.ts. */
const KINDS = 64,
  OPCODE_SLOTS = 16,
  SIZE_CLASSES = 36,
  SIZE_NONE = 35,
  KIND_MESSAGE = 63;
const SUMS = 64,
  HISTOGRAM = SUMS + 512,
  BUCKETS = 58 * 128;

/** Statistics of one class of operations; times in ps. */
export interface OperationClass {
  readonly verb: string;
  readonly opcode: string;
  /** "0", a power of two, or "none" for calls that move no bytes. */
  readonly sizeClass: string;
  readonly count: number;
  readonly bytes: bigint;
  readonly min: bigint;
  readonly max: bigint;
  readonly sum: bigint;
  readonly service: Partial<Record<Layer, bigint>>;
  readonly wait: Partial<Record<Layer, bigint>>;
  /** Latency that a share q of the operations does not exceed. */
  quantile(q: number): bigint;
}

export function readClasses(core: Core): OperationClass[] {
  const table = core.u32(core.exports.classes_ptr(), KINDS * OPCODE_SLOTS * SIZE_CLASSES);
  const out: OperationClass[] = [];
  table.forEach((ptr, slot) => {
    if (ptr === 0) return;
    const size = slot % SIZE_CLASSES,
      opcode = Math.floor(slot / SIZE_CLASSES) % OPCODE_SLOTS,
      kind = Math.floor(slot / SIZE_CLASSES / OPCODE_SLOTS);
    const [count, bytes, min, max, sum] = core.u64(ptr, 5) as unknown as bigint[];
    const sums = core.u64(ptr + SUMS, 64);
    const histogram = core.u32(ptr + HISTOGRAM, BUCKETS).slice();
    const pick = (from: number): Partial<Record<Layer, bigint>> =>
      Object.fromEntries(LAYERS.map((l, i) => [l, sums[from + i]!] as const).filter(([, v]) => v !== 0n));
    const n = Number(count);
    out.push({
      verb: kind === KIND_MESSAGE ? "message" : VERBS[kind]!,
      opcode: OPCODES[opcode]!,
      sizeClass: size === SIZE_NONE ? "none" : size === 0 ? "0" : String(2 ** (size - 1)),
      count: n,
      bytes: bytes!,
      min: min!,
      max: max!,
      sum: sum!,
      service: pick(0),
      wait: pick(32),
      quantile: (q) => quantile(histogram, n, q, max!),
    });
  });
  return out;
}

/** Upper end of the bucket, at most the maximum (R5.3). */
function quantile(histogram: Uint32Array, count: number, q: number, max: bigint): bigint {
  const rank = Math.max(1, Math.ceil(q * count));
  let seen = 0;
  for (let i = 0; i < histogram.length; i++) {
    seen += histogram[i]!;
    if (seen >= rank) {
      const end = upperEnd(i);
      return end < max ? end : max;
    }
  }
  return max;
}
/** Largest value of a bucket: 128 steps an octave, exact below 128. */
function upperEnd(bucket: number): bigint {
  if (bucket < 128) return BigInt(bucket);
  const e = BigInt((bucket >> 7) + 6),
    step = BigInt(bucket & 127);
  return ((128n + step + 1n) << (e - 7n)) - 1n;
}
