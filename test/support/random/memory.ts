/** Random memory engines and what they are made to do, for docs/memory-model.md. */
import { type MemoryOracleConfig } from "../../oracle/memory/config.js";
import { type Region, randomConfig } from "./memory-config.js";
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
