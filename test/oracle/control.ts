/** Control verbs: what they create and destroy, and the features of their calls. */
import { NO_ID } from "../../src/abi/columns.js";
import { QP_STATES, QP_TYPES } from "../../src/abi/verbs.js";
import type { Clock } from "./clock.js";
import { type Mr, newQp, newQueue } from "./objects.js";
import { Refused } from "./refused.js";
import { awaitCreation, type Call, type NodeObjects, named, type VerbsRowLike } from "./rows.js";
import { cqSizes, qpSizes, srqPages } from "./sizes.js";

const PORT = 1 << 5;

/** What a control call creates, destroys and costs (R2.19, R2.21). */
export function control(objects: NodeObjects, call: Call): void {
  const r = call.rows[0]!;
  const f = call.features;
  const creator = `${call.node}/${call.tid}`;
  const key = (id: number): string => `${r.ctx}/${id}`;
  switch (call.verb) {
    case "reg_mr": {
      const mr = region(r, call.ok ? objects.next.mr++ : -1);
      setRegion(call, mr);
      if (!call.ok) break;
      objects.mrs.set(key(r.lkey), mr);
      objects.rkeys.set(key(r.rkey), [...(objects.rkeys.get(key(r.rkey)) ?? []), mr]);
      break;
    }
    // R2.16
    case "dereg_mr":
    case "rereg_mr": {
      const mr = objects.mrs.get(key(r.lkey));
      if (!mr) {
        if (call.ok)
          throw new Error(`row ${call.row}: ${call.verb} names lkey ${r.lkey}, which nobody registered`);
        break;
      }
      setRegion(call, mr);
      if (call.ok && call.verb === "dereg_mr") objects.mrs.delete(key(r.lkey));
      break;
    }
    case "create_cq": {
      const { entries, bufPages } = cqSizes(r.cqe);
      f.buf_pages = pinned(call, bufPages);
      record(objects, call, "cq", 512, +1);
      if (!call.ok) break;
      const cq = {
        kind: "cq" as const,
        node: objects.node,
        ordinal: objects.next.cq++,
        entries,
        bufPages,
        cqes: [],
        events: new Map<number, Clock>(),
        assumed: new Set<number>(),
        creator,
      };
      objects.cqs.set(key(r.cq), cq);
      call.creates = cq;
      break;
    }
    // R2.13
    case "resize_cq":
      f.buf_pages = pinned(call, cqSizes(r.cqe).bufPages);
      f.db_pages = 1n;
      break;
    // What is destroyed keeps its name until another takes it: no valid trace asks for it.
    case "destroy_cq":
      f.buf_pages = named(objects.cqs, call, "CQ", r.ctx, r.cq).bufPages;
      record(objects, call, "cq", 512, -1);
      break;
    case "create_srq": {
      f.buf_pages = pinned(call, srqPages(r.cap_recv_wr, r.cap_recv_sge));
      record(objects, call, "qp", 1024, +1);
      if (!call.ok) break;
      const srq = { kind: "srq" as const, queue: newQueue(r.cap_recv_wr), bufPages: f.buf_pages, creator };
      objects.srqs.set(key(r.srq), srq);
      call.creates = srq;
      break;
    }
    case "destroy_srq":
      f.buf_pages = named(objects.srqs, call, "SRQ", r.ctx, r.srq).bufPages;
      record(objects, call, "qp", 1024, -1);
      break;
    case "create_qp":
      createQp(objects, call);
      break;
    // R2.19, R2.20, R2.41
    case "modify_qp": {
      const qp = named(objects.qps, call, "QP", r.ctx, r.qp);
      awaitCreation(call, qp);
      if (QP_STATES[r.qp_state] === "INIT") f.sq_slots = qp.sqSlots;
      if ((r.attr_mask & PORT) !== 0) f.port = 1n;
      if (!call.ok) break;
      if (r.path_mtu !== 0) {
        qp.mtu = r.path_mtu;
        qp.mtus.push({ row: call.row, mtu: r.path_mtu });
      }
      if (r.max_rd_atomic !== 0) qp.maxRdAtomic = r.max_rd_atomic;
      if (r.peer_qp !== NO_ID) qp.peerNumber = r.peer_qp;
      if (r.rq_psn !== NO_ID) qp.rqPsn = r.rq_psn;
      if (r.sq_psn !== NO_ID) qp.sqPsn = r.sq_psn;
      break;
    }
    case "destroy_qp": {
      const qp = named(objects.qps, call, "QP", r.ctx, r.qp);
      f.buf_pages = qp.bufPages;
      if (!qp.usesSrq) record(objects, call, "qp", 1024, -1);
      break;
    }
    default:
      break;
  }
}

/** Buffers of a create call; one that asks for more than an HCA has is refused, or failed before (R2.44). */
function pinned(call: Call, pages: bigint): bigint {
  const r = call.rows[0]!;
  const entries = Math.max(r.cqe, r.cap_send_wr, r.cap_recv_wr),
    sges = Math.max(r.cap_send_sge, r.cap_recv_sge);
  if (entries <= 2 ** 24 && sges <= 1024 && r.cap_inline <= 2 ** 16) return pages;
  if (call.ok) throw new Refused(call.row, `${entries} entries, ${sges} SGEs, ${r.cap_inline} inline bytes`);
  return 0n;
}

/** A QP, and its place among those of its node (R2.12, R2.21). */
function createQp(objects: NodeObjects, call: Call): void {
  const r = call.rows[0]!;
  const type = QP_TYPES[r.qp_type];
  if (type === undefined) throw new Error(`row ${call.row}: create_qp without a type`);
  const usesSrq = r.srq !== NO_ID;
  const sizes = qpSizes({
    type,
    sendWr: r.cap_send_wr,
    recvWr: r.cap_recv_wr,
    sendSge: r.cap_send_sge,
    recvSge: r.cap_recv_sge,
    inline: r.cap_inline,
    usesSrq,
  });
  call.features.buf_pages = pinned(call, sizes.bufPages);
  if (!usesSrq) record(objects, call, "qp", 1024, +1);
  if (!call.ok) return;
  const qp = newQp({
    node: objects.node,
    ordinal: objects.created.length,
    ctx: r.ctx,
    number: r.qp,
    row: call.row,
    type,
    virtual: false,
    sigAll: (r.flags & 1) !== 0,
    usesSrq,
    queue: usesSrq ? named(objects.srqs, call, "SRQ", r.ctx, r.srq).queue : newQueue(r.cap_recv_wr),
    sendCapacity: r.cap_send_wr,
    inlineCapacity: r.cap_inline,
    sqSlots: sizes.sqSlots,
    bufPages: sizes.bufPages,
    sendCq: named(objects.cqs, call, "CQ", r.ctx, r.cq),
    recvCq: named(objects.cqs, call, "CQ", r.ctx, r.rcq),
    creator: `${call.node}/${call.tid}`,
  });
  objects.qps.set(`${r.ctx}/${r.qp}`, qp);
  objects.created.push(qp);
  call.creates = qp;
}

/**
 * Doorbell records: a page is allocated when the first record on it
 * is, and freed with the last (R2.10, R2.11, R2.12).
 */
function record(objects: NodeObjects, call: Call, kind: "cq" | "qp", perPage: number, step: 1 | -1): void {
  const key = `${kind}/${call.rows[0]!.ctx}`;
  const before = objects.records.get(key) ?? 0;
  const after = before + step;
  call.features.db_pages = 1n;
  call.features.db_new = (step === 1 ? before : after) % perPage === 0 ? 1n : 0n;
  if (call.ok) objects.records.set(key, after);
}

/** A region's pages, runs and leaf (R2.14, R2.15). */
function region(r: VerbsRowLike, ordinal: number): Mr {
  const first = r.addr >> 12n;
  const end = r.size === 0n ? first : ((r.addr + r.size - 1n) >> 12n) + 1n;
  const aligned =
    r.runs.every((run) => (run.page - run.frame) % 512n === 0n) &&
    r.runs
      .flatMap((run) => [run.page, run.page + BigInt(run.count)])
      .every((edge) => edge <= first || edge >= end || edge % 512n === 0n);
  const pages = end - first;
  return {
    ordinal,
    addr: r.addr,
    size: r.size,
    pages,
    runs: r.runs.length > 0 ? BigInt(r.runs.length) : pages,
    largeLeaf: r.runs.length > 0 && aligned,
  };
}

/** The features of a call on a region (R2.14, R2.16). */
function setRegion(call: Call, mr: Mr): void {
  call.features.pages = mr.pages;
  call.features.runs = mr.runs;
  call.features.mr_bytes = mr.size;
}
