/** Names and numbers of the memory engine (docs/memory-model.md). The order is part of the ABI. */

/** Columns of memory/1. Optional ones are left out when a recording does not have them. */
export const MEMORY_COLUMNS = [
  { name: "vaddr", type: "u64", optional: false, doc: "first byte, a gva" },
  { name: "size", type: "u16", optional: false, doc: "bytes, at least 1" },
  {
    name: "kind",
    type: "u8",
    optional: false,
    doc: "0 load, 1 store, 2 modify (load and store of one instruction), 3 ifetch",
  },
  {
    name: "gap",
    type: "u32",
    optional: true,
    doc: "instructions executed since the previous access, its own included (saturates)",
  },
  { name: "tid", type: "u32", optional: true, doc: "thread id" },
  { name: "t", type: "u64", optional: true, doc: "ns on the node's clock" },
  { name: "pc", type: "u64", optional: true, doc: "address of the instruction" },
] as const;
export const ACCESS_KINDS = ["load", "store", "modify", "ifetch"] as const;

/** Columns of mapping/1; `leaf` and `domain` are dictionary-encoded. */
export const MAPPING_COLUMNS = [
  {
    name: "vaddr",
    type: "u64",
    optional: false,
    doc: "first byte of the range: a gva, or a gpa in domain host, or an iova",
  },
  { name: "bytes", type: "u64", optional: false, doc: "length of the range" },
  { name: "leaf", type: "dict", optional: false, doc: "size of the leaf entries: 4k, 2m, 1g" },
  { name: "frame", type: "u64", optional: false, doc: "frame of the first page, in units of 4 KiB" },
  {
    name: "domain",
    type: "dict",
    optional: false,
    doc: "process (gva of a process on a host), guest (gva of a process in a guest), host (gpa), iova",
  },
] as const;
export const LEAVES = ["4k", "2m", "1g"] as const;
export const DOMAINS = ["process", "guest", "host", "iova"] as const;

/** Structures of look-ups, in the order of M2.8. */
export const STRUCTURES = [
  "tlb.l1.4k",
  "tlb.l1.2m",
  "tlb.l1.1g",
  "tlb.l2.4k",
  "tlb.l2.2m",
  "tlb.l2.1g",
  "pwc.pde",
  "pwc.pdpte",
  "pwc.pml4",
  "pwc.pml5",
  "epwc.pde",
  "epwc.pdpte",
  "epwc.pml4",
  "epwc.pml5",
  "ntlb",
  "cache.l1",
  "cache.l2",
  "cache.l3",
] as const;
export const POLICIES = ["lru", "plru", "random"] as const;
export const PLACEMENTS = ["contiguous", "fragmented", "thp"] as const;

const levels = (by: string): string[] => ["l1", "l2", "l3", "dram"].map((l) => `${by}.${l}`);
const lookups = (name: string): string[] => [`${name}.hits`, `${name}.misses`];

/**
 * u64 counters of the engine. Look-ups of a TLB are counted by the page's size, wherever its entries live.
 */
export const MEMORY_COUNTERS: readonly string[] = [
  "mem.accesses",
  "mem.refused",
  "mem.instructions",
  "mem.straddles.line",
  "mem.straddles.page",
  ...STRUCTURES.slice(0, 15).flatMap(lookups),
  ...levels("mem.refs"),
  ...levels("walk.refs.guest"),
  ...levels("walk.refs.host"),
  "walks.4k",
  "walks.2m",
  "walks.1g",
  "tlb.l2.lookups",
  "pwc.rounds",
  "epwc.rounds",
  "ntlb.lookups",
  "mem.ept_violations",
  "mem.pages_linked",
  "mem.pages_unlinked",
  "mem.blocks_split",
  "mem.blocks_collapsed",
  "mem.tlb_flushes",
];

/** u64 parameters of the engine; latencies in ps. */
export const MEMORY_PARAMS = [
  "nested",
  "guest_levels",
  "host_levels",
  "guest_leaf",
  "host_leaf",
  "placement",
  "thp_share16",
  "seed",
  "frame_bits",
  "guest_first_block",
  "host_first_block",
  "l1_latency",
  "l2_latency",
  "l3_latency",
  "dram_latency",
  "tlb_l2_latency",
  "pwc_latency",
  "ntlb_latency",
  "ept_violation",
  "c_instruction",
  "khugepaged",
  "khugepaged_delay",
] as const;
export type MemoryParam = (typeof MEMORY_PARAMS)[number];

/**
 * u32 words that describe one structure: sets (0: absent), ways, policy,
 * and the structure + 1 that holds its entries instead.
 */
export const GEOMETRY_WORDS = ["sets", "ways", "policy", "shared"] as const;
/** u32 words of a range of the mapping table: first page (low, high), pages, leaf level, first frame. */
export const MAPPING_WORDS = ["page_low", "page_high", "pages", "leaf", "frame"] as const;
/** Physical frames (4 KiB): where each area starts (M1.2). */
export const FRAMES = {
  fragments: 2 ** 24,
  linked: 2 ** 24 + 2 ** 23,
  tables: 2 ** 25,
  total: 2 ** 26,
} as const;
