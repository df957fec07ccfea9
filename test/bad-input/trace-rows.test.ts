import { describe, expect, test } from "vitest";
import { refused, saying } from "../support/refused.js";
import { replayOn } from "../support/replay.js";
import { type Row, receive, send, traceOf } from "../support/script.js";
import { AT, type Bad, COMPLETIONS, good, POSTS, SET_UP } from "./trace-rows-cases.js";

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
