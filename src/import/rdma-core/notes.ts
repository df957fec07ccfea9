import { DEPTH } from "../verbs/inferred.js";
import type { Unmatched } from "./peers.js";
import type { Recording } from "./recording.js";
import type { ProgramRows } from "./rows.js";
import { OPEN } from "./sending.js";

/** What tracepoints of rdma-core do not hold, and what was assumed in its place. */
export function lossNotes(
  { counts, hns, rxe }: Recording,
  nodes: readonly ProgramRows[],
  { unsent, alone }: Unmatched,
): string[] {
  const total = (count: (node: ProgramRows) => number): number => nodes.reduce((n, x) => n + count(x), 0),
    { lines, events, damaged, mlx5, efa } = counts;
  const counted: [number, string][] = [
    [counts.lost, "events, or packets of them, that the recorder had no room for, which are lost"],
    [damaged, "damaged lines of tracepoints, which were dropped"],
    [counts.partial, "last lines without an end, which were dropped"],
    [
      lines - events - damaged - counts.partial - mlx5 - efa,
      "lines of other tracepoints and other programs, left out",
    ],
    [mlx5, "events of rdma_core_mlx5, which have no lengths, left out"],
    [efa, "events of rdma_core_efa, whose transport traces of verbs do not have, left out"],
    [counts.other, "work requests and completions of other opcodes (such as LOCAL_INV), left out"],
    [
      counts.srq,
      `receives posted to shared queues, left out: ${DEPTH} stay posted to each QP that uses one (assumed)`,
    ],
    [
      counts.nameless,
      "events whose lines name no process: those of a host or file are taken for one process; " +
        "record with lttng add-context -u -t vpid -t vtid",
    ],
    [
      total((n) => n.assumed),
      "send completions that the recording does not show, which are assumed (those of READs and atomics before " +
        `the QP's next event of anything else, others when ${OPEN} work requests are open or the recording ends)`,
    ],
    [total((n) => n.unknown), "send completions of work requests that the recording does not have, left out"],
    [unsent, "messages that were received but whose sending the recording does not have, left out"],
    [
      alone,
      "QPs with a simulated peer, though its side is there: the messages of both sides do not agree, or events are " +
        "missing that may have been some",
    ],
    [counts.earlier, "events dated before the line above, which were put in order"],
  ];
  return [
    "tracepoints of rdma-core have no address and no key: each QP has one region, as large as its longest " +
      "message, and all its messages begin where that does, on the peer's side too (assumed): what a replay says of " +
      "translations and caches is that of the smallest memory that the program can have used",
    "they have no polls, doorbells or control calls: work requests are posted one by one, each completion is " +
      "polled by itself, the time before one that was waited for counts as polling; QPs, CQs and their state changes " +
      "are inferred, and no capacity is known",
    ...(hns
      ? [
          "rdma_core_hns: QPs whose sends name the other side's are UD where all of them may be datagrams, others " +
            "RC; receives are as long as the longest message of their QP, and SGEs of a work request equally long " +
            "(assumed)",
        ]
      : []),
    ...(rxe
      ? [
          "rdma_core_rxe has only sends: no receives, completions, wr_id, flags or peers; QPs are taken for RC, " +
            "work requests for signaled, of one SGE and numbered in order, peers are simulated, and what came from " +
            "them is not known (assumed)",
          "the devices are emulated in software: times are not those of hardware",
        ]
      : []),
    ...counted.filter(([n]) => n > 0).map(([n, what]) => `${what}: ${n}`),
  ];
}
