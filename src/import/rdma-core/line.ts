/** Fields of the tracepoints, in the order of rdma-core's *_trace.h, which is that of USDT's arguments too. */
const NUMBER = String.raw`-?(?:0x[0-9a-fA-F]{1,16}|\d{1,20})`,
  TEXT = String.raw`"((?:[^"\\]|\\.)*)"`;
const texts: ReadonlySet<string> = new Set(["dev", "dev_name", "opcode_name"]);

/** A tracepoint that is read: `opcode_name` is the field `opcode` where it is a word. */
class Tracepoint {
  readonly provider: string;
  readonly event: string;
  /** Number of its fields. */
  readonly count: number;
  /** The payload as babeltrace2 prints it, up to the end of the line; later fields may follow. */
  readonly payload: RegExp;

  constructor(name: string, fields: string) {
    [this.provider, this.event] = parts(name);
    const names = fields.split(" ");
    this.count = names.length;
    const pattern = names.map(
      (f) => `${f === "opcode_name" ? "opcode" : f} = ${texts.has(f) ? TEXT : `(${NUMBER})`}`,
    );
    this.payload = new RegExp(String.raw`\{ ${pattern.join(", ")}(?:, \w+ = [^{}]*)? \}$`);
  }
}
/** Provider, without what all have in common, and event. */
function parts(name: string): [string, string] {
  const [provider, event] = name.split(":");
  return [provider!.slice("rdma_core_".length), event!];
}
const READ: ReadonlyMap<string, Tracepoint> = new Map(
  (
    [
      ["rdma_core_rxe:post_send", "dev src_qp_num opcode_name bytes"],
      ["rdma_core_hns:post_send", "dev_name wr_id num_sge lqpn rqpn send_flags msg_len opcode sl t_class"],
      ["rdma_core_hns:post_recv", "dev_name wr_id num_sge rqn is_srq"],
      ["rdma_core_hns:poll_cq", "dev_name wr_id status opcode wc_flags vendor_err pktype lqpn rqpn byte_len"],
    ] as const
  ).map(([name, fields]) => [name, new Tracepoint(name, fields)]),
);

/**
 * Day and time of day, or seconds since the epoch; the time since the event before; host, or host:program:pid; the
 * tracepoint.
 */
const HEAD = new RegExp(
  String.raw`^\[(?:(?:(\d{4}-\d\d-\d\d) )?(\d\d):(\d\d):(\d\d)|(\d{1,10}))\.(\d{9})\] ` +
    String.raw`(?:\(\+[\d.?]+\) )?(?:([^{}"]*?) )?(rdma_core_\w+:\w+): `,
);
const NAME = /rdma_core_\w+:\w/;
/** Any event that babeltrace2 prints. */
const ANY = /^\[[\d :.-]+\] (?:\(\+[\d.?]+\) )?[^{}"]*: \{/;
const VPID = /\bvpid = (\d{1,9})\b/,
  VTID = /\bvtid = (\d{1,9})\b/;
/** What capture/usdt.bt prints: ns since boot, process, thread, tracepoint, its arguments. */
const USDT = /^usdt,(\d{1,18}),(\d{1,9}),(\d{1,9}),(rdma_core_\w+:\w+),(.*)$/;
/** babeltrace 1 and 2, and bpftrace, of events, or packets of them, that the recorder had no room for. */
const LOST = /\bTracer discarded (\d{1,15}) (?:event|packet)s?\b|^Lost (\d{1,15}) events\b/;

const S = 1_000_000_000n,
  DAY = 86_400n;

/** How a line tells its time: of a day that is not known, of a known one, since the epoch, or since boot. */
export type Clock = "time of day" | "date" | "epoch" | "boot";
export interface Line {
  clock: Clock;
  t: bigint;
  /** Host, or what else names where it is from; empty where the line does not tell. */
  host: string;
  /** -1 where the line does not tell. */
  pid: number;
  tid: number;
  provider: string;
  event: string;
  /** Fields of the payload in their order; undefined for tracepoints that are not read. */
  values: readonly string[] | undefined;
}
/** What a line is, other than a line of a tracepoint. */
export type Other = "foreign" | "damaged" | number;

/** Reads a line; a number is that of lost events. */
export function readLine(text: string): Line | Other {
  const head = HEAD.exec(text);
  if (head) return ofBabeltrace(text.slice(head[0].length), head);
  const usdt = USDT.exec(text);
  if (usdt) return ofUsdt(usdt);
  const lost = LOST.exec(text);
  if (lost) return Number(lost[1] ?? lost[2]);
  return NAME.test(text) ? "damaged" : "foreign";
}

/** Whether a line is of this format, for finding it by content. */
export const isEvent = (text: string): boolean => HEAD.test(text) || USDT.test(text);
export const goesAlong = (text: string): boolean => ANY.test(text) || LOST.test(text);

function ofBabeltrace(rest: string, head: RegExpExecArray): Line | Other {
  const [, date, hours, minutes, seconds, epoch, ns, host = "", name] = head,
    point = READ.get(name!),
    payload = point?.payload.exec(rest);
  if (point && !payload) return "damaged";
  const context = payload ? rest.slice(0, payload.index) : "",
    pid = VPID.exec(context)?.[1],
    tid = VTID.exec(context)?.[1];
  let t = BigInt(epoch ?? Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds));
  if (date !== undefined) {
    const day = Date.parse(`${date}T00:00:00Z`) / 1000;
    if (Number.isNaN(day) || day < 0) return "damaged";
    t += BigInt(day);
  }
  if (epoch === undefined && (Number(hours) > 23 || Number(minutes) > 59 || Number(seconds) > 60))
    return "damaged";
  const [provider, event] = point ? [point.provider, point.event] : parts(name!);
  return {
    clock: epoch !== undefined ? "epoch" : date !== undefined ? "date" : "time of day",
    t: t * S + BigInt(ns!),
    host,
    pid: pid === undefined ? -1 : Number(pid),
    tid: tid === undefined ? 1 : Number(tid),
    provider,
    event,
    values: payload?.slice(1),
  };
}

function ofUsdt([, t, pid, tid, name, rest]: RegExpExecArray): Line | Other {
  const point = READ.get(name!),
    values = rest!.split(",");
  if (point && values.length !== point.count) return "damaged";
  const [provider, event] = point ? [point.provider, point.event] : parts(name!);
  return {
    clock: "boot",
    t: BigInt(t!),
    host: "",
    pid: Number(pid),
    tid: Number(tid),
    provider,
    event,
    values: point && values,
  };
}

/** A time of day that lies before `last` by more than half a day is of the day after. */
export const daysAfter = (t: bigint, last: bigint): bigint => (last - t > (DAY * S) / 2n ? DAY * S : 0n);
