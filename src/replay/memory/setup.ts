import { LEAVES, MEMORY_PARAMS, type MemoryParam, PLACEMENTS } from "../../abi/memory.js";
import type { Core } from "../../core/instance.js";
import { UserError } from "../../errors.js";
import type { Path } from "../../path/flatten.js";
import type { MemoryMachine } from "../../testbed/memory.js";
import type { Links } from "./links.js";
import type { Ranges } from "./mapping.js";

/** How frames are handed out (M3.6 to M3.10). */
export interface Placement {
  readonly kind: (typeof PLACEMENTS)[number];
  /** thp: share of the 2 MiB blocks that are one large page, × 65536. */
  readonly share16: number;
  readonly seed: number;
}

/** Reads `contiguous`, `fragmented`, `fragmented:SEED`, `thp=SHARE` or `thp=SHARE:SEED`. */
export function parsePlacement(text: string): Placement {
  const m = /^(contiguous|fragmented|thp=([0-9.]+))(?::(\d+))?$/.exec(text);
  const share = m?.[2] === undefined ? 0 : Number(m[2]),
    seed = m?.[3] === undefined ? 1 : Number(m[3]);
  if (!m || !(share >= 0 && share <= 1) || seed > 0xffffffff)
    throw new UserError(
      `--placement ${text}: write contiguous, fragmented, fragmented:SEED, ` +
        "thp=SHARE or thp=SHARE:SEED, with a share of 0 to 1",
    );
  return {
    kind: m[1]!.startsWith("thp") ? "thp" : (m[1] as Placement["kind"]),
    share16: Math.round(share * 65536),
    seed,
  };
}

/** Everything but the path that decides a memory replay. */
export interface MemorySetup {
  readonly machine: MemoryMachine;
  readonly placement: Placement;
  readonly links: Links;
  readonly ranges: Ranges | undefined;
  /** Distinct pages touched or linked. */
  readonly pages: number;
  /** Whether instruction gaps take time. */
  readonly think: boolean;
}

/** Whether a path re-links memory: only memlink does. */
export const relinks = ({ mechanisms: m }: { mechanisms: Readonly<Record<string, string>> }): boolean =>
  m.machine === "guest" && m.memory === "memlink";

const LEAST_FRAME_BITS = 9,
  MOST_FRAME_BITS = 23;

/** All that the engine must know of a path and a testbed but geometry, mapping and links (M3.9, M3.11). */
export function memoryParameters(path: Path, setup: MemorySetup): BigUint64Array {
  const { machine, placement, ranges } = setup,
    m = path.mechanisms;
  if (placement.kind === "thp" && m.guest_leaf !== "4k")
    throw new UserError(
      `path ${path.label}: --placement thp decides page sizes by itself, ` +
        `so guest_leaf=${m.guest_leaf} contradicts it; use one of them`,
    );
  const level = (leaf: string): bigint => BigInt((LEAVES as readonly string[]).indexOf(leaf) + 1);
  const frameBits = Math.min(
    MOST_FRAME_BITS,
    Math.max(LEAST_FRAME_BITS, Math.ceil(Math.log2(2 * Math.max(1, setup.pages)))),
  );
  const l = machine.latency;
  const values: Record<MemoryParam, bigint> = {
    nested: m.machine === "guest" ? 1n : 0n,
    guest_levels: machine.guestLevels,
    host_levels: machine.hostLevels,
    guest_leaf: level(m.guest_leaf),
    host_leaf: level(m.host_leaf),
    placement: BigInt(PLACEMENTS.indexOf(placement.kind)),
    thp_share16: BigInt(placement.share16),
    seed: BigInt(placement.seed),
    frame_bits: BigInt(frameBits),
    guest_first_block: BigInt(ranges?.guestFirstBlock ?? 0),
    host_first_block: BigInt(ranges?.hostFirstBlock ?? 0),
    l1_latency: l.l1,
    l2_latency: l.l2,
    l3_latency: l.l3,
    dram_latency: l.dram,
    tlb_l2_latency: l.tlbL2,
    pwc_latency: l.pwc,
    ntlb_latency: l.ntlb,
    ept_violation: l.eptViolation,
    c_instruction: setup.think ? machine.instruction : 0n,
    khugepaged: m.khugepaged === "delay" ? 1n : 0n,
    khugepaged_delay: l.khugepaged,
  };
  return BigUint64Array.from(MEMORY_PARAMS, (p) => values[p]);
}

/** Prepares the engine of a fresh core for one path, and links what is linked from the start (M6.3, M6.7). */
export function setUpMemory(core: Core, path: Path, setup: MemorySetup): void {
  const { machine, ranges } = setup,
    x = core.exports;
  core.u64(x.mem_params_ptr(), MEMORY_PARAMS.length).set(memoryParameters(path, setup));
  core.u32(x.mem_geometry_ptr(), machine.geometry.length).set(machine.geometry);
  x.mem_init();
  if (ranges) {
    const place = (words: Uint32Array): number =>
      core.place(new Uint8Array(words.buffer, words.byteOffset, words.byteLength));
    x.mem_ranges(0, place(ranges.guest), ranges.guest.length / 5);
    x.mem_ranges(1, place(ranges.host), ranges.host.length / 5);
  }
  if (!relinks(path)) return;
  for (const { page, pages } of setup.links.ranges)
    x.mem_link(...pageWords(page, machine.guestLevels), pages, 0);
}

/** Low and high word of a page number as the engine counts them (M1.4). */
export function pageWords(page: number, levels: bigint): [low: number, high: number] {
  return [page >>> 0, Math.floor(page / 2 ** 32) % 2 ** (Number(levels) * 9 - 32)];
}

/** An error that the engine met, as a sentence. */
export function checkMemory(core: Core, file: string): void {
  const [code, value] = core.u64(core.exports.mem_error_ptr(), 2) as unknown as [bigint, bigint];
  if (code === 0n) return;
  if (code === 1n)
    throw new UserError(
      `${file}: touches or links more memory than can be modelled (64 GiB in large ` +
        "pages, 32 GiB in fragmented or linked ones); replay a part of it",
    );
  throw new Error(`memory engine error ${code}, value ${value}; this is a defect of verbscope`);
}
