import { describe, expect, test } from "vitest";
import { refused, saying } from "../support/refused.js";
import { replayOn } from "../support/replay.js";
import {
  MEMORY,
  message,
  pair,
  polled,
  REGION,
  type Row,
  receive,
  send,
  traceOf,
} from "../support/script.js";

/** Rows that cannot be, behind a pair of connected nodes: file, row, column, value and remedy are named. */
const SET_UP = pair();
const AT = SET_UP.length;
const good = message("SEND", 100);
interface Bad {
  what: string;
  rows: Row[];
  row?: number;
  column: string;
  value: string;
  why: string;
}

const POSTS: Bad[] = [
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

const COMPLETIONS: Bad[] = [
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

const CONTROL: Bad[] = [
  {
    what: "a QP on an unknown send CQ",
    rows: [{ verb: "create_qp", qp: 300, cq: 9, rcq: 1, qp_type: 0 }],
    column: "cq",
    value: "9",
    why: "CQ was never created on node 0, context 0; the trace must hold its create row",
  },
  {
    what: "a QP on an unknown receive CQ",
    rows: [{ verb: "create_qp", qp: 300, cq: 1, rcq: 8, qp_type: 0 }],
    column: "rcq",
    value: "8",
    why: "CQ was never created",
  },
  {
    what: "a QP on an unknown SRQ",
    rows: [{ verb: "create_qp", qp: 300, cq: 1, rcq: 1, srq: 6, qp_type: 0 }],
    column: "srq",
    value: "6",
    why: "SRQ was never created",
  },
  {
    what: "an unknown QP type",
    rows: [{ verb: "create_qp", qp: 300, cq: 1, rcq: 1, qp_type: 9 }],
    column: "qp_type",
    value: "9",
    why: "expected 0 RC, 1 UC, 2 UD",
  },
  {
    what: "a change of an unknown QP",
    rows: [{ verb: "modify_qp", qp: 996, qp_state: 1 }],
    column: "qp",
    value: "996",
    why: "never created",
  },
  {
    what: "an unknown QP state",
    rows: [{ verb: "modify_qp", qp: 100, qp_state: 7 }],
    column: "qp_state",
    value: "7",
    why: "expected 0 .RESET. to 6 .ERR.",
  },
  {
    what: "an MTU that InfiniBand does not have",
    rows: [{ verb: "modify_qp", qp: 100, path_mtu: 1500 }],
    column: "path_mtu",
    value: "1500",
    why: "expected 256, 512, 1024, 2048, 4096",
  },
  {
    what: "the end of an unknown QP",
    rows: [{ verb: "destroy_qp", qp: 995 }],
    column: "qp",
    value: "995",
    why: "never created",
  },
  {
    what: "the end of an unknown CQ",
    rows: [{ verb: "destroy_cq", cq: 54 }],
    column: "cq",
    value: "54",
    why: "never created",
  },
  {
    what: "the end of an unknown SRQ",
    rows: [{ verb: "destroy_srq", srq: 53 }],
    column: "srq",
    value: "53",
    why: "never created",
  },
  {
    what: "the end of an unknown region",
    rows: [{ verb: "dereg_mr", lkey: 4245 }],
    column: "lkey",
    value: "4245",
    why: "never created",
  },
  {
    what: "a region that wraps the address space",
    rows: [{ verb: "reg_mr", lkey: 1, addr: (1n << 64n) - 4096n, size: 8192n }],
    column: "size",
    value: "8192",
    why: "wraps the address space from 0xfffffffffffff000",
  },
  {
    what: "a region of more than 1 TiB",
    rows: [{ verb: "reg_mr", lkey: 1, addr: 0n, size: (1n << 40n) + 1n }],
    column: "size",
    value: "1099511627777",
    why: "1 TiB",
  },
];

const CALLS: Bad[] = [
  {
    what: "one call of two verbs",
    rows: [
      { verb: "query_port", call: 700 },
      { verb: "query_gid", call: 700 },
    ],
    row: 1,
    column: "call",
    value: "700",
    why: "different verbs; give each call its own number",
  },
];

describe.each([
  ["posts", POSTS],
  ["completions", COMPLETIONS],
  ["control calls", CONTROL],
  ["calls", CALLS],
] as const)("%s", (_, list) => {
  test.each(list)("$what", ({ rows, row = 0, column, value, why }) => {
    const said = refused(() => replayOn(traceOf([...SET_UP, ...rows]), "native"));
    expect(said).toMatch(
      saying(
        "^script.arrow: ",
        `row ${AT + row}: `,
        `column ${column.replace(".", "\\.")} is ${value}: `,
        why,
      ),
    );
  });
});

test("the row is that of the file, in whichever batch it lies", () => {
  const rows = [...SET_UP, ...good, send("SEND", 8, { qp: 999 })];
  for (const batchRows of [1, 7, 512])
    expect(refused(() => replayOn(traceOf(rows, {}, batchRows), "native"))).toMatch(
      `row ${rows.length - 1}: column qp is 999`,
    );
});

describe("a post on a QP in the wrong state", () => {
  const connected = (states: number): Row[] => {
    let seen = 0;
    return SET_UP.filter((r) => r.verb !== "modify_qp" || r.node !== 0 || seen++ < states);
  };
  test.each([
    [0, "RESET"],
    [1, "INIT"],
    [2, "RTR"],
  ])("a send after %i changes: %s", (states, name) => {
    const rows = connected(states);
    expect(refused(() => replayOn(traceOf([...rows, send("SEND", 8)]), "native"))).toMatch(
      saying(
        `^script.arrow: row ${rows.length}: column qp is 100: `,
        `in state ${name}; a send needs RTS`,
        "check the modify_qp rows before it",
      ),
    );
  });
  test("a receive in RESET; in INIT it is taken", () => {
    const mine = { node: 0, qp: 100 };
    expect(refused(() => replayOn(traceOf([...connected(0), receive(8, mine)]), "native"))).toMatch(
      /column qp is 100: a post on a QP in state RESET; .*a receive INIT/,
    );
    expect(() => replayOn(traceOf([...connected(1), receive(8, mine)]), "native")).not.toThrow();
  });
});
