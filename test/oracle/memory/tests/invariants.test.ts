import { describe, expect, it } from "vitest";
import { LEAVES } from "../../../../src/abi/memory.js";
import { type MemoryAction, randomMemory } from "../../../support/random/memory.js";
import type { MemoryOracleConfig } from "../config.js";
import { MemoryOracle } from "../engine.js";

type Counters = Record<string, bigint>;
const sum = (counters: Counters, names: string[]): bigint =>
  names.reduce((total, name) => total + counters[name]!, 0n);
const bySize = (before: string, after = ""): string[] => LEAVES.map((size) => `${before}.${size}${after}`);
const references = (by: string): string[] => ["l1", "l2", "l3", "dram"].map((level) => `${by}.${level}`);

function replay(config: MemoryOracleConfig, actions: MemoryAction[]): MemoryOracle {
  const oracle = new MemoryOracle(config);
  for (const action of actions) {
    if (action.kind === "link") oracle.link(action.page, action.pages, action.present);
    else if (action.kind === "unlink") oracle.unlink(action.page, action.pages);
    else if (action.kind === "beginRun") oracle.beginRun(action.now);
    else oracle.access(action.vaddr, action.size, action.type, action.gap);
  }
  return oracle;
}

/** Lines and pages that a row has bytes in. */
function cut(actions: MemoryAction[], unit: bigint): { pieces: bigint; straddles: bigint } {
  let pieces = 0n,
    straddles = 0n;
  for (const action of actions) {
    if (action.kind !== "access") continue;
    const n = (action.vaddr + BigInt(action.size) - 1n) / unit - action.vaddr / unit + 1n;
    pieces += n;
    if (n > 1n) straddles += 1n;
  }
  return { pieces, straddles };
}

describe("random scripts", () => {
  it.each(Array.from({ length: 200 }, (_, i) => i + 1))("seed %i keeps M8.1", (seed) => {
    const { config, actions } = randomMemory(seed, 250);
    const oracle = replay(config, actions),
      c = oracle.counters(),
      { latency } = config;
    const of = (kind: MemoryAction["kind"]): MemoryAction[] => actions.filter((a) => a.kind === kind);
    const lines = cut(actions, 64n),
      pages = cut(actions, 4096n);

    expect(c["mem.accesses"]! + c["mem.refused"]!).toBe(BigInt(of("access").length));
    expect([c["mem.straddles.line"], c["mem.straddles.page"]]).toEqual([lines.straddles, pages.straddles]);
    expect(sum(c, references("mem.refs"))).toBe(lines.pieces);
    const misses = bySize("tlb.l1", ".misses");
    expect(sum(c, [...misses, ...bySize("tlb.l1", ".hits")])).toBe(pages.pieces);

    const used = (from: number, shared: string): boolean =>
      [0, ...(shared === "none" ? [1] : []), ...(shared === "2m+1g" ? [] : [2])].some(
        (i) => config.structures[from + i]!.sets > 0,
      );
    const second = used(3, config.l2Shared);
    for (const size of LEAVES) {
      const asked = c[`tlb.l2.${size}.hits`]! + c[`tlb.l2.${size}.misses`]!;
      expect(asked).toBe(second ? c[`tlb.l1.${size}.misses`]! : 0n);
      expect(c[`walks.${size}`]).toBe(c[`tlb.${second ? "l2" : "l1"}.${size}.misses`]);
    }
    expect(c["tlb.l2.lookups"]).toBe(sum(c, [...bySize("tlb.l2", ".hits"), ...bySize("tlb.l2", ".misses")]));
    expect(c["ntlb.lookups"]).toBe(c["ntlb.hits"]! + c["ntlb.misses"]!);
    expect(c["pwc.rounds"]).toBe(
      config.structures.slice(6, 10).some((s) => s.sets > 0) ? sum(c, bySize("walks")) : 0n,
    );

    const time = (by: string): bigint =>
      (["l1", "l2", "l3", "dram"] as const).reduce(
        (total, level) => total + c[`${by}.${level}`]! * latency[level],
        0n,
      );
    expect(oracle.layers()).toEqual({
      "mem.data": time("mem.refs"),
      "mem.tlb": c["tlb.l2.lookups"]! * latency.tlbL2,
      "walk.guest": time("walk.refs.guest") + c["pwc.rounds"]! * latency.pwc,
      "walk.host":
        time("walk.refs.host") + c["epwc.rounds"]! * latency.pwc + c["ntlb.lookups"]! * latency.ntlb,
      "vm.ept-fault": c["mem.ept_violations"]! * latency.eptViolation,
      "app.think": (c["mem.instructions"]! * latency.instruction) / 65536n,
    });
    expect(Object.values(oracle.layers()).reduce((a, b) => a + b)).toBe(oracle.clock());
    if (!config.nested)
      expect(
        sum(c, [
          ...references("walk.refs.host"),
          "mem.ept_violations",
          "epwc.rounds",
          "ntlb.lookups",
          "mem.tlb_flushes",
        ]),
      ).toBe(0n);
    if (of("link").length === 0) expect(c["mem.blocks_split"]).toBe(0n);
    expect(c["mem.blocks_collapsed"]!).toBeLessThanOrEqual(c["mem.blocks_split"]!);
    expect(c["mem.tlb_flushes"]! - BigInt(of("link").length + of("unlink").length)).toBeLessThanOrEqual(
      BigInt(of("beginRun").length),
    );
    if (seed <= 20) expect(replay(config, actions).counters()).toEqual(c);
  });

  it("reach every part of the model", () => {
    const total: Counters = {};
    for (let seed = 1; seed <= 200; seed++) {
      const { config, actions } = randomMemory(seed, 250);
      for (const [name, value] of Object.entries(replay(config, actions).counters()))
        total[name] = (total[name] ?? 0n) + value;
    }
    expect(Object.keys(total).filter((name) => total[name] === 0n)).toEqual(["mem.refused"]);
  });
});
