/** Random control verbs. */
import type { VerbsRowLike } from "../../oracle/rows.js";
import type { SimCq, SimMr, SimNode, SimThread, Trace } from "./trace.js";

const PLAIN = [
  "query_device",
  "query_port",
  "query_gid",
  "query_pkey",
  "create_ah",
  "destroy_ah",
  "get_async_event",
  "rdma_get_cm_event",
  "rdma_resolve_addr",
  "rdma_connect",
  "alloc_mw",
  "bind_mw",
  "dealloc_mw",
];

/** Physically contiguous runs of a region, or none. Sometimes aligned as 2 MiB leaves need it. */
function runs(trace: Trace, addr: bigint, size: number): VerbsRowLike["runs"] {
  const { random } = trace;
  if (random.chance(0.4)) return [];
  const large = random.chance(0.5);
  const out: VerbsRowLike["runs"] = [];
  const end = (addr + BigInt(size) - 1n) / 4096n + 1n;
  for (let page = addr / 4096n; page < end; ) {
    const edge = large ? (page / 512n + 1n) * 512n : page + BigInt(random.magnitude(600));
    const stop = large && random.chance(0.3) ? edge + 512n : edge;
    const count = (stop < end ? stop : end) - page;
    const frame = large
      ? BigInt(random.int(0, 4000)) * 512n + (page % 512n)
      : BigInt(random.int(0, 4_000_000));
    out.push({ page, frame, count: Number(count) });
    page += count;
  }
  return out;
}

/** The first region of a node holds any message. */
const LARGEST = 1 << 26;

export function regMr(trace: Trace, node: SimNode, thread: SimThread, asked: number): SimMr {
  const { random } = trace;
  const size = node.mrs.length === 0 ? LARGEST : asked;
  const offset = random.pick([0n, 0n, 0n, 64n, 4096n, 12_345n]);
  const mr: SimMr = {
    lkey: node.nextKey,
    rkey: node.nextKey + 0x8000,
    handle: node.nextKey & 0xff,
    addr: node.nextAddr + offset,
    size,
  };
  node.nextKey += 1;
  node.nextAddr += BigInt(size + 12_345 + (4 << 21)) & ~0x1fffffn;
  node.mrs.push(mr);
  trace.call(thread, [
    {
      verb: "reg_mr",
      mr: mr.handle,
      lkey: mr.lkey,
      rkey: mr.rkey,
      addr: mr.addr,
      remote_addr: mr.addr,
      size: BigInt(size),
      access: 7,
      runs: runs(trace, mr.addr, size),
    },
  ]);
  return mr;
}

export function emptyPolls(trace: Trace, thread: SimThread, cq: SimCq): void {
  trace.call(thread, [{ verb: "poll_cq_empty", cq: cq.id, size: BigInt(trace.random.magnitude(10_000)) }]);
}

export function someControl(trace: Trace, node: SimNode, thread: SimThread): void {
  const { random } = trace;
  switch (random.int(0, 6)) {
    case 0:
      regMr(trace, node, thread, random.magnitude(1 << 20));
      break;
    case 1: {
      if (node.mrs.length < 3) break;
      // not the one that holds any message
      const [mr] = node.mrs.splice(random.int(1, node.mrs.length - 1), 1);
      trace.call(thread, [{ verb: "dereg_mr", mr: mr!.handle, lkey: mr!.lkey, size: BigInt(mr!.size) }]);
      break;
    }
    case 2: {
      const id = 1000 + random.int(0, 1_000_000);
      trace.call(thread, [{ verb: "create_cq", cq: id, cqe: random.magnitude(5000) }]);
      if (random.chance(0.7)) trace.call(thread, [{ verb: "destroy_cq", cq: id }]);
      break;
    }
    case 3:
      trace.call(thread, [
        {
          verb: "reg_mr",
          mr: 0,
          lkey: 1,
          rkey: 1,
          addr: 4096n,
          size: BigInt(random.magnitude(1 << 30)),
          status: 12,
        },
      ]);
      break;
    case 4:
      trace.call(thread, [
        {
          verb: "resize_cq",
          cq: random.pick(node.cqs).id,
          cqe: random.magnitude(5000),
          status: random.chance(0.5) ? 38 : 0,
        },
      ]);
      break;
    default:
      trace.call(thread, [{ verb: random.pick(PLAIN) }]);
  }
}
