import { ERRORS } from "../abi/params.js";
import { OPCODES, QP_STATES, VERBS } from "../abi/verbs.js";
import type { Core } from "../core/instance.js";
import { UserError } from "../errors.js";
import type { Prepared } from "./prepare/prepare.js";
import { missingRow, type Stop, StoppedError } from "./prepare/stops.js";

/** What `second` of TOO_LATE says; else it is a gap in ns (R3.25). */
const CLOCK = 0n,
  STEP = 1n;
/** Row of an error that belongs to none. */
const NO_ROW = 2n ** 64n - 1n;

/** The core's error block as a sentence. */
export function coreError(core: Core, prepared: Prepared): Error {
  const [code, row, value, second] = core.u64(core.exports.error_ptr(), 4) as unknown as [
    bigint,
    bigint,
    bigint,
    bigint,
  ];
  const name = ERRORS[Number(code)] ?? "?";
  const at = (column: string, shown: string | bigint, why: string): UserError =>
    new UserError(`${prepared.trace.path}: row ${row}: column ${column} is ${shown}: ${why}`);
  const lacking = (column: string, shown: string | bigint, why: string): UserError =>
    missingRow(prepared.trace.path, Number(row), `column ${column} is ${shown}: ${why}`);
  const hex = (x: bigint): string => `0x${x.toString(16)}`;
  switch (name) {
    case "UNKNOWN_THREAD":
      return at(
        "tid",
        value & 0xffffffffn,
        "verbscope.threads of the file does not announce this thread of node " +
          `${value >> 32n} (or announces fewer rows); write the file again`,
      );
    case "MIXED_CALL":
      return at("call", value, "rows of one call have different verbs; give each call its own number");
    case "UNKNOWN_QP":
      return lacking(
        "qp",
        value,
        "this QP was never created (or is already destroyed) here; the trace must hold its create_qp row",
      );
    case "QP_STATE":
      return lacking(
        "qp",
        second,
        `a post on a QP in state ${QP_STATES[Number(value)] ?? value}; ` +
          "a send needs RTS, a receive INIT: check the modify_qp rows before it",
      );
    case "UNKNOWN_CQ":
      return lacking(
        "cq",
        value,
        "this CQ was never created (or is already destroyed) here; the trace must hold its create_cq row",
      );
    case "UNKNOWN_SRQ":
      return lacking(
        "srq",
        value,
        "this SRQ was never created (or is already destroyed) here; the trace must hold its create_srq row",
      );
    case "UNKNOWN_LKEY":
      return lacking(
        "sge.lkey",
        value,
        `entry ${second} uses an lkey that was never registered (or is already ` +
          "deregistered); the trace must hold its reg_mr row",
      );
    case "OUTSIDE_MR":
      return at(
        "sge.addr",
        hex(value),
        "the entry does not lie inside the memory region with lkey " +
          `${second}; correct the address or the registration`,
      );
    case "TOO_MANY_SGES":
      return at("num_sge", value, `at most ${second} entries are possible`);
    case "TOO_LATE":
      if (row === NO_ROW)
        return new UserError(
          `${prepared.trace.path}: the device would work until ${value} ps, more than 53 days; ` +
            "check the rates and times of the testbed",
        );
      if (second === STEP)
        return new UserError(
          `${prepared.trace.path}: row ${row}: one step of its call costs more than 20 hours ` +
            `(${value} times its cost); check the sizes of the row, the testbed's values and the path document`,
        );
      return second === CLOCK
        ? new UserError(
            `${prepared.trace.path}: row ${row}: its thread would be busy for more than 53 days by then; ` +
              "check the times of the trace and the testbed's values, or use --think none",
          )
        : at(
            "t",
            value,
            `its thread did nothing for ${second} ns before it, more than 53 days; ` +
              "correct its time, or use --think none",
          );
    case "TOO_LONG":
      return at("length", value, "no InfiniBand message is longer than 2147483648 bytes; correct it");
    case "UD_TOO_LONG":
      return at(
        "length",
        value,
        `a UD message has at most ${second} bytes, its MTU (path_mtu of its QP, else wire.mtu of the testbed)`,
      );
    case "SGE_COUNT":
      return at("num_sge", value, `the row's sge list has ${second} entries; correct one of them`);
    case "SGE_SUM":
      return at(
        "length",
        value,
        `the entries of the row's sge list have ${second} bytes together; correct one of them`,
      );
    case "COMPLETION_WITHOUT_POST":
      return lacking(
        "wr_id",
        value,
        `QP ${second} has no signalled send left that this could complete; the trace lacks its post_send row`,
      );
    case "WR_ID_MISMATCH":
      return lacking(
        "wr_id",
        value,
        `the next signalled send of the QP has wr_id ${second}; rows are missing or out of order`,
      );
    case "RECV_WITHOUT_POST":
      return lacking(
        "qp",
        value,
        `a receive completion, but only ${second} receives were posted and all ` +
          "are completed; the trace lacks a post_recv row",
      );
    case "BAD_VERB":
      return at("verb", VERBS[Number(value)] ?? value, "this row cannot be resolved; write the file again");
    case "BAD_OPCODE":
      return at("opcode", OPCODES[Number(value)] ?? value, "is not an opcode of a send work request");
    case "INVARIANT":
      return new Error(
        `conservation broken for ${VERBS[Number(row)] ?? "message"}: ` +
          `latency ${value} ps, own ledger ${second} ps; this is a defect of verbscope`,
      );
    default:
      return new Error(`core error ${name} (${code}) at row ${row}: ${value}, ${second}`);
  }
}

const RESOURCE = "a resource that another thread holds";
const WAITS = [
  "",
  "a send completion",
  "a receive completion",
  "a completion event",
  "RDMA WRITEs of the peer",
  "completions polled by another thread",
  "an object that another thread creates",
  RESOURCE,
];

/** QP_ENTRY's kind of UD queue pairs. */
const UD = 2;
/** A UD message names its receiver by number; where nodes share one, it is taken for another node's (R2.23). */
function udHint({ qps }: Prepared): string {
  const nodes = new Map<number, number>(),
    shared = qps.find(({ kind, number, node }) => {
      if (kind !== UD) return false;
      const first = nodes.get(number) ?? node;
      nodes.set(number, first);
      return first !== node;
    });
  return shared === undefined
    ? ""
    : `; UD queue pairs of several nodes have the number ${shared.number}, and what one node sends to it ` +
        "is taken for another's even if it was for itself";
}

/** Threads that wait for each other, as a sentence. */
export function deadlock(core: Core, prepared: Prepared): UserError {
  const stuck: string[] = [],
    stops: Stop[] = [];
  prepared.trace.threads.forEach(([node, tid], i) => {
    if (core.exports.thread_ended(i)) return;
    const row = core.exports.thread_row(i),
      what = WAITS[core.exports.thread_waits(i)] || "nothing",
      why = `waits for ${what}`;
    stuck.push(`row ${row} (node ${node}, thread ${tid}) ${why}`);
    if (what !== RESOURCE) stops.push({ row, why });
  });
  const shown = stuck.slice(0, 6).join("; ") + (stuck.length > 6 ? `; and ${stuck.length - 6} more` : "");
  return new StoppedError(
    `${prepared.trace.path}: deadlock: ${shown}; the trace lacks the rows that would end ` +
      "this wait, or the end of one side: capture both sides to the end, " +
      `or replay as far as both go with replay --partial${udHint(prepared)}`,
    stops,
  );
}
