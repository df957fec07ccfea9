/** What an engine counts and what each event costs (M5.19, M6.2). */
import { MEMORY_COUNTERS } from "../../../src/abi/memory.js";
import type { Latencies } from "./config.js";

const LAYERS = ["mem.data", "mem.tlb", "walk.guest", "walk.host", "vm.ept-fault"] as const;
export type MemoryLayer = (typeof LAYERS)[number];

export class Tally {
  readonly latency: Latencies;
  private readonly counts = new Map<string, bigint>(MEMORY_COUNTERS.map((name) => [name, 0n]));
  private readonly times = new Map<MemoryLayer, bigint>(LAYERS.map((layer) => [layer, 0n]));

  constructor(latency: Latencies) {
    this.latency = latency;
  }

  count(name: string, by = 1n): void {
    const before = this.counts.get(name);
    if (before === undefined) throw new Error(`no counter ${name}`);
    this.counts.set(name, before + by);
  }

  /** A look-up's result, under the name of its structure. */
  lookup(name: string, hit: boolean): void {
    this.count(`${name}.${hit ? "hits" : "misses"}`);
  }

  charge(layer: MemoryLayer, ps: bigint): void {
    this.times.set(layer, this.times.get(layer)! + ps);
  }

  /** An EPT violation (M3.14). */
  violation(): void {
    this.count("mem.ept_violations");
    this.charge("vm.ept-fault", this.latency.eptViolation);
  }

  counters(): Record<string, bigint> {
    return Object.fromEntries(this.counts);
  }

  /**
   * Think time is rounded once, over all instructions; so the clock does not depend on how rows are divided.
   */
  layers(): Record<string, bigint> {
    const think = (this.counts.get("mem.instructions")! * this.latency.instruction) / 65536n;
    return { ...Object.fromEntries(this.times), "app.think": think };
  }
}
