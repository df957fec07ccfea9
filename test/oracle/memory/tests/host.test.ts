import { describe, expect, it } from "vitest";
import { FRAMES } from "../../../../src/abi/memory.js";
import { changes, config, engine, load, type Settings } from "../fixtures.js";
import { HostDimension } from "../host.js";
import { permute } from "../spaces.js";
import { Tally } from "../tally.js";

const GIB = 0x40000;

function dimension(settings: Settings): HostDimension {
  const whole = config({ nested: true, ...settings });
  return new HostDimension(whole, new Tally(whole.latency));
}

/** Level and frame of each. */
function places(host: HostDimension, ...frames: number[]): [number, number][] {
  return frames.map((f) => {
    const { level, frame } = host.need(f);
    return [level, frame];
  });
}

describe("frames of the host dimension", () => {
  it("blocks and GiBs come in the order of need", () => {
    expect(places(dimension({ hostLeaf: 1 }), 1000, 3, 1001)).toEqual([
      [1, 488],
      [1, 515],
      [1, 489],
    ]);
    expect(places(dimension({ hostLeaf: 2, hostFirstBlock: 512 }), 1000, 3, 1001)).toEqual([
      [2, GIB + 488],
      [2, GIB + 515],
      [2, GIB + 489],
    ]);
    expect(places(dimension({ hostLeaf: 3 }), 5 * GIB + 1000, 3, 5 * GIB)).toEqual([
      [3, 1000],
      [3, GIB + 3],
      [3, 0],
    ]);
  });

  it("splits stay in place; linked frames go to their area; collapsed blocks move", () => {
    const host = dimension({ hostLeaf: 3, khugepaged: "delay" });
    host.need(5 * GIB);
    host.link(2 * GIB + 1025, false);
    host.link(2 * GIB + 1030, false);
    const linked = FRAMES.linked + permute(1, 0, 9);
    expect(places(host, 2 * GIB + 1025, 2 * GIB + 1030, 2 * GIB + 1026, 2 * GIB, 5 * GIB + 1)).toEqual([
      [1, FRAMES.linked],
      [1, linked],
      [1, GIB + 1026],
      [2, GIB],
      [3, 1],
    ]);
    host.unlink(2 * GIB + 1025, 0n);
    expect(places(host, 2 * GIB + 1025)).toEqual([[1, GIB + 1025]]);
    // a number for each new link, whatever is linked now
    host.link(2 * GIB + 1025, false);
    expect(places(host, 2 * GIB + 1025)).toEqual([[1, FRAMES.linked + permute(2, 0, 9)]]);
    host.unlink(2 * GIB + 1025, 0n);
    host.unlink(2 * GIB + 1030, 0n);
    expect(host.collapse(0n)).toBe(1);
    expect(places(host, 2 * GIB + 1025, 2 * GIB + 5000)).toEqual([
      [2, 2 * GIB + 1],
      [2, GIB + 5000],
    ]);
    host.link(2 * GIB + 1024, false);
    expect(places(host, 2 * GIB + 1025)).toEqual([[1, 2 * GIB + 1]]);
  });

  it("due blocks get their new places in the order in which they became due", () => {
    const host = dimension({ hostLeaf: 2, khugepaged: "delay", khugepagedDelay: 5n });
    for (const f of [0, 512, 1024]) host.link(f, false);
    for (const [f, now] of [
      [1024, 1n],
      [0, 2n],
      [512, 3n],
    ] as [number, bigint][])
      host.unlink(f, now);
    expect(host.collapse(7n)).toBe(2);
    expect(places(host, 0, 512, 1024)).toEqual([
      [2, 4 * 512],
      [1, 512],
      [2, 3 * 512],
    ]);
    expect(host.collapse(8n)).toBe(1);
    expect(places(host, 512)).toEqual([[2, 5 * 512]]);
  });

  it("tables are numbered as they are made: a link makes them down to level 1", () => {
    const host = dimension({ hostLeaf: 2, khugepaged: "delay" });
    const tables = (f: number): number[] =>
      [...host.need(f).tables.values()].map((t) => t.frame - FRAMES.tables);
    expect(tables(0)).toEqual([0, 1, 2]);
    host.link(512, false);
    // another GiB gets the next ones, although nothing has needed the linked page yet
    expect(tables(GIB)).toEqual([0, 1, 4]);
    expect(tables(512)).toEqual([0, 1, 2, 3]);
    host.unlink(512, 0n);
    host.collapse(0n);
    expect(tables(512)).toEqual([0, 1, 2]);
    host.link(512, false);
    // the table of the collapsed block was given up
    expect(tables(512)).toEqual([0, 1, 2, 5]);
  });

  it("the mapping table rules, until a split", () => {
    const mapping = [
      { page: 512n, pages: 512, leaf: 2 as const, frame: 4096, dimension: "host" as const },
      { page: 2048n, pages: 512, leaf: 1 as const, frame: 77, dimension: "host" as const },
    ];
    const host = dimension({ hostLeaf: 1, mapping, hostFirstBlock: 512, khugepaged: "delay" });
    expect(places(host, 513, 2050, 0)).toEqual([
      [2, 4097],
      [1, 79],
      [1, GIB],
    ]);
    host.link(514, false);
    host.link(2051, false);
    expect(places(host, 513, 514, 2050, 2051)).toEqual([
      [1, 4097],
      [1, FRAMES.linked],
      [1, 79],
      [1, FRAMES.linked + permute(1, 0, 9)],
    ]);
    host.unlink(514, 0n);
    host.unlink(2051, 0n);
    expect(places(host, 514, 2051)).toEqual([
      [1, 4098],
      [1, 80],
    ]);
    // the block of 2m only; its new place is the next block, as none was taken for mapped frames
    expect(host.collapse(0n)).toBe(1);
    expect(places(host, 513)).toEqual([[2, GIB + 513]]);
  });

  it("a nested TLB entry of 2m is not one of 4k with the same number", () => {
    // gpa page 0 is a leaf of 4k and page number 0; gpa 512 is in a
    // leaf of 2m with the number 1, as frame 1 has
    const mapping = [{ page: 512n, pages: 512, leaf: 2 as const, frame: 0, dimension: "host" as const }];
    const oracle = engine({ nested: true, mapping, hostFirstBlock: 512, structures: { ntlb: [1, 64] } });
    load(oracle, 1);
    expect(changes(oracle, () => load(oracle, 512))["ntlb.misses"]).toBe(2);
    expect(changes(oracle, () => load(oracle, 513))["ntlb.misses"]).toBeUndefined();
  });
});
