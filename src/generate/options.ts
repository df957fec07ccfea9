import { UserError } from "../errors.js";

/** Workloads of verbs/1; those of memory/1 have a registry of their own. */
export const VERBS_WORKLOADS = [
  "rc-pingpong",
  "send-lat",
  "send-bw",
  "write-lat",
  "write-bw",
  "read-lat",
  "read-bw",
  "atomic-lat",
] as const;
export type VerbsWorkload = (typeof VERBS_WORKLOADS)[number];

/** Named as perftest names them; rc-pingpong is ibv_rc_pingpong. */
export interface VerbsOptions {
  size: number;
  iters: number;
  /** Send queue depth: WRs in flight of each QP. */
  txDepth: number;
  rxDepth: number;
  /** WRs of one post call. */
  postList: number;
  /** Every cqMod-th WR is signalled. */
  cqMod: number;
  /** Messages up to this size go inline. */
  inline: number;
  qps: number;
  /** Sleep on completion events instead of polling. */
  events: boolean;
  mtu: number;
  bidirectional: boolean;
  transport: "RC" | "UC" | "UD";
  /** Completions that one poll returns at most. */
  pollBatch: number;
  /** Physical pages of the buffers: runs of a few pages, or one run. */
  contiguity: "fragmented" | "contiguous";
  seed: number;
}

const LIMITS: Partial<Record<keyof VerbsOptions, [number, number]>> = {
  size: [0, 2 ** 31],
  iters: [1, 2 ** 31],
  txDepth: [1, 2 ** 20],
  rxDepth: [1, 2 ** 20],
  postList: [1, 2 ** 16],
  cqMod: [1, 2 ** 20],
  inline: [0, 1024],
  qps: [1, 65536],
  pollBatch: [1, 65536],
  seed: [0, 2 ** 32 - 1],
};
const MTUS = [256, 512, 1024, 2048, 4096];
/** perftest signals every WR of larger messages. */
const CQ_MOD_SIZE = 8192;

/** Options of a workload where those given leave them open. */
export function withDefaults(workload: VerbsWorkload, given: Partial<VerbsOptions> = {}): VerbsOptions {
  const bandwidth = workload.endsWith("-bw");
  const pingpong = workload === "rc-pingpong";
  const size = given.size ?? (pingpong ? 4096 : workload === "atomic-lat" ? 8 : bandwidth ? 65536 : 2);
  const postList = given.postList ?? 1;
  const base: VerbsOptions = {
    size,
    iters: bandwidth && workload !== "read-bw" ? 5000 : 1000,
    txDepth: bandwidth ? 128 : 1,
    rxDepth: pingpong ? 500 : 512,
    postList,
    cqMod: !bandwidth ? 1 : postList > 1 ? postList : size > CQ_MOD_SIZE ? 1 : 100,
    inline: 0,
    qps: 1,
    events: false,
    mtu: pingpong ? 1024 : 2048,
    bidirectional: false,
    transport: "RC",
    pollBatch: 16,
    contiguity: "fragmented",
    seed: 1,
  };
  const options: VerbsOptions = {
    ...base,
    ...Object.fromEntries(Object.entries(given).filter(([, v]) => v !== undefined)),
  };
  options.cqMod = Math.min(options.cqMod, options.txDepth);
  check(workload, options);
  return options;
}

function check(workload: VerbsWorkload, o: VerbsOptions): void {
  const refuse = (option: keyof VerbsOptions, want: string): never => {
    throw new UserError(`generate ${workload}: ${option} is ${String(o[option])}: give ${want}`);
  };
  for (const [name, [low, high]] of Object.entries(LIMITS) as [keyof VerbsOptions, [number, number]][]) {
    const value = o[name] as number;
    if (!Number.isInteger(value) || value < low || value > high)
      refuse(name, `a whole number from ${low} to ${high}`);
  }
  if (!MTUS.includes(o.mtu)) refuse("mtu", MTUS.join(", "));
  if (!["RC", "UC", "UD"].includes(o.transport)) refuse("transport", "RC, UC or UD");
  if (!["fragmented", "contiguous"].includes(o.contiguity)) refuse("contiguity", "fragmented or contiguous");
  const verb = workload.split("-")[0]!;
  if (
    o.transport !== "RC" &&
    (verb === "rc" || verb === "read" || verb === "atomic" || (verb === "write" && o.transport === "UD"))
  )
    refuse("transport", "RC for this workload");
  if (o.transport === "UD" && o.size > o.mtu) refuse("size", `at most the mtu, ${o.mtu}, with UD`);
  if (o.postList > o.txDepth) refuse("postList", `at most txDepth, ${o.txDepth}`);
  if (o.cqMod % o.postList !== 0 && o.cqMod + o.postList - 1 > o.txDepth)
    refuse("cqMod", `a multiple of postList, ${o.postList}, or at most ${o.txDepth - o.postList + 1}`);
  if (verb === "atomic" && o.size !== 8) refuse("size", "8 for atomics");
  if (workload === "write-lat" && o.events) refuse("events", "false: write-lat polls memory");
  if (!workload.endsWith("-bw") && o.bidirectional) refuse("bidirectional", "it to a -bw workload");
  if (!workload.endsWith("-bw") && (o.qps > 1 || o.txDepth > 1 || o.postList > 1))
    refuse(o.qps > 1 ? "qps" : o.txDepth > 1 ? "txDepth" : "postList", "1 for this workload");
}
