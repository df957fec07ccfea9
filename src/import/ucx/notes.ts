import { DEPTH } from "../verbs/inferred.js";
import { isEmulated } from "../verbs/process.js";
import type { Log } from "./log.js";
import type { Unmatched } from "./peers.js";
import type { ProgramRows } from "./rows.js";
import { OPEN } from "./sending.js";

/** What logs of UCX do not hold, and what was assumed in its place. */
export function lossNotes(
  logs: readonly Log[],
  nodes: readonly ProgramRows[],
  { unsent, alone }: Unmatched,
): string[] {
  const programs = logs.flatMap((l) => l.programs),
    qps = programs.flatMap((p) => p.qps),
    total = <T>(of: readonly T[], count: (item: T) => number): number => of.reduce((n, x) => n + count(x), 0),
    lines = total(logs, (l) => l.counts.lines),
    emulated = programs.some((p) => p.devices.some(isEmulated)),
    queues = total(logs, (l) => l.counts.queues);
  const counted: [number, string][] = [
    [lines - queues, "lines of other levels, other parts of UCX and other programs, left out"],
    [total(programs, (p) => p.damaged), "damaged lines of work requests or completions, which were dropped"],
    [
      total(logs, (l) => l.counts.cut),
      "work requests whose list of SGEs UCX may have cut off (at 254 characters): SGEs that do not show are left out",
    ],
    [total(logs, (l) => (l.counts.partial ? 1 : 0)), "last lines without an end, which were dropped"],
    [
      total(programs, (p) => p.far),
      "work requests whose memory lies more than 1 TiB from what else their keys name, left out",
    ],
    [total(logs, (l) => l.counts.no_work), "work requests of other opcodes (such as NOP), left out"],
    [
      total(qps, (q) => (q.dc ? q.posts + q.receives : 0)),
      "work requests and messages of the DC transport, left out",
    ],
    [total(programs, (p) => p.masked), "masked atomics, taken for plain ones"],
    [
      total(programs, (p) => p.mixed),
      "work requests of inline and other data, taken for ones that are not inline; their SGEs are not in the trace",
    ],
    [total(programs, (p) => p.with_imm), "immediate data, which lines do not show: 0 is assumed"],
    [total(qps, (q) => q.again), "QPs that were connected again, to another peer: the first one is taken"],
    [
      total(nodes, (n) => n.assumed),
      `send completions that the log does not show, which are assumed (${ASSUMED})`,
    ],
    [
      total(nodes, (n) => n.unknown),
      "send completions of work requests that the log does not have, left out",
    ],
    [
      unsent,
      "messages that were received but whose sending their senders' logs do not have, or not for certain, left out",
    ],
    [
      alone,
      "QPs with a simulated peer, though its log is there: lines that were dropped may have been messages between them",
    ],
    [total(programs, (p) => p.earlier), "lines dated before the line above, whose time they take"],
    [
      total(programs, (p) => p.set_back),
      "times that the clock was set back: what follows goes on from there",
    ],
  ];
  return [
    "times are of lines: to 1 µs, after the work request was posted or the completion taken, " +
      "and what writing the log took lies between them",
    "a log of UCX has no polls, doorbells, receive buffers or control calls: work requests are posted one by one, " +
      "each completion is polled by itself, the time before one that was waited for counts as polling, and " +
      `${DEPTH} receives stay posted to each QP (assumed; UCX shares a queue of them)`,
    "memory regions are what work requests touched of each key; QPs, CQs and their state changes are inferred, " +
      "as is the MTU of datagrams (the least that the longest fits); capacities are those that the device gave",
    ...(emulated ? ["the devices are emulated in software: times are not those of hardware"] : []),
    ...counted.filter(([n]) => n > 0).map(([n, what]) => `${what}: ${n}`),
  ];
}
const ASSUMED =
  "those of READs and atomics before the QP's next line of anything else, " +
  `others when ${OPEN} work requests are open or the log ends`;
