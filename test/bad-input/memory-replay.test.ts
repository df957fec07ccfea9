import { describe, expect, test } from "vitest";
import { encodeMapping, loadPath, loadTestbed, replayMemory } from "../../src/index.js";
import type { MemoryRow } from "../../src/trace/memory/memory-rows.js";
import { command } from "../support/command.js";
import { scratch } from "../support/files.js";
import { encodeAccesses, MEMORY_META, memoryTraceOf } from "../support/memory/memory.js";
import { type Choice, loads, replayRows } from "../support/memory/memory-replay.js";
import { refused, saying } from "../support/refused.js";
import { encodeRows } from "../support/script.js";

const GOOD = loads(0x7f00_0000_0000n);
const fails = (rows: readonly MemoryRow[], choice: Choice = {}, path = "memlink"): string =>
  refused(() => replayRows(rows, [path], choice));
const load = (vaddr: bigint, size = 8, kind = 0): MemoryRow => ({ vaddr, size, kind });

describe("rows", () => {
  test.each<[string, MemoryRow, RegExp]>([
    [
      "a size of 0",
      load(0x1000n, 0),
      /^memory\.arrow: row 1: column size is 0: .*; drop the row or correct it$/,
    ],
    [
      "an access that wraps",
      load(0xffff_ffff_ffff_fffcn),
      /^memory\.arrow: row 1: column vaddr is 0xfffffffffffffffc: the access wraps the address space; correct its size$/,
    ],
    [
      "an address that is not canonical",
      load(0x0123_0000_0000_0000n),
      /^memory\.arrow: row 1: column vaddr is 0x123000000000000: not a canonical address.*; correct the recording$/,
    ],
    [
      "a last byte that is not",
      load(0x00ff_ffff_ffff_fffcn),
      /^memory\.arrow: row 1: column vaddr is 0xfffffffffffffc: not a canonical address/,
    ],
    [
      "an address of 57 bits on tables of 4 levels",
      load(0x0000_8000_0000_0000n),
      /^memory\.arrow: has addresses of more than 48 bits, which page tables of 4 levels cannot hold; replay with --set mem\.guest_levels=5$/,
    ],
  ])("%s", (_, row, message) => {
    expect(fails([GOOD[0]!, row])).toMatch(message);
  });
  test("the row is counted over all batches", () => {
    const trace = memoryTraceOf([...GOOD, ...GOOD, ...GOOD, ...GOOD, load(1n, 0)], {}, { batchRows: 2 });
    expect(refused(() => replayMemory(trace, [loadPath("native")], loadTestbed("modern")))).toMatch(
      /^memory\.arrow: row 4: column size/,
    );
  });
  test("57 bits go with 5 levels, and the top half with either", () => {
    const wide = [load(0x0000_8000_0000_0000n), load(0xff00_0000_0000_0000n)];
    expect(
      replayRows(wide, ["memlink"], { set: ["mem.guest_levels=5"] }).replays[0]!.counters["mem.accesses"],
    ).toBe(2);
    expect(replayRows([load(0xffff_ffff_ffff_fff8n)], ["native"]).replays[0]!.counters["mem.accesses"]).toBe(
      1,
    );
  });
  test("none at all, or instruction fetches only", () => {
    for (const rows of [[], [load(0x1000n, 4, 3)]])
      expect(fails(rows)).toMatch(/^memory\.arrow: has no data access to replay; record the program again$/);
  });
  test("think time of instructions that were not counted", () => {
    const trace = memoryTraceOf(GOOD, {}, { columns: ["vaddr", "size", "kind"] });
    expect(
      refused(() => replayMemory(trace, [loadPath("native")], loadTestbed("modern"), { think: "recorded" })),
    ).toMatch(/has no gap column, so --think recorded is not possible; use --think none/);
  });
});

describe("a machine that cannot be", () => {
  test.each<[string, string[], RegExp]>([
    [
      "no ways",
      ["tlb.l1_4k_ways=0"],
      /tlb\.l1_4k_entries is 64 with tlb\.l1_4k_ways 0: a structure needs at least one way; write 0 entries to leave it out/,
    ],
    [
      "sets that do not divide",
      ["tlb.l2_4k_ways=5"],
      /tlb\.l2_4k_entries is 512 with tlb\.l2_4k_ways 5: 512 entries do not divide into sets of 5 ways/,
    ],
    [
      "tree PLRU of 12 ways",
      ["cache.policy=plru", "cache.l1_bytes=49152", "cache.l1_ways=12"],
      /cache\.l1_bytes is 49152 with cache\.l1_ways 12: tree PLRU needs a power of two of ways/,
    ],
    [
      "tree PLRU of 128 ways",
      ["tlb.policy=plru", "ntlb.entries=128", "ntlb.ways=128"],
      /ntlb\.entries is 128 with ntlb\.ways 128: tree PLRU needs a power of two of ways, at most 64/,
    ],
    [
      "bytes that are not lines",
      ["cache.l2_bytes=262100"],
      /cache\.l2_bytes is 262100 with cache\.l2_ways 8: a cache holds whole lines of 64 bytes/,
    ],
    [
      "no L1 data cache",
      ["cache.l1_bytes=0"],
      /cache\.l1_bytes is 0 with cache\.l1_ways 8: an L1 data cache is needed/,
    ],
    ["half an entry", ["ntlb.entries=2.5"], /ntlb\.entries is 2\.5/],
    ["3 levels", ["mem.guest_levels=3"], /mem\.guest_levels is 3/],
    ["6 levels", ["mem.host_levels=6"], /mem\.host_levels is 6; page tables have 4 or 5 levels/],
    [
      "an unknown policy",
      ["cache.policy=fifo"],
      /cache\.policy is "fifo"; expected one of lru, plru, random/,
    ],
    [
      "sizes shared in an unknown way",
      ["tlb.l2_shared=4k"],
      /tlb\.l2_shared is "4k"; expected one of none, 2m, 2m\+1g/,
    ],
    ["a cache larger than memory", ["cache.l3_bytes=1e12"], /cache\.l3_bytes is 1000000000000/],
  ])("%s", (_, set, message) => {
    expect(fails(GOOD, { set })).toMatch(saying("^testbed thesis-2014: ", message.source));
  });
  test("a testbed without the values of memory", () => {
    const full = loadTestbed("modern");
    for (const name of [
      "mem.dram",
      "tlb.policy",
      "pwc.pde_entries",
      "cache.l1_ways",
      "mem.guest_levels",
      "cpu.instruction",
    ]) {
      const { [name]: _, ...values } = full.values;
      expect(
        refused(() => replayMemory(memoryTraceOf(GOOD), [loadPath("native")], { ...full, values })),
      ).toMatch(saying("testbed modern", name.replace(".", "\\.")));
    }
  });
});

describe("options", () => {
  test.each([
    "al",
    "",
    "all,",
    "0x7f0000000000",
    "0x7f0000000000:",
    "0x7f0000000000:0",
    "0x10:4kb4",
    "-1:4096",
    "0xffffffffffffffff:4096",
    "from:",
    "heap heap",
    "none,all",
    "0x0:1T",
  ])("--link %j", (link) => {
    expect(fails(GOOD, { link })).toMatch(
      /^--link .*(write none, all, heap, largest, BASE:LEN|give its length|correct base or length|link a smaller range)/,
    );
  });
  test("--link of more than can be modelled, or of a trace that registers nothing", () => {
    expect(fails(GOOD, { link: "0:64GiB" })).toMatch(
      /^--link 0:64GiB: 16777216 pages are linked, more than the 8388608 \(32 GiB\) that can be modelled; link a smaller range$/,
    );
    const verbs = file("nothing.arrow", encodeRows([{ verb: "open_device" }]));
    expect(fails(GOOD, { link: `from:${verbs}` })).toMatch(
      /^--link from:.*nothing\.arrow: the trace registers no memory; give another, or write none, all/,
    );
    expect(fails(GOOD, { link: `from:${file("accesses.arrow", encodeAccesses(GOOD))}` })).toMatch(
      /is a memory trace/,
    );
  });
  test.each([
    "",
    "random",
    "fragmented:",
    "fragmented:x",
    "fragmented:4294967296",
    "thp",
    "thp=",
    "thp=1.5",
    "thp=-1",
    "thp=.5.5",
    "contiguous,thp=1",
  ])("--placement %j", (placement) => {
    expect(fails(GOOD, { placement })).toMatch(
      /^--placement .*: write contiguous, fragmented, fragmented:SEED, thp=SHARE or thp=SHARE:SEED, with a share of 0 to 1$/,
    );
  });
  test("thp beside another leaf", () => {
    for (const leaf of ["2m", "1g"])
      expect(fails(GOOD, { placement: "thp=0.5" }, `memlink+guest_leaf=${leaf}`)).toMatch(
        saying(`^path memlink\\+guest_leaf=${leaf}: --placement thp `, "contradicts it; use one of them"),
      );
  });
});

const { file } = scratch();
const verbs = file("run.arrow", encodeRows([{ verb: "open_device" }])),
  accesses = file("accesses.arrow", encodeAccesses(GOOD)),
  map = file("map.arrow", encodeMapping([], MEMORY_META));
const cut = file("cut.arrow", encodeAccesses(GOOD).subarray(0, -20)),
  zero = file("zero.arrow", encodeAccesses([load(1n, 0)])),
  none = file("none.arrow", encodeAccesses([]));

describe("the command ends with one sentence, exit code 2 and nothing on standard output", () => {
  test.each<[string, string[], RegExp]>([
    [
      "--mapping with a verbs trace",
      [verbs, "--mapping", map],
      /--mapping is about memory accesses, but no memory trace is named; give one, or leave it out/,
    ],
    ["--link without a memory trace", [verbs, "--link", "all"], /--link is about memory accesses/],
    [
      "--peer without a verbs trace",
      [accesses, "--peer", "native"],
      /--peer is about the other side of a verbs trace, but none is named; give one, or leave it out/,
    ],
    ["two memory traces", [accesses, accesses], /2 memory traces are named, but one is replayed at a time/],
    [
      "a page map as trace",
      [map],
      /map\.arrow: is a page map, not a trace to replay; give it with --mapping/,
    ],
    ["a memory trace as page map", [accesses, "--mapping", accesses], /accesses\.arrow: is a memory trace/],
    [
      "a page map that is not there",
      [accesses, "--mapping", "nowhere.arrow"],
      /nowhere\.arrow: cannot be opened \(ENOENT\)/,
    ],
    ["an empty memory trace", [none], /none\.arrow: has no data access to replay/],
    ["a memory trace that was cut off", [cut], /cut\.arrow: /],
    ["a row of size 0", [zero, "--json"], /zero\.arrow: row 0: column size is 0/],
    ["--top -1", [accesses, "--top", "-1"], /--top -1: give a whole number of 0 to 10000/],
    [
      "a path twice",
      [accesses, "--paths", "native,native"],
      /--paths names native twice: name each path once/,
    ],
    [
      "a file as --out",
      [accesses, "--out", accesses],
      /cannot be made \(EEXIST\): it is a file, and a folder is/,
    ],
    ["--top many", [accesses, "--top", "many"], /--top is "many": give a number/],
    [
      "a machine that cannot be",
      [accesses, "--set", "mem.host_levels=7"],
      /mem\.host_levels is 7; page tables have 4 or 5 levels/,
    ],
    [
      "a link that is none",
      [accesses, "--link", "0x10"],
      /--link 0x10: not a range; write none, all, heap, largest, BASE:LEN/,
    ],
  ])("%s", async (_, args, message) => {
    const r = await command("replay", ...args);
    expect(r.stderr).toMatch(message);
    expect([r.status, r.stdout, r.stderr.trim().split("\n").length]).toEqual([2, "", 1]);
    expect(r.stderr).not.toMatch(/internal error|undefined/);
  });
});
