import { UserError } from "../../errors.js";
import type { MemoryRows } from "../../trace/memory/memory-rows.js";

/** Workloads of memory/1; those of verbs/1 have a registry of their own. */
export const MEMORY_WORKLOADS = ["gups", "stream", "stride", "pointer-chase", "zipf", "chunks"] as const;
export type MemoryWorkload = (typeof MEMORY_WORKLOADS)[number];

export interface MemoryOptions {
  /** Bytes of the data that the workload works on. */
  footprint: number;
  /** Rows. */
  accesses: number;
  seed: number;
  /** Bytes from one access to the next. */
  stride: number;
  /** Exponent of the distribution: the k-th most frequent line is accessed as k^-theta. */
  theta: number;
  /** Bytes of an access. */
  elem: number;
  /** Places that are read. */
  chunks: number;
  /** Bytes by which each place lies further into its chunk than the one before. */
  offset: number;
  /** Entries of the array that holds the order. */
  indices: number;
}

/**
 * Adds `accesses` rows; the gap is the number of instructions that the loop executes for each.
 * It stops now and then, so that who runs it can turn to something else.
 */
export type MemoryProgram = (rows: MemoryRows, options: MemoryOptions) => Generator<void, void, void>;
/** Whether a program stops at this count of steps: about every millisecond. */
export const stopsAt = (step: number): boolean => (step & 0xffff) === 0;

/**
 * Where the data lie: an address that mmap gives, aligned to 2 MiB
 * so that large pages can map them from the start.
 */
export const HEAP = 0x7f0000000000;
export const LINE = 64;

const DEFAULTS: MemoryOptions = {
  footprint: 64 * 2 ** 20,
  accesses: 1e6,
  seed: 1,
  stride: 4096,
  theta: 0.99,
  elem: 8,
  chunks: 512,
  offset: 0,
  indices: 1024,
};
const LIMITS: Record<keyof MemoryOptions, [number, number]> = {
  footprint: [1, 64 * 2 ** 30],
  accesses: [1, 2 ** 40],
  seed: [0, 2 ** 32 - 1],
  stride: [1, 64 * 2 ** 30],
  theta: [0, 8],
  elem: [1, 4096],
  chunks: [1, 2 ** 24],
  offset: [0, 2 ** 30],
  indices: [1, 2 ** 24],
};
/**
 * What a workload is made of besides footprint and accesses: gups and pointer-chase
 * work on words of 8 bytes, stream and stride leave nothing to chance.
 */
const TAKES: Record<MemoryWorkload, readonly (keyof MemoryOptions)[]> = {
  gups: ["seed"],
  stream: ["elem"],
  stride: ["stride", "elem"],
  "pointer-chase": ["seed"],
  zipf: ["seed", "theta", "elem"],
  chunks: ["seed", "chunks", "offset", "indices"],
};
export function memoryOptionsOf(workload: MemoryWorkload): readonly (keyof MemoryOptions)[] {
  return ["footprint", "accesses", ...TAKES[workload]];
}

/** Options of a workload where those given leave them open, and those of them that it uses. */
export function withMemoryDefaults(
  workload: MemoryWorkload,
  given: Partial<MemoryOptions>,
): { options: MemoryOptions; used: Partial<MemoryOptions> } {
  const options: MemoryOptions = {
    ...DEFAULTS,
    ...Object.fromEntries(Object.entries(given).filter(([, v]) => v !== undefined)),
  };
  const refuse = (option: keyof MemoryOptions, want: string): never => {
    throw new UserError(`generate ${workload}: ${option} is ${String(options[option])}: give ${want}`);
  };
  for (const [name, [low, high]] of Object.entries(LIMITS) as [keyof MemoryOptions, [number, number]][]) {
    const value = options[name],
      whole = name !== "theta";
    if (!(value >= low && value <= high) || (whole && !Number.isInteger(value)))
      refuse(name, `a ${whole ? "whole " : ""}number from ${low} to ${high}`);
  }
  const least = {
    gups: 8,
    stream: 3 * options.elem,
    stride: options.elem,
    "pointer-chase": LINE,
    zipf: LINE,
    chunks: options.chunks,
  }[workload];
  if (options.footprint < least) refuse("footprint", `at least ${least} bytes for this workload`);
  if (workload === "stride" && options.stride > options.footprint)
    refuse("stride", `at most the footprint, ${options.footprint}`);
  if (workload === "zipf" && options.elem > LINE)
    refuse("elem", `at most ${LINE}, a line, for this workload`);
  const used = Object.fromEntries(memoryOptionsOf(workload).map((name) => [name, options[name]]));
  return { options, used };
}

/** Adds an access at an offset into the heap. */
export function access(rows: MemoryRows, offset: number, size: number, kind: number, gap: number): void {
  const address = HEAP + offset;
  rows.add(address >>> 0, Math.floor(address / 2 ** 32), size, kind, gap);
}
