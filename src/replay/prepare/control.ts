import { NO_ENUM, NO_ID } from "../../abi/columns.js";
import { FLAGS, QP_TYPES, VERB_ID, type Verb } from "../../abi/verbs.js";
import { UserError } from "../../errors.js";
import type { QpEndpoint } from "../../trace/verbs/pairs.js";
import type { BatchView } from "./batch-view.js";
import { type Action, type ControlRecord, encode } from "./control-record.js";
import { DoorbellRecords } from "./doorbell-records.js";
import { CAPACITIES, cqPages, isLarge, MOST, pagesOf, qpGeometry, srqPages } from "./geometry.js";
import { missingRow } from "./stops.js";

interface Queue {
  bufPages: number;
  hasDb: boolean;
  index: number;
}
interface Qp extends Queue {
  sqSlots: number;
}
interface Region {
  pages: bigint;
  runs: bigint;
  bytes: bigint;
  index: number;
}

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
  private readonly qpByKey = new Map<string, Qp>();
  private readonly cqByKey = new Map<string, Queue>();
  private readonly srqByKey = new Map<string, Queue>();
  private readonly mrByKey = new Map<string, Region>();
  private readonly records = new DoorbellRecords();
  private readonly ordinals = new Map<string, number>();
  private readonly file: string;

  constructor(file: string) {
    this.file = file;
  }

  /**
   * Control record of one row; `row` counts within the batch, `firstRow`
   * places it in the file (R2.13, R2.16, R2.19, R2.21, R2.44).
   */
  resolve(view: BatchView, row: number, firstRow: number, verb: Verb): Uint8Array {
    const fail = (column: string, value: unknown, why: string): never => {
      throw new UserError(`${this.file}: row ${firstRow + row}: column ${column} is ${value}: ${why}`);
    };
    const lacking = (column: string, id: number, why: string): never => {
      throw missingRow(this.file, firstRow + row, `column ${column} is ${id}: ${why}`);
    };
    const node = view.u16("node", row),
      ctx = view.u32("ctx", row),
      ok = view.u16("status", row) === 0;
    const context = `${node}/${ctx}`,
      key = (id: number): string => `${context}/${id}`;
    const out: ControlRecord = { action: "NONE", index: 0, id: 0, a: 0, b: 0, c: 0, features: {} };
    const known = <T>(map: Map<string, T>, column: string, id: number, what: string): T =>
      map.get(key(id)) ??
      lacking(
        column,
        id,
        `${what} was never created on node ${node}, context ${ctx}; the trace must hold its create row`,
      );
    const fresh = (map: ReadonlyMap<string, unknown>, column: string, missing: string): void => {
      const id = view.u32(column, row);
      if (map.has(key(id)))
        lacking(
          column,
          id,
          `it exists already on node ${node}, context ${ctx}; the trace must hold the ${missing} row before it`,
        );
    };
    const bind = (action: Action, index: number, id: number): void => {
      if (!ok) return;
      out.action = action;
      out.index = index;
      out.id = id;
    };
    /** Pages of buffers, none where a call failed that asks for more than an HCA has (R2.44). */
    const within = (columns: readonly (keyof typeof MOST)[], pages: number): number => {
      const over = columns.find((c) => view.u32(c, row) > MOST[c]);
      if (over === undefined) return pages;
      if (ok) fail(over, view.u32(over, row), `no HCA takes more than ${MOST[over]}; correct the create row`);
      return 0;
    };
    switch (verb) {
      case "create_cq":
      case "resize_cq": {
        const pages = within(["cqe"], cqPages(view.u32("cqe", row)));
        out.features =
          verb === "resize_cq"
            ? { buf_pages: pages, db_pages: 1 }
            : this.records.create(ok, context, "cq", pages, true);
        if (verb === "create_cq" && ok) {
          fresh(this.cqByKey, "cq", "destroy_cq");
          const index = this.next(`cq${node}`);
          this.cqByKey.set(key(view.u32("cq", row)), { bufPages: pages, hasDb: true, index });
          bind("BIND_CQ", index, view.u32("cq", row));
        }
        break;
      }
      case "create_srq": {
        const pages = within(
          ["cap_recv_wr", "cap_recv_sge"],
          srqPages(view.u32("cap_recv_wr", row), view.u32("cap_recv_sge", row)),
        );
        out.features = this.records.create(ok, context, "qp", pages, true);
        if (ok) fresh(this.srqByKey, "srq", "destroy_srq");
        if (ok) this.srqByKey.set(key(view.u32("srq", row)), { bufPages: pages, hasDb: true, index: 0 });
        bind("BIND_SRQ", 0, view.u32("srq", row));
        out.a = view.u32("cap_recv_wr", row);
        break;
      }
      case "create_qp": {
        const kind = view.u8("qp_type", row),
          srq = view.u32("srq", row);
        if (kind >= QP_TYPES.length)
          fail("qp_type", kind, `expected ${QP_TYPES.map((t, i) => `${i} ${t}`).join(", ")}`);
        const g = qpGeometry(
          kind,
          view.u32("cap_send_wr", row),
          view.u32("cap_recv_wr", row),
          view.u32("cap_send_sge", row),
          view.u32("cap_recv_sge", row),
          view.u32("cap_inline", row),
          srq === NO_ID,
        );
        const pages = within(CAPACITIES, g.bufPages);
        out.features = this.records.create(ok, context, "qp", pages, srq === NO_ID);
        if (!ok) break;
        known(this.cqByKey, "cq", view.u32("cq", row), "this CQ");
        known(this.cqByKey, "rcq", view.u32("rcq", row), "this CQ");
        if (srq !== NO_ID) known(this.srqByKey, "srq", srq, "this SRQ");
        fresh(this.qpByKey, "qp", "destroy_qp");
        const qpn = view.u32("qp", row),
          index = this.qps.length;
        this.qps.push({
          node,
          ctx,
          ordinal: this.next(`qp${node}`),
          qpn,
          type: kind,
          dest: NO_ID,
          rq_psn: NO_ID,
          sq_psn: NO_ID,
        });
        this.capacities.push({
          send_wr: view.u32("cap_send_wr", row),
          recv_wr: view.u32("cap_recv_wr", row),
          inline: view.u32("cap_inline", row),
        });
        this.sigAll.push((view.u32("flags", row) & FLAGS.signaled) !== 0);
        this.qpByKey.set(key(qpn), { bufPages: g.bufPages, hasDb: srq === NO_ID, index, sqSlots: g.sqSlots });
        bind("BIND_QP", index, qpn);
        out.a = view.u32("cq", row);
        out.b = view.u32("rcq", row);
        out.c = srq;
        out.features.sq_slots = 0;
        break;
      }
      case "modify_qp": {
        const qp = known(this.qpByKey, "qp", view.u32("qp", row), "this QP");
        const state = view.u8("qp_state", row),
          e = this.qps[qp.index]!;
        if (state !== NO_ENUM && state > 6) fail("qp_state", state, "expected 0 (RESET) to 6 (ERR)");
        out.features = {
          port: view.u32("attr_mask", row) & IBV_QP_PORT ? 1 : 0,
          sq_slots: state === INIT ? qp.sqSlots : 0,
        };
        const mtu = view.u32("path_mtu", row);
        if (mtu !== 0 && ![256, 512, 1024, 2048, 4096].includes(mtu))
          fail("path_mtu", mtu, "expected 256, 512, 1024, 2048, 4096, or 0 when not in the mask");
        if (!ok) break;
        bind("QP_STATE", qp.index, e.qpn);
        out.a = state === NO_ENUM ? NO_ID : state;
        out.b = mtu;
        out.c = view.u16("max_rd_atomic", row);
        if (view.u32("peer_qp", row) !== NO_ID) e.dest = view.u32("peer_qp", row);
        if (view.u32("rq_psn", row) !== NO_ID) e.rq_psn = view.u32("rq_psn", row);
        if (view.u32("sq_psn", row) !== NO_ID) e.sq_psn = view.u32("sq_psn", row);
        break;
      }
      case "destroy_qp":
      case "destroy_cq":
      case "destroy_srq": {
        const column = verb.slice("destroy_".length) as "qp" | "cq" | "srq";
        const map: Map<string, Queue> =
          column === "qp" ? this.qpByKey : column === "cq" ? this.cqByKey : this.srqByKey;
        const id = view.u32(column, row),
          queue = known(map, column, id, `this ${column.toUpperCase()}`);
        const kind = column === "cq" ? "cq" : "qp";
        out.features = this.records.destroy(ok, context, kind, queue.bufPages, queue.hasDb);
        if (!ok) break;
        map.delete(key(id));
        bind(`UNBIND_${column.toUpperCase()}` as Action, queue.index, id);
        break;
      }
      case "reg_mr": {
        const start = view.u64("addr", row),
          bytes = view.u64("size", row),
          runs = view.runs(row);
        if (start + bytes > 1n << 64n)
          fail("size", bytes, `the region wraps the address space from 0x${start.toString(16)}`);
        if (bytes > 1n << 40n) fail("size", bytes, "a region of more than 1 TiB cannot be right");
        const pages = pagesOf(start, bytes),
          n = runs.length > 0 ? BigInt(runs.length) : pages;
        out.features = { pages, runs: n, mr_bytes: bytes };
        if (!ok) break;
        fresh(this.mrByKey, "lkey", "dereg_mr");
        const index = this.mrs.length,
          lkey = view.u32("lkey", row);
        this.mrs.push({
          start,
          bytes,
          ordinal: this.next(`mr${node}`),
          large: isLarge(runs, start, bytes),
          node,
          ctx,
          rkey: view.u32("rkey", row),
        });
        this.mrByKey.set(key(lkey), { pages, runs: n, bytes, index });
        bind("BIND_MR", index, lkey);
        break;
      }
      case "dereg_mr":
      case "rereg_mr": {
        const lkey = view.u32("lkey", row),
          mr = known(this.mrByKey, "lkey", lkey, "a memory region with this lkey");
        out.features = { pages: mr.pages, runs: mr.runs, mr_bytes: mr.bytes };
        if (verb === "rereg_mr" || !ok) break;
        this.mrByKey.delete(key(lkey));
        bind("UNBIND_MR", mr.index, lkey);
        break;
      }
      case "get_device_list":
        out.features = { devices: view.u16("devices", row) };
        break;
      default:
        break;
    }
    return encode(out, row, ctx);
  }

  /** QPs that exist behind the last row, as indices of `qps`. */
  get open(): number[] {
    return [...this.qpByKey.values()].map((q) => q.index);
  }

  private next(counter: string): number {
    const n = this.ordinals.get(counter) ?? 0;
    this.ordinals.set(counter, n + 1);
    return n;
  }
}
