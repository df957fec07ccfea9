import { basename } from "node:path";
import { VERBS_COLUMNS } from "../../abi/columns.js";
import { UserError } from "../../errors.js";
import type { FieldOrigin } from "../../trace/table/metadata.js";
import type { ReadVerbs, VerbsFormat } from "../shared/format.js";
import { awaitNotes } from "../verbs/loss.js";
import { Events } from "./events/events.js";
import { Flows } from "./flows.js";
import { NodeRows } from "./node-rows.js";
import { connected, numberUnknown } from "./nodes.js";
import { jumped, nothing, SPAN_NS, said, tooLong } from "./notes.js";
import { type Located, locate, readsLink } from "./packets/layers.js";
import { Ports } from "./packets/ports.js";
import { eachPacket, layoutOf } from "./packets/records.js";
import { Packet, readPacket } from "./packets/transport.js";
import { PcapRows } from "./rows.js";
import { findTurns } from "./turns.js";

/** No length of a row is longer, nor one of a datagram with its header. */
const MOST_BYTES = 0xffffffff;
const LAST_TIME_NS = 2n ** 64n - 1n;
const SPAN = Number(SPAN_NS);

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
 * they carry. Each port is a node with one thread. The rows are made while they are written.
 */
export async function importPcap(path: string, batchRows?: number): Promise<ReadVerbs> {
  const events = new Events();
  try {
    return await read(path, events, batchRows);
  } catch (error) {
    events.close();
    throw error;
  }
}

async function read(path: string, events: Events, batchRows: number | undefined): Promise<ReadVerbs> {
  const flows = new Flows(events),
    ports = new Ports(),
    found: Located = { bth: 0, length: 0, kind: 2, source: 0, target: 0 },
    packet = new Packet();
  let packets = 0,
    other = 0,
    foreign = 0,
    short = 0,
    link = -1,
    origin_ns = 0n;
  const partial = await eachPacket(path, (bytes, from, to, clock, of) => {
    packets++;
    if (!readsLink(of)) {
      link = of;
      other++;
      return;
    }
    if (!locate(bytes, from, to, of, found)) {
      other++;
      return;
    }
    const what = readPacket(bytes, found.bth, to, found.length, packet);
    if (what === "short") short++;
    else if (what === "foreign") foreign++;
    else {
      const t = clock.now_ns();
      origin_ns = clock.origin_ns!;
      if (t > SPAN || t < -SPAN) throw jumped(path, packets, clock.exact_ns() - origin_ns);
      flows.take(
        ports.number(found.kind, bytes, found.source),
        ports.number(found.kind, bytes, found.target),
        packet,
        t,
      );
    }
  });
  flows.joinUnanswered();
  events.end();
  if (!flows.all.some((f) => f.messages > 0)) throw nothing(path, { packets, short, link });
  if (flows.lost.longest > MOST_BYTES) throw tooLong(path, flows.lost.longest);
  if (origin_ns + BigInt(events.last_ns) > LAST_TIME_NS) throw jumped(path, packets, origin_ns);
  const unknown = numberUnknown(flows.all),
    { nodes, ends } = connected(flows.all),
    turns = findTurns(nodes, ends, events);
  return {
    builder: new PcapRows(
      nodes.map((n) => new NodeRows(n, origin_ns, ends, events.of(n.port))),
      events,
      origin_ns,
      batchRows,
    ),
    metadata: {
      source: { format: "pcap", files: [basename(path)] },
      clock: "ns",
      fields: FIELDS,
      notes: [...said(flows, { other, foreign, short, partial, unknown }), ...awaitNotes(turns)],
      emulated: false,
      nodes: nodes.map((n) => ({ name: ports.name(n.port), devices: [] })),
    },
  };
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
