import { UserError } from "../../errors.js";
import { DEPTH } from "../verbs/inferred.js";
import type { Flows } from "./flows.js";
import { mtuOf } from "./nodes.js";
import { linkNames } from "./packets/layers.js";

const DAY_NS = 86_400_000_000_000n;
/** From the first verbs packet, either way: a week of waiting is 141,000 rows a port. */
export const SPAN_NS = 7n * DAY_NS;

/** A wait is rows of at most 4.29 s each: one of years would be a hundred million of them. */
export function jumped(path: string, packet: number, by_ns: bigint): UserError {
  return new UserError(
    `${path}: packet ${packet} is dated ${by_ns < 0n ? "before" : "after"} the first verbs packet by over ` +
      `${(by_ns < 0n ? -by_ns : by_ns) / DAY_NS} days, and more than ${SPAN_NS / DAY_NS} are not read: ` +
      "the clock jumped or the file is damaged; cut the capture there (editcap -r)",
  );
}

export function nothing(
  path: string,
  { packets, short, link }: { packets: number; short: number; link: number },
): UserError {
  const why =
    short > 0
      ? `${short} packets are cut within their headers; capture at least 96 bytes of each (tcpdump -s 96)`
      : link >= 0
        ? `its link type is ${link}, and ${linkNames} are read`
        : "RDMA that a card does in hardware shows in tcpdump only where the port is mirrored or its sniffer is on";
  return new UserError(
    `${path}: none of ${packets} packets is of a verbs message (RoCE or InfiniBand): ${why}`,
  );
}

/** Of messages that lack their ends one may seem to go on for ever. */
export const tooLong = (path: string, bytes: number): UserError =>
  new UserError(
    `${path}: a message of ${bytes} bytes is longer than any that a verb sends: the file is damaged; ` +
      "capture or copy it again",
  );

export function said(
  { lost, management, strays, all }: Flows,
  n: { other: number; foreign: number; short: number; partial: boolean; unknown: number },
): string[] {
  const open = all.reduce((k, f) => k + f.left, 0);
  const counted: [number, string][] = [
    [n.other, "packets of other protocols, left out"],
    [n.foreign, "packets of transports and operations that no verb here makes, left out (XRC, RD, CNP)"],
    [n.short, "packets cut within their headers, left out (capture at least 96 bytes of each)"],
    [management, "management datagrams (connection set-up), left out"],
    [lost.again, "packets that were sent again and count once"],
    [lost.missing, "packets that are missing by their sequence numbers"],
    [lost.cut, "messages that lack some of their packets, left out"],
    [
      all.filter((f) => f.cut).length,
      "messages that the end of the capture cuts off, left out: it ends in traffic",
    ],
    [lost.not_ready, "answers that no receive was posted (RNR)"],
    [lost.refused, "answers that refuse a request (NAK)"],
    [strays, "answers to no request of the capture"],
    [open, "messages without an answer in the capture, which are posted and never complete"],
    [n.unknown, "connections without an answer, whose senders' QPs are numbered from 2^24 on"],
  ];
  const deepest = all.reduce((k, f) => Math.max(k, f.most_open), 0),
    untold = all.filter((f) => mtuOf(f) === 0).length;
  return [
    "a capture of packets has no lkeys, local addresses, SGEs (one is assumed), WR ids, doorbells, polls or " +
      "control calls: work requests are signaled and posted one by one, " +
      `each completion is polled by itself, each port is one thread, ${DEPTH} receives stay posted (assumed)`,
    "times are of packets where they were captured: a post is at its first packet, so a sender that waits for " +
      "the wire looks like one that thinks, and a wait for an answer counts as polling",
    "memory regions are what RDMA touched of each rkey; QPs, CQs and their state changes are inferred; " +
      "whether devices were emulated does not show",
    ...(deepest > 0
      ? [
          `at most ${deepest} request${deepest === 1 ? " was" : "s were"} without an answer on a connection at once: ` +
            "what a program posts before the wire takes it does not show, so a bandwidth run may replay as a " +
            "latency run",
        ]
      : []),
    ...(untold > 0 ? [`connections whose path MTU no packet tells, which is the testbed's: ${untold}`] : []),
    ...counted.filter(([k]) => k > 0).map(([k, what]) => `${what}: ${k}`),
    ...(n.partial ? ["the file ends within a packet, which is left out: the capture was cut off"] : []),
  ];
}
