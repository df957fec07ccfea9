import { NO_ID } from "../../abi/columns.js";
import { QP_STATES } from "../../abi/verbs.js";
import type { Raw } from "./data-events.js";
import { QP_TYPE_NAMES, RUN, SLOT } from "./layout.js";
import type { Slots } from "./thread-calls.js";

/** Numbers of a control record by their places. */
class Fields {
  private readonly bytes: Buffer;
  private readonly at: number;
  constructor({ bytes, at }: Slots) {
    this.bytes = bytes;
    this.at = at;
  }
  get op(): number {
    return this.bytes[this.at + 2]!;
  }
  get obj(): number {
    return this.bytes.readUInt32LE(this.at + 4);
  }
  word(i: number): number {
    return this.bytes.readUInt32LE(this.at + 24 + 4 * i);
  }
  quad(i: number): bigint {
    return this.bytes.readBigUInt64LE(this.at + 40 + 8 * i);
  }
  /** A word of the second slot. */
  more(i: number): number {
    return this.bytes.readUInt32LE(this.at + SLOT + 4 * i);
  }
  text(slots: number): string {
    const bytes = this.bytes.subarray(this.at + SLOT, this.at + slots * SLOT),
      end = bytes.indexOf(0);
    return bytes.toString("utf8", 0, end < 0 ? bytes.length : end);
  }
}

/** A number that stands for "not there" is left out. */
const given = (name: string, value: number): Raw => (value === NO_ID ? {} : { [name]: value });

function createQp(f: Fields): Raw {
  const [max_send_wr, max_recv_wr, max_send_sge, max_recv_sge, max_inline] = [0, 1, 2, 3, 4].map((i) =>
    f.more(i),
  );
  return {
    qp: f.obj,
    type: QP_TYPE_NAMES[f.op] ?? `number ${f.op}`,
    pd: f.word(0),
    scq: f.word(1),
    rcq: f.word(2),
    srq: f.word(3),
    sq_sig_all: Number(f.quad(0)),
    req: { max_send_wr, max_recv_wr, max_send_sge, max_recv_sge, max_inline },
  };
}
function modifyQp(f: Fields): Raw {
  const state = f.more(0);
  return {
    qp: f.obj,
    mask: f.word(0),
    ...(state === NO_ID ? {} : { state: QP_STATES[state] ?? `number ${state}` }),
    ...given("path_mtu", f.more(1)),
    ...given("dest_qp", f.more(2)),
    ...given("rq_psn", f.more(3)),
    ...given("sq_psn", f.more(4)),
    ...given("max_rd_atomic", f.more(5)),
  };
}

const cq = (f: Fields): Raw => ({ cq: f.obj }),
  qp = (f: Fields): Raw => ({ qp: f.obj }),
  srq = (f: Fields): Raw => ({ srq: f.obj }),
  pd = (f: Fields): Raw => ({ pd: f.obj }),
  fd = (f: Fields): Raw => ({ fd: f.word(0) }),
  region = (f: Fields): Raw => ({ mr: f.obj, lkey: f.word(1), len: f.quad(1) }),
  madeCq = (f: Fields): Raw => ({ cq: f.obj, cqe_req: f.word(0), channel: f.word(1) });

const FIELDS: Readonly<Record<string, (f: Fields, slots: number) => Raw>> = {
  open_device: (f, slots) => ({ dev: f.text(slots) }),
  get_device_list: (f) => ({ devices: f.obj }),
  alloc_pd: pd,
  dealloc_pd: pd,
  reg_mr: (f) => ({
    ...region(f),
    pd: f.word(0),
    rkey: f.word(2),
    access: f.word(3),
    addr: f.quad(0),
    iova: f.quad(2),
  }),
  dereg_mr: region,
  rereg_mr: region,
  create_comp_channel: fd,
  destroy_comp_channel: fd,
  create_cq: madeCq,
  resize_cq: madeCq,
  destroy_cq: cq,
  get_cq_event: (f) => ({ ...cq(f), ...fd(f) }),
  ack_cq_events: cq,
  req_notify_cq: (f) => ({ ...cq(f), solicited_only: f.op }),
  create_srq: (f) => ({ ...srq(f), pd: f.word(0), max_wr: f.word(1), max_sge: f.word(2) }),
  modify_srq: srq,
  query_srq: srq,
  destroy_srq: srq,
  create_qp: createQp,
  modify_qp: modifyQp,
  query_qp: qp,
  destroy_qp: qp,
  attach_mcast: qp,
  detach_mcast: qp,
  create_ah: (f) => ({ pd: f.word(0) }),
  alloc_mw: (f) => ({ pd: f.word(0), rkey: f.word(1) }),
  bind_mw: (f) => ({ ...qp(f), fl: f.word(0), wr_id: f.quad(0), addr: f.quad(1) }),
  dealloc_mw: (f) => ({ rkey: f.word(1) }),
};

/** A call of the control path. */
export function controlled(r: Slots, raw: Raw): Raw {
  return { ...raw, ...FIELDS[r.kind]?.(new Fields(r), r.slots) };
}

/** Pages of a region, from the records that they were divided into. */
export function pagesOf(records: readonly Slots[], raw: Raw): Raw & { hidden: number } {
  const last = new Fields(records.at(-1)!);
  const runs = records.flatMap((r) =>
    Array.from({ length: new Fields(r).word(0) }, (_, i): [bigint, bigint, number] => {
      const at = r.at + SLOT + i * RUN;
      return [r.bytes.readBigUInt64LE(at), r.bytes.readBigUInt64LE(at + 8), r.bytes.readUInt32LE(at + 16)];
    }),
  );
  return {
    ...raw,
    ev: "mr_pages",
    lkey: last.word(1),
    runs,
    absent: Number(last.quad(1)),
    hidden: Number(last.quad(2)),
  };
}
/** Size of the pages that back a region, and how much of its mapping is in huge ones. */
export function mappingOf(r: Slots): { page_kb: number; huge_kb: number } {
  const f = new Fields(r);
  return { page_kb: Number(f.quad(0)), huge_kb: Number(f.quad(1)) };
}
