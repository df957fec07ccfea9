import { basename } from "node:path";
import { NO_ID, VERBS_COLUMNS } from "../../abi/columns.js";
import { UserError } from "../../errors.js";
import type { FieldOrigin } from "../../trace/table/metadata.js";
import { VerbsBuilder } from "../../trace/verbs/columns-builder.js";
import type { VerbsFormat } from "../shared/format.js";
import { inferAwaitWrites } from "../verbs/await-writes.js";
import { DEPTH, MTUS, mtuFor } from "../verbs/inferred.js";
import { interleave } from "../verbs/interleave.js";
import { awaitNotes } from "../verbs/loss.js";
import type { Imported } from "../verbs/run.js";
import type { Flow } from "./flow.js";
import { Flows } from "./flows.js";
import { type Located, linkNames, locate, readsLink } from "./layers.js";
import { eachPacket, layoutOf } from "./records.js";
import { PortNode } from "./rows.js";
import { emptyPacket, readPacket } from "./transport.js";

/** Numbers of QPs that no packet tells lie above all that the wire can name. */
const UNKNOWN_QP = 1 << 24;
const DAY_NS = 86_400_000_000_000n;
/** From the first verbs packet, either way: a week of waiting is 141,000 rows a port. */
const SPAN_NS = 7n * DAY_NS;

const RECORDED = new Set([
  "opcode",
  "length",
  "remote_addr",
  "rkey",
  "imm",
  "qp",
  "rq_psn",
  "sq_psn",
  "qp_type",
]);
const INFERRED = new Set(["t", "node", "verb", "peer_qp", "path_mtu", "addr", "size", "await_writes"]);
const FIELDS = Object.fromEntries(
  VERBS_COLUMNS.map((c): [string, FieldOrigin] => [
    c.name,
    RECORDED.has(c.name) ? "recorded" : INFERRED.has(c.name) ? "inferred" : "assumed",
  ]),
);

/**
 * Packets of RoCEv2, RoCEv1 or InfiniBand in a pcap or pcapng file, put together to the work requests that
 * they carry. Each port is a node with one thread.
 */
export async function importPcap(path: string, batchRows?: number): Promise<Imported> {
  const flows = new Flows(),
    found: Located = { bth: 0, length: 0, source: "", target: "" },
    packet = emptyPacket();
  let packets = 0,
    other = 0,
    foreign = 0,
    short = 0,
    link = -1,
    start = -1n;
  const partial = await eachPacket(path, (bytes, from, to, _wire, t, of) => {
    packets++;
    if (!readsLink(of)) {
      link = of;
      other++;
    } else if (!locate(bytes, from, to, of, found)) other++;
    else {
      const what = readPacket(bytes, found.bth, to, found.length, packet);
      if (what === "short") short++;
      else if (what === "foreign") foreign++;
      else {
        if (start < 0n) start = t;
        if (t - start > SPAN_NS || start - t > SPAN_NS) throw jumped(path, packets, t - start);
        flows.take(found.source, found.target, packet, t);
      }
    }
  });
  flows.joinUnanswered();
  const messages = flows.all.reduce((n, f) => n + f.messages.length, 0);
  if (messages === 0) throw nothing(path, { packets, short, link });
  const nodes = nodesOf(flows, start),
    unknown = numberUnknown(flows);
  connect(flows, nodes);
  const builder = new VerbsBuilder(batchRows);
  for (const row of interleave(
    [...nodes.values()].map((n) => n.rows()),
    true,
  ))
    builder.add(row);
  return {
    builder,
    metadata: {
      source: { format: "pcap", files: [basename(path)] },
      clock: "ns",
      fields: FIELDS,
      notes: [
        ...said(flows, { other, foreign, short, partial, unknown }),
        ...awaitNotes(inferAwaitWrites(builder)),
      ],
      emulated: false,
      nodes: [...nodes.values()].map((n) => ({ name: n.name, devices: [] })),
    },
  };
}

/** A wait is rows of at most 4.29 s each: one of years would be a hundred million of them. */
function jumped(path: string, packet: number, by_ns: bigint): UserError {
  return new UserError(
    `${path}: packet ${packet} is dated ${by_ns < 0n ? "before" : "after"} the first verbs packet by over ` +
      `${(by_ns < 0n ? -by_ns : by_ns) / DAY_NS} days, and more than ${SPAN_NS / DAY_NS} are not read: ` +
      "the clock jumped or the file is damaged; cut the capture there (editcap -r)",
  );
}

function nothing(
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

function nodesOf(flows: Flows, start: bigint): Map<string, PortNode> {
  const nodes = new Map<string, PortNode>();
  for (const f of flows.all)
    for (const name of [f.source, f.target])
      if (!nodes.has(name)) nodes.set(name, new PortNode(name, nodes.size, start));
  return nodes;
}

/** Gives a number to each sender's QP that nothing tells; says how many. */
function numberUnknown(flows: Flows): number {
  const unknown = flows.all.filter((f) => f.source_qp === undefined);
  unknown.forEach((f, i) => (f.source_qp = UNKNOWN_QP + i));
  return unknown.length;
}

function connect(flows: Flows, nodes: ReadonlyMap<string, PortNode>): void {
  for (const f of flows.all) {
    const from = nodes.get(f.source)!,
      to = nodes.get(f.target)!,
      sender = from.qp(f.source_qp!, f.service),
      receiver = to.qp(f.qp, f.service);
    if (f.service !== "UD") {
      sender.peer = f.qp;
      receiver.peer = f.source_qp!;
      sender.sq_psn = receiver.rq_psn = f.first_psn < 0 ? NO_ID : f.first_psn;
      sender.mtu = receiver.mtu = Math.max(sender.mtu, mtuOf(f));
    }
    from.sends(f);
    to.receives(f);
  }
}
/** The path MTU: of packets that fill it, else the least that the largest packet fits; 0 where none tells. */
function mtuOf({ mtu, largest_bytes }: Flow): number {
  if (MTUS.includes(mtu)) return mtu;
  return mtuFor(largest_bytes);
}

function said(
  { lost, management, strays, all }: Flows,
  n: { other: number; foreign: number; short: number; partial: boolean; unknown: number },
): string[] {
  const open = all.reduce((k, f) => k + f.messages.filter((m) => m.done_ns === undefined).length, 0);
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

export const pcap: VerbsFormat = {
  kind: "verbs",
  name: "pcap",
  says: "packets of RoCE or InfiniBand that tcpdump or ibdump captured (pcap, pcapng)",
  example: ["run.pcap.gz -o run.arrow", "the work requests that a capture of packets shows"],
  sniff: (head) => (layoutOf(head) ? 1 : 0),
  read: (files) => {
    if (files.length !== 1)
      throw new UserError(`import pcap: ${files.length} files are named, but a trace is made of one capture`);
    return importPcap(files[0]!);
  },
};
