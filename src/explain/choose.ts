import { UserError } from "../errors.js";
import type { VerbsTrace } from "../trace/read.js";
import type { Operations, SendCall, Times } from "./operations.js";
import { type Row, rowsOfCalls } from "./send-rows.js";

export interface Choice {
  /** Number of the operation. */
  readonly op?: number;
  /** Row of its work request. */
  readonly row?: number;
}
/** The operation that is to be explained. */
export interface Chosen {
  readonly number: number;
  /** Why this one. */
  readonly why: string;
  /** Its work request's row and call; undefined: a message of the simulated peer. */
  readonly posted: { row: number; call: SendCall } | undefined;
  readonly done: Times | undefined;
  readonly message: Times | undefined;
}

const whole = (x: number): boolean => Number.isSafeInteger(x) && x >= 0;

/** Finds the operation; `path` names the replay in errors. */
export function choose(trace: VerbsTrace, path: string, operations: Operations, choice: Choice): Chosen {
  const { op, row } = choice;
  if (op !== undefined && row !== undefined)
    throw new UserError("explain: --op and --row both name an operation; give one of them");
  if (operations.last < 0)
    throw new UserError(
      `${trace.path}: no work request of it completes on ${path}, so there is nothing to explain; ` +
        "see what it holds with: verbscope inspect",
    );
  if (row !== undefined) return byRow(trace, path, operations, row);
  if (op !== undefined) return byNumber(trace, path, operations, op, "named by --op");
  if (operations.firstData === undefined)
    throw new UserError(
      `${trace.path}: no work request of it moves data on ${path}; ` +
        "name one that does not with --op or --row",
    );
  return byNumber(
    trace,
    path,
    operations,
    operations.firstData,
    "the first data operation after set-up, since neither --op nor --row names one",
  );
}

function byNumber(
  trace: VerbsTrace,
  path: string,
  operations: Operations,
  number: number,
  why: string,
): Chosen {
  const at = `${trace.path}: --op ${number}`;
  if (!whole(number)) throw new UserError(`${at}: operations have whole numbers from 0`);
  if (number > operations.last)
    throw new UserError(
      `${at}: the last operation on ${path} is ${operations.last}; operations count from 0`,
    );
  const done = operations.done.get(number),
    message = operations.messages.get(number),
    call = operations.callOf(number),
    row = call && find(trace, (r) => isOf(r, call) && r.index === number - call.first);
  if (call && row) {
    if (!done && !message)
      throw new UserError(`${at}: the work request of row ${row.row} does not complete on ${path}`);
    return { number, why, posted: { row: row.row, call }, done, message };
  }
  if (message) return { number, why, posted: undefined, done, message };
  throw new UserError(
    `${at}: is no work request but the arm of a req_notify_cq, or a message of the simulated peer that no ` +
      `poll returned; ${nearest(operations, number)}`,
  );
}

function nearest(operations: Operations, number: number): string {
  const good = (i: number): boolean => operations.done.get(i) !== undefined;
  let before = number,
    after = number;
  while (before >= 0 && !good(before)) before--;
  while (after <= operations.last && !good(after)) after++;
  const near = [...(before >= 0 ? [before] : []), ...(after <= operations.last ? [after] : [])];
  return near.length === 1
    ? `the nearest that is one is ${near[0]}`
    : `the nearest are ${near.join(" and ")}`;
}

function byRow(trace: VerbsTrace, path: string, operations: Operations, number: number): Chosen {
  const at = `${trace.path}: --row ${number}`;
  if (!whole(number) || number >= trace.rows)
    throw new UserError(`${at}: the trace has rows 0 to ${trace.rows - 1}`);
  const row = find(trace, (r) => r.row === number)!;
  if (row.index < 0) {
    const next = find(trace, (r) => r.row > number && r.index >= 0);
    const what = row.verb === "post_send" ? `was refused (status ${row.status})` : `is a row of ${row.verb}`;
    throw new UserError(
      `${at}: ${what}, not an accepted work request of a post_send; ` +
        (next ? `the next one is --row ${next.row}` : "there is none after it"),
    );
  }
  const call = operations.callAt(row.thread, row.call),
    op = call && call.first + row.index,
    done = op === undefined ? undefined : operations.done.get(op),
    message = op === undefined ? undefined : operations.messages.get(op);
  if (!call || op === undefined || (!done && !message))
    throw new UserError(`${at}: this work request does not complete on ${path}`);
  return { number: op, why: "named by --row", posted: { row: number, call }, done, message };
}

const isOf = (row: Row, call: SendCall): boolean => row.thread === call.thread && row.call === call.call;
function find(trace: VerbsTrace, good: (row: Row) => boolean): Row | undefined {
  for (const row of rowsOfCalls(trace)) if (good(row)) return row;
  return undefined;
}
