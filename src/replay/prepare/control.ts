import { NO_ENUM, NO_ID } from "../../abi/columns.js";
import { FLAGS, QP_TYPES, VERB_ID, type Verb } from "../../abi/verbs.js";
import type { QpEndpoint } from "../../trace/verbs/pairs.js";
import type { BatchView } from "./batch-view.js";
import { Contexts, type Queue } from "./context.js";
import { type Action, type ControlRecord, ControlRecords } from "./control-record.js";
import { ControlRow } from "./control-row.js";
import { CAPACITIES, cqPages, isLarge, pagesOf, qpGeometry, srqPages } from "./geometry.js";

/** An MR as the core's table holds it. */
export interface MrEntry {
  start: bigint;
  bytes: bigint;
  ordinal: number;
  large: boolean;
  node: number;
  ctx: number;
  rkey: number;
}

/** Objects that are counted by node. */
type Kind = "cq" | "qp" | "mr";

const IBV_QP_PORT = 1 << 5;
const INIT = 1;
/** Verbs that the core resolves by itself. */
export const DATA_VERBS = new Set(
  [
    "post_send",
    "post_recv",
    "post_srq_recv",
    "poll_cq",
    "poll_cq_empty",
    "req_notify_cq",
    "get_cq_event",
    "ack_cq_events",
  ].map((v) => VERB_ID[v as Verb]),
);

/**
 * Follows the control rows of a trace: which objects exist, how
 * big they are; writes control records for the core.
 */
export class ControlResolver {
  readonly qps: QpEndpoint[] = [];
  /** sq_sig_all of each QP. */
  readonly sigAll: boolean[] = [];
  /** What create_qp asked for, of each QP (R2.43). */
  readonly capacities: { send_wr: number; recv_wr: number; inline: number }[] = [];
  readonly mrs: MrEntry[] = [];
  /** What the rows of the batch that is read resolve to. */
  readonly records = new ControlRecords();
  private readonly contexts = new Contexts();
  private readonly ordinals: Record<Kind, number[]> = { cq: [], qp: [], mr: [] };
  private readonly row: ControlRow;

  constructor(file: string) {
    this.row = new ControlRow(file);
  }

  /**
   * Adds the control record of one row; `row` counts within the batch, `firstRow`
   * places it in the file (R2.13, R2.16, R2.19, R2.21, R2.44).
   */
  resolve(view: BatchView, row: number, firstRow: number, verb: Verb): void {
    const r = this.row;
    r.go(view, row, firstRow);
    const { node, ctx, ok } = r,
      own = this.contexts.of(node, ctx),
      out: ControlRecord = { action: "NONE", index: 0, id: 0, a: 0, b: 0, c: 0, features: {} };
    const bind = (action: Action, index: number, id: number): void => {
      if (!ok) return;
      out.action = action;
      out.index = index;
      out.id = id;
    };
    switch (verb) {
      case "create_cq":
      case "resize_cq": {
        const pages = r.within(["cqe"], cqPages(r.u32("cqe")));
        out.features =
          verb === "resize_cq"
            ? { buf_pages: pages, db_pages: 1 }
            : own.records.create(ok, "cq", pages, true);
        if (verb === "create_cq" && ok) {
          r.fresh(own.cqs, "cq", "destroy_cq");
          const index = this.next("cq", node);
          own.cqs.set(r.u32("cq"), { bufPages: pages, hasDb: true, index });
          bind("BIND_CQ", index, r.u32("cq"));
        }
        break;
      }
      case "create_srq": {
        const pages = r.within(
          ["cap_recv_wr", "cap_recv_sge"],
          srqPages(r.u32("cap_recv_wr"), r.u32("cap_recv_sge")),
        );
        out.features = own.records.create(ok, "qp", pages, true);
        if (ok) r.fresh(own.srqs, "srq", "destroy_srq");
        if (ok) own.srqs.set(r.u32("srq"), { bufPages: pages, hasDb: true, index: 0 });
        bind("BIND_SRQ", 0, r.u32("srq"));
        out.a = r.u32("cap_recv_wr");
        break;
      }
      case "create_qp": {
        const kind = r.u8("qp_type"),
          srq = r.u32("srq");
        if (kind >= QP_TYPES.length)
          r.fail("qp_type", kind, `expected ${QP_TYPES.map((t, i) => `${i} ${t}`).join(", ")}`);
        const g = qpGeometry(
          kind,
          r.u32("cap_send_wr"),
          r.u32("cap_recv_wr"),
          r.u32("cap_send_sge"),
          r.u32("cap_recv_sge"),
          r.u32("cap_inline"),
          srq === NO_ID,
        );
        const pages = r.within(CAPACITIES, g.bufPages);
        out.features = own.records.create(ok, "qp", pages, srq === NO_ID);
        if (!ok) break;
        r.known(own.cqs, "cq", r.u32("cq"), "this CQ");
        r.known(own.cqs, "rcq", r.u32("rcq"), "this CQ");
        if (srq !== NO_ID) r.known(own.srqs, "srq", srq, "this SRQ");
        r.fresh(own.qps, "qp", "destroy_qp");
        const qpn = r.u32("qp"),
          index = this.qps.length;
        this.qps.push({
          node,
          ctx,
          ordinal: this.next("qp", node),
          qpn,
          type: kind,
          dest: NO_ID,
          rq_psn: NO_ID,
          sq_psn: NO_ID,
        });
        this.capacities.push({
          send_wr: r.u32("cap_send_wr"),
          recv_wr: r.u32("cap_recv_wr"),
          inline: r.u32("cap_inline"),
        });
        this.sigAll.push((r.u32("flags") & FLAGS.signaled) !== 0);
        own.qps.set(qpn, { bufPages: g.bufPages, hasDb: srq === NO_ID, index, sqSlots: g.sqSlots });
        bind("BIND_QP", index, qpn);
        out.a = r.u32("cq");
        out.b = r.u32("rcq");
        out.c = srq;
        out.features.sq_slots = 0;
        break;
      }
      case "modify_qp": {
        const qp = r.known(own.qps, "qp", r.u32("qp"), "this QP");
        const state = r.u8("qp_state"),
          e = this.qps[qp.index]!;
        if (state !== NO_ENUM && state > 6) r.fail("qp_state", state, "expected 0 (RESET) to 6 (ERR)");
        out.features = {
          port: r.u32("attr_mask") & IBV_QP_PORT ? 1 : 0,
          sq_slots: state === INIT ? qp.sqSlots : 0,
        };
        const mtu = r.u32("path_mtu");
        if (mtu !== 0 && ![256, 512, 1024, 2048, 4096].includes(mtu))
          r.fail("path_mtu", mtu, "expected 256, 512, 1024, 2048, 4096, or 0 when not in the mask");
        if (!ok) break;
        bind("QP_STATE", qp.index, e.qpn);
        out.a = state === NO_ENUM ? NO_ID : state;
        out.b = mtu;
        out.c = r.u16("max_rd_atomic");
        if (r.u32("peer_qp") !== NO_ID) e.dest = r.u32("peer_qp");
        if (r.u32("rq_psn") !== NO_ID) e.rq_psn = r.u32("rq_psn");
        if (r.u32("sq_psn") !== NO_ID) e.sq_psn = r.u32("sq_psn");
        break;
      }
      case "destroy_qp":
      case "destroy_cq":
      case "destroy_srq": {
        const column = verb.slice("destroy_".length) as "qp" | "cq" | "srq";
        const map: Map<number, Queue> = column === "qp" ? own.qps : column === "cq" ? own.cqs : own.srqs;
        const id = r.u32(column),
          queue = r.known(map, column, id, `this ${column.toUpperCase()}`);
        const kind = column === "cq" ? "cq" : "qp";
        out.features = own.records.destroy(ok, kind, queue.bufPages, queue.hasDb);
        if (!ok) break;
        map.delete(id);
        bind(`UNBIND_${column.toUpperCase()}` as Action, queue.index, id);
        break;
      }
      case "reg_mr": {
        const start = r.u64("addr"),
          bytes = r.u64("size"),
          runs = r.view.runs(row);
        if (start + bytes > 1n << 64n)
          r.fail("size", bytes, `the region wraps the address space from 0x${start.toString(16)}`);
        if (bytes > 1n << 40n) r.fail("size", bytes, "a region of more than 1 TiB cannot be right");
        const pages = pagesOf(start, bytes),
          n = runs.length > 0 ? BigInt(runs.length) : pages;
        out.features = { pages, runs: n, mr_bytes: bytes };
        if (!ok) break;
        r.fresh(own.mrs, "lkey", "dereg_mr");
        const index = this.mrs.length,
          lkey = r.u32("lkey");
        this.mrs.push({
          start,
          bytes,
          ordinal: this.next("mr", node),
          large: isLarge(runs, start, bytes),
          node,
          ctx,
          rkey: r.u32("rkey"),
        });
        own.mrs.set(lkey, { pages, runs: n, bytes, index });
        bind("BIND_MR", index, lkey);
        break;
      }
      case "dereg_mr":
      case "rereg_mr": {
        const lkey = r.u32("lkey"),
          mr = r.known(own.mrs, "lkey", lkey, "a memory region with this lkey");
        out.features = { pages: mr.pages, runs: mr.runs, mr_bytes: mr.bytes };
        if (verb === "rereg_mr" || !ok) break;
        own.mrs.delete(lkey);
        bind("UNBIND_MR", mr.index, lkey);
        break;
      }
      case "get_device_list":
        out.features = { devices: r.u16("devices") };
        break;
      default:
        break;
    }
    this.records.add(out, row, ctx);
  }

  /** QPs that exist behind the last row, as indices of `qps`, in the order in which they were created. */
  get open(): number[] {
    const open: number[] = [];
    for (const { qps } of this.contexts.all()) for (const { index } of qps.values()) open.push(index);
    return open.sort((a, b) => a - b);
  }

  /** Number of an object among those of its kind on the node. */
  private next(kind: Kind, node: number): number {
    const counts = this.ordinals[kind],
      n = counts[node] ?? 0;
    counts[node] = n + 1;
    return n;
  }
}
