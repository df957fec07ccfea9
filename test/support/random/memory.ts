/** Random memory engines and what they are made to do, for docs/memory-model.md. */
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

export type MemoryAction =
  | { kind: "link"; page: bigint; pages: number; present: boolean }
  | { kind: "unlink"; page: bigint; pages: number }
  | { kind: "access"; vaddr: bigint; size: number; type: number; gap: number }
  | { kind: "beginRun"; now?: bigint };

export interface RandomMemory {
  config: MemoryOracleConfig;
  actions: MemoryAction[];
}

/** Pages of the process that are used. `page` is taken modulo 2^(9G), as the page of an access is. */
interface Region {
  page: bigint;
  pages: number;
}

const LEAF_LEVELS: readonly LeafLevel[] = [1, 2, 3];
const GIB_PAGES = 0x40000;

export function randomMemory(seed: number, actions: number): RandomMemory {
  const random = new Random(seed, 40);
  const guestLevels = random.pick([4, 5]);
  const regions = randomRegions(random, guestLevels);
  const config = randomConfig(random, guestLevels, regions);
  return { config, actions: randomActions(random, config, regions, actions) };
}

function randomRegions(random: Random, guestLevels: number): Region[] {
  const half = 1n << BigInt(9 * guestLevels - 1);
  const out: Region[] = [];
  for (let i = random.int(1, 4); i > 0; i--) {
    const pages = random.magnitude(1024);
    const room = half - BigInt(pages);
    const last = out.at(-1);
    let page: bigint;
    if (last && random.chance(0.5))
      page =
        (last.page % half) +
        random.pick([BigInt(last.pages), 512n, 0x40000n, 0x8000000n, BigInt(random.int(0, 2000))]);
    else
      page = random.pick([
        0n,
        room,
        random.next() % room,
        random.next() % 0x100000n,
        (random.next() % half) & ~0x1ffn,
      ]);
    if (page > room) page = room;
    out.push({ page: page + (random.chance(0.3) ? half : 0n), pages });
  }
  return out;
}

function randomConfig(random: Random, guestLevels: number, regions: Region[]): MemoryOracleConfig {
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

class Script {
  readonly actions: MemoryAction[] = [];
  readonly random: Random;
  private readonly guestLevels: number;
  private readonly regions: Region[];
  /** How often each page is linked. */
  private readonly linked = new Map<bigint, number>();

  constructor(random: Random, guestLevels: number, regions: Region[]) {
    this.random = random;
    this.guestLevels = guestLevels;
    this.regions = regions;
  }

  /** Bursts that walk through a region, or jump about in it. */
  accesses(): void {
    const { random } = this;
    const region = random.pick(this.regions);
    const bytes = region.pages * 4096;
    const stride = random.pick([0, 4, 8, 64, 72, 4096, 4104, random.magnitude(bytes)]);
    let offset = random.int(0, bytes - 1);
    for (let i = random.magnitude(40); i > 0; i--) {
      const size = random.pick([
        1,
        2,
        4,
        8,
        8,
        16,
        32,
        64,
        random.magnitude(300),
        random.chance(0.1) ? random.magnitude(65535) : 8,
      ]);
      if (random.chance(0.05)) offset = offset - (offset % 4096) + 4096 - random.int(1, 8);
      offset = Math.max(0, offset % bytes);
      if (offset + size > bytes) offset = Math.max(0, bytes - size);
      const gap = random.chance(0.002) ? 0xffffffff : random.pick([0, 1, 1, random.magnitude(1000)]);
      this.actions.push({
        kind: "access",
        vaddr: this.address(region.page) + BigInt(offset),
        size: Math.min(size, bytes),
        type: random.int(0, 2),
        gap,
      });
      offset = stride > 0 ? offset + stride : random.int(0, bytes - 1);
    }
  }

  link(): void {
    const { random } = this;
    const region = random.pick(this.regions);
    const first = random.int(0, region.pages - 1);
    const pages = Math.min(random.magnitude(600), region.pages - first);
    const page = region.page + BigInt(first);
    for (let i = 0n; i < pages; i++) this.linked.set(page + i, (this.linked.get(page + i) ?? 0) + 1);
    this.actions.push({ kind: "link", page, pages, present: random.chance(0.3) });
  }

  /** From a linked page as far as pages are linked, or not so far. */
  unlink(): void {
    const all = [...this.linked.keys()];
    if (all.length === 0) return;
    const page = this.random.chance(0.7) ? this.runStart(this.random.pick(all)) : this.random.pick(all);
    const most = this.random.chance(0.7) ? 100_000 : this.random.magnitude(100);
    let pages = 0;
    for (let v = page; pages < most && this.linked.has(v); v++, pages++) {
      const count = this.linked.get(v)! - 1;
      if (count > 0) this.linked.set(v, count);
      else this.linked.delete(v);
    }
    this.actions.push({ kind: "unlink", page, pages });
  }

  beginRun(): void {
    this.actions.push(
      this.random.chance(0.5)
        ? { kind: "beginRun" }
        : { kind: "beginRun", now: BigInt(this.random.magnitude(5e9)) },
    );
  }

  private runStart(page: bigint): bigint {
    return this.linked.has(page - 1n) ? this.runStart(page - 1n) : page;
  }

  /** Sign-extended: the high half ends at 2^64. */
  private address(page: bigint): bigint {
    return BigInt.asUintN(64, BigInt.asIntN(12 + 9 * this.guestLevels, page << 12n));
  }
}

function randomActions(
  random: Random,
  config: MemoryOracleConfig,
  regions: Region[],
  actions: number,
): MemoryAction[] {
  const script = new Script(random, config.guestLevels, regions);
  const remap = config.nested ? random.pick([0, 0.1, 0.4]) : 0;
  while (script.actions.length < actions) {
    if (random.chance(0.2)) script.beginRun();
    if (!random.chance(remap)) script.accesses();
    else if (random.chance(0.5)) script.link();
    else script.unlink();
  }
  return script.actions;
}
