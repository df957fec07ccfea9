/** Random machines of the memory engine: structures, latencies, mappings. */
import {
  type Latencies,
  type LeafLevel,
  type MappedRange,
  type MemoryOracleConfig,
  type PolicyName,
  pagesOf,
} from "../../oracle/memory/config.js";
import { frameBits } from "../../oracle/memory/spaces.js";
import { Random } from "./rng.js";

/** Pages of the process that are used. `page` is taken modulo 2^(9G), as the page of an access is. */
export interface Region {
  page: bigint;
  pages: number;
}

const LEAF_LEVELS: readonly LeafLevel[] = [1, 2, 3];
const GIB_PAGES = 0x40000;

export function randomConfig(random: Random, guestLevels: number, regions: Region[]): MemoryOracleConfig {
  const nested = random.chance(0.7);
  const guestLeaf = random.pick([1, 1, 1, 2, 3] as const);
  const hostLeaf = random.pick([1, 2, 2, 3] as const);
  const placement =
    guestLeaf === 1
      ? random.pick(["contiguous", "fragmented", "thp"] as const)
      : random.pick(["contiguous", "fragmented"] as const);
  const tlbPolicy = random.pick(["lru", "lru", "plru", "random"] as const);
  const cachePolicy = random.pick(["lru", "lru", "plru", "random"] as const);
  const halves = random.chance(0.5);
  const mapped = random.chance(0.4)
    ? randomMapping(
        random,
        {
          nested,
          guestLevels,
          guestUnit: halves ? 1 : placement === "thp" ? 512 : pagesOf(guestLeaf),
          hostUnit: halves ? 1 : pagesOf(hostLeaf),
        },
        regions,
      )
    : undefined;
  return {
    nested,
    guestLevels,
    hostLevels: random.pick([4, 5]),
    guestLeaf,
    hostLeaf,
    placement,
    thpShare16: random.pick([0, 65536, random.int(0, 65536)]),
    seed: random.pick([0, 1, random.int(0, 0xffffffff)]),
    frameBits: frameBits(regions.reduce((n, r) => n + r.pages, 0)),
    structures: randomStructures(random, tlbPolicy, cachePolicy),
    l1Shared: random.pick(["none", "2m", "2m+1g"] as const),
    l2Shared: random.pick(["none", "2m", "2m+1g"] as const),
    tlbPolicy,
    cachePolicy,
    latency: randomLatency(random),
    khugepaged: random.pick(["never", "delay", "delay"] as const),
    khugepagedDelay: BigInt(random.pick([0, random.magnitude(1e9)])),
    mapping: mapped?.rows ?? [],
    guestFirstBlock: mapped?.guestFirstBlock ?? 0,
    hostFirstBlock: mapped?.hostFirstBlock ?? 0,
  };
}

/** Small, so that every set is fought for. */
function randomStructures(
  random: Random,
  tlbPolicy: PolicyName,
  cachePolicy: PolicyName,
): { sets: number; ways: number }[] {
  const bare = random.pick([0.1, 0.3, 0.7, 1]);
  return Array.from({ length: 18 }, (_, i) => {
    if (i !== 15 && random.chance(bare)) return { sets: 0, ways: 0 }; // there is always an L1 data cache
    const policy = i < 15 ? tlbPolicy : cachePolicy;
    const ways = policy === "plru" ? 2 ** random.int(0, 5) : random.int(1, 24);
    if (random.chance(0.2)) return { sets: 1, ways };
    return {
      sets: random.chance(0.5) ? 2 ** random.int(0, i < 15 ? 4 : 8) : random.int(1, i < 15 ? 20 : 300),
      ways,
    };
  });
}

function randomLatency(random: Random): Latencies {
  const some = (): bigint => BigInt(random.chance(0.1) ? 0 : random.magnitude(200_000));
  return {
    l1: some(),
    l2: some(),
    l3: some(),
    dram: some(),
    tlbL2: some(),
    pwc: some(),
    ntlb: some(),
    eptViolation: BigInt(random.magnitude(10_000_000)),
    instruction: BigInt(random.pick([0, random.magnitude(65536 * 1000)])),
  };
}

interface Units {
  nested: boolean;
  guestLevels: number;
  guestUnit: number;
  hostUnit: number;
}

/**
 * Ranges over some regions and, in the host dimension, over some of their frames.
 * A unit of 1 leaves pages of the size that unmapped ones get half mapped; larger units map them whole.
 */
function randomMapping(
  random: Random,
  units: Units,
  regions: Region[],
): { rows: MappedRange[]; guestFirstBlock: number; hostFirstBlock: number } {
  const gpaGibs = random.int(1, 4),
    hpaGibs = random.int(1, 3);
  const guest: MappedRange[] = [],
    host: MappedRange[] = [];
  const top = 1n << BigInt(9 * units.guestLevels);
  for (const region of regions)
    cover(random, { ...region, unit: units.guestUnit, end: top, gibs: gpaGibs, dimension: "guest" }, guest);
  for (const row of units.nested ? guest : []) {
    cover(
      random,
      {
        page: BigInt(row.frame),
        pages: Math.min(row.pages, 2048),
        unit: units.hostUnit,
        end: BigInt(gpaGibs * GIB_PAGES),
        gibs: hpaGibs,
        dimension: "host",
      },
      host,
    );
  }
  const rows = [...guest, ...host];
  return {
    rows,
    guestFirstBlock: guest.length > 0 ? 512 * gpaGibs : 0,
    hostFirstBlock: host.length > 0 ? 512 * hpaGibs : 0,
  };
}

interface Cover extends Region {
  unit: number;
  end: bigint;
  gibs: number;
  dimension: "guest" | "host";
}

function cover(
  random: Random,
  { page, pages, unit, end, gibs, dimension }: Cover,
  rows: MappedRange[],
): void {
  const space = gibs * GIB_PAGES;
  let at = page;
  for (let tries = random.int(0, 6); tries > 0 && at < page + BigInt(pages); tries--) {
    const leaf = random.pick(LEAF_LEVELS);
    const step = Math.max(unit, pagesOf(leaf));
    const first = at - (at % BigInt(step));
    const length = step * random.int(1, step === 1 ? 300 : step === 512 ? 3 : 1);
    const last = first + BigInt(length);
    const free = last <= end && !rows.some((r) => first < r.page + BigInt(r.pages) && r.page < last);
    at = (free ? last : first + BigInt(step)) + BigInt(random.chance(0.3) ? step : 0);
    if (!free || random.chance(0.1)) continue;
    const frame = random.int(0, Math.floor((space - length) / pagesOf(leaf))) * pagesOf(leaf);
    rows.push({ page: first, pages: length, leaf, frame, dimension });
  }
}
