import { MEMORY, message, pair, polled, REGION, type Row, receive, send } from "../support/script.js";

/** Rows that cannot be, behind a pair of connected nodes: file, row, column, value and remedy are named. */
export const SET_UP = pair();
export const AT = SET_UP.length;
export const good = message("SEND", 100);
export interface Bad {
  what: string;
  rows: Row[];
  row?: number;
  column: string;
  value: string;
  why: string;
}

export const POSTS: Bad[] = [
  {
    what: "a post on a QP that was never created",
    rows: [send("SEND", 8, { qp: 999 })],
    column: "qp",
    value: "999",
    why: "never created.*must hold its create_qp row",
  },
  {
    what: "a post of another context's QP",
    rows: [send("SEND", 8, { ctx: 5 })],
    column: "qp",
    value: "100",
    why: "never created.*must hold its create_qp row",
  },
  {
    what: "a post on a QP that is gone",
    rows: [{ verb: "destroy_qp", qp: 100 }, send("SEND", 8)],
    row: 1,
    column: "qp",
    value: "100",
    why: "already destroyed",
  },
  {
    what: "a receive posted to a QP that was never created",
    rows: [receive(8, { qp: 998 })],
    column: "qp",
    value: "998",
    why: "never created",
  },
  {
    what: "a receive posted to an SRQ that was never created",
    rows: [{ verb: "post_srq_recv", srq: 77 }],
    column: "srq",
    value: "77",
    why: "never created.*must hold its create_srq row",
  },
  {
    what: "an lkey that was never registered",
    rows: [send("SEND", 8, { sge: [{ addr: MEMORY[0], length: 8, lkey: 4242 }] })],
    column: "sge.lkey",
    value: "4242",
    why: "entry 0 .*never registered.*must hold its reg_mr row",
  },
  {
    what: "the second entry's lkey",
    rows: [
      send("SEND", 16, {
        num_sge: 2,
        sge: [
          { addr: MEMORY[0], length: 8, lkey: 10 },
          { addr: MEMORY[0], length: 8, lkey: 4243 },
        ],
      }),
    ],
    column: "sge.lkey",
    value: "4243",
    why: "entry 1 ",
  },
  {
    what: "an lkey that was deregistered",
    rows: [{ verb: "dereg_mr", lkey: 10 }, send("SEND", 8)],
    row: 1,
    column: "sge.lkey",
    value: "10",
    why: "already deregistered",
  },
  {
    what: "an lkey of a receive that was never registered",
    rows: [receive(8, { sge: [{ addr: MEMORY[1], length: 8, lkey: 4244 }] })],
    column: "sge.lkey",
    value: "4244",
    why: "never registered",
  },
  {
    what: "an address before its region",
    rows: [send("SEND", 8, { sge: [{ addr: MEMORY[0] - 1n, length: 8, lkey: 10 }] })],
    column: "sge.addr",
    value: "0xfffffff",
    why: "does not lie inside the memory region with lkey 10; correct",
  },
  {
    what: "an entry that ends behind its region",
    rows: [send("SEND", 8, { sge: [{ addr: MEMORY[0] + BigInt(REGION) - 7n, length: 8, lkey: 10 }] })],
    column: "sge.addr",
    value: "0x10fffff9",
    why: "does not lie inside",
  },
  {
    what: "an address that wraps",
    rows: [send("SEND", 8, { sge: [{ addr: (1n << 64n) - 4n, length: 8, lkey: 10 }] })],
    column: "sge.addr",
    value: "0xfffffffffffffffc",
    why: "does not lie inside",
  },
  {
    what: "more entries than a WQE holds",
    rows: [
      send("SEND", 33, {
        num_sge: 33,
        sge: Array.from({ length: 33 }, () => ({ addr: MEMORY[0], length: 1, lkey: 10 })),
      }),
    ],
    column: "num_sge",
    value: "33",
    why: "at most 32 entries",
  },
  {
    what: "a send without an opcode",
    rows: [send("NONE", 8)],
    column: "opcode",
    value: "NONE",
    why: "not an opcode of a send",
  },
  {
    what: "a send with a completion's opcode",
    rows: [send("RECV", 8)],
    column: "opcode",
    value: "RECV",
    why: "not an opcode of a send",
  },
];

export const COMPLETIONS: Bad[] = [
  {
    what: "a completion that nothing was posted for",
    rows: [polled("SEND", 8, { wr_id: 5n })],
    column: "wr_id",
    value: "5",
    why: "QP 100 has no signalled send left.*lacks its post_send row",
  },
  {
    what: "a second completion of one send",
    rows: [...good, polled("SEND", 100)],
    row: good.length,
    column: "wr_id",
    value: "0",
    why: "no signalled send left",
  },
  {
    what: "a completion of an unsignalled send",
    rows: [receive(8), send("SEND", 8, { flags: 0 }), polled("SEND", 8)],
    row: 2,
    column: "wr_id",
    value: "0",
    why: "no signalled send left",
  },
  {
    what: "another send's wr_id",
    rows: [receive(8), send("SEND", 8, { wr_id: 7n }), polled("SEND", 8, { wr_id: 8n })],
    row: 2,
    column: "wr_id",
    value: "8",
    why: "next signalled send of the QP has wr_id 7; rows are missing or out of order",
  },
  {
    what: "a receive completion without a posted receive",
    rows: [send("SEND", 8), polled("RECV", 8, { node: 1, qp: 200 })],
    row: 1,
    column: "qp",
    value: "200",
    why: "only 0 receives were posted.*lacks a post_recv row",
  },
  {
    what: "more receive completions than receives",
    rows: [...good, polled("RECV", 8, { node: 1, qp: 200 })],
    row: good.length,
    column: "qp",
    value: "200",
    why: "only 1 receives were posted",
  },
  {
    what: "a completion of a QP that was never created",
    rows: [polled("SEND", 8, { qp: 997 })],
    column: "qp",
    value: "997",
    why: "never created",
  },
  {
    what: "a poll of a CQ that was never created",
    rows: [polled("SEND", 8, { cq: 55 })],
    column: "cq",
    value: "55",
    why: "never created.*must hold its create_cq row",
  },
  {
    what: "an arm of a CQ that was never created",
    rows: [{ verb: "req_notify_cq", cq: 56 }],
    column: "cq",
    value: "56",
    why: "never created",
  },
  {
    what: "an event of a CQ that was never created",
    rows: [{ verb: "get_cq_event", cq: 57 }],
    column: "cq",
    value: "57",
    why: "never created",
  },
];
