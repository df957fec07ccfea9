import type { Opcode, Verb } from "../../src/abi/verbs.js";
import { bytesSource } from "../../src/trace/container/source.js";
import { openSource, type VerbsTrace } from "../../src/trace/read.js";
import type { VerbsMetadata } from "../../src/trace/table/metadata.js";
import { emptyRow, type VerbsRow } from "../../src/trace/table/rows.js";
import { VerbsBuilder } from "../../src/trace/verbs/columns-builder.js";
import { encodeVerbs } from "../../src/trace/verbs/write.js";

export type Row = Partial<VerbsRow> & { verb: Verb };
export const FILE = "script.arrow";
export const SIGNALED = 1,
  INLINE = 2;
/** Start of the memory region of each node: its lkey is 10 + node, its rkey 20 + node. */
export const MEMORY = [0x10000000n, 0x20000000n] as const;
export const REGION = 1 << 24;

export interface PairOptions {
  type?: 0 | 1 | 2;
  mtu?: number;
  inline?: number;
  /** Pairs of QPs: number 100 + i on node 0 is connected to 200 + i on node 1. */
  qps?: number;
  sges?: number;
  maxRd?: number;
}

/** Bytes of a trace file with these rows in this order; rows without a `call` get one of their own. */
export function encodeRows(
  rows: readonly Row[],
  metadata: Partial<VerbsMetadata> = {},
  batchRows = 512,
): Uint8Array {
  const builder = new VerbsBuilder(batchRows);
  rows.forEach((r, i) => builder.add(Object.assign(emptyRow(r.verb), { tid: 1, call: i + 1 }, r)));
  const nodes = Math.max(...rows.map((r) => r.node ?? 0), 0) + 1;
  return encodeVerbs(builder, {
    source: { format: "test" },
    clock: "none",
    fields: {},
    notes: [],
    emulated: true,
    nodes: Array.from({ length: nodes }, (_, i) => ({ name: `node ${i}` })),
    ...metadata,
  });
}
export function traceOf(
  rows: readonly Row[],
  metadata: Partial<VerbsMetadata> = {},
  batchRows?: number,
): VerbsTrace {
  return openSource(bytesSource(FILE, encodeRows(rows, metadata, batchRows)));
}

/** Two nodes with a CQ (1), a memory region and connected QPs each, in RTS. */
export function pair({
  type = 0,
  mtu = 1024,
  inline = 0,
  qps = 1,
  sges = 1,
  maxRd = 16,
}: PairOptions = {}): Row[] {
  return [0, 1].flatMap((node): Row[] => [
    { verb: "create_cq", node, cq: 1, cqe: 1000 },
    { verb: "reg_mr", node, lkey: 10 + node, rkey: 20 + node, addr: MEMORY[node]!, size: BigInt(REGION) },
    ...Array.from({ length: qps }, (_, i) => [100 + i, 200 + i] as const).flatMap((numbers): Row[] => {
      const qp = numbers[node]!;
      return [
        {
          verb: "create_qp",
          node,
          qp,
          cq: 1,
          rcq: 1,
          qp_type: type,
          cap_send_wr: 64,
          cap_recv_wr: 64,
          cap_send_sge: sges,
          cap_recv_sge: 1,
          cap_inline: inline,
        },
        { verb: "modify_qp", node, qp, qp_state: 1, attr_mask: 57 },
        {
          verb: "modify_qp",
          node,
          qp,
          qp_state: 2,
          path_mtu: mtu,
          ...(type === 2 ? {} : { peer_qp: numbers[1 - node]! }),
        },
        { verb: "modify_qp", node, qp, qp_state: 3, max_rd_atomic: maxRd },
      ];
    }),
  ]);
}

/** A signalled send of `length` bytes in one SGE from node 0 to node 1, with what its opcode needs. */
export function send(opcode: Opcode, length: number, more: Partial<VerbsRow> = {}): Row {
  const node = more.node ?? 0,
    sge = [{ addr: MEMORY[node]!, length, lkey: 10 + node }];
  return {
    verb: "post_send",
    node,
    qp: 100,
    opcode,
    length,
    num_sge: 1,
    sge,
    flags: SIGNALED,
    remote_addr: MEMORY[1 - node]! + 8192n,
    rkey: 21 - node,
    peer_qp: 200,
    ...more,
  };
}
export function receive(length: number, more: Partial<VerbsRow> = {}): Row {
  return {
    verb: "post_recv",
    node: 1,
    qp: 200,
    num_sge: 1,
    sge: [{ addr: MEMORY[more.node ?? 1]!, length, lkey: 10 + (more.node ?? 1) }],
    length,
    ...more,
  };
}
export function polled(opcode: Opcode, length: number, more: Partial<VerbsRow> = {}): Row {
  return { verb: "poll_cq", node: 0, qp: 100, cq: 1, opcode, length, ...more };
}
/** True when the message takes a receive WQE at the other side. */
export const consumes = (opcode: Opcode): boolean =>
  opcode.startsWith("SEND") || opcode === "RDMA_WRITE_WITH_IMM";

/** One message from node 0 to node 1, from post to the last poll. */
export function message(opcode: Opcode, length: number, more: Partial<VerbsRow> = {}): Row[] {
  const received: Row[] = consumes(opcode)
    ? [polled(opcode === "RDMA_WRITE_WITH_IMM" ? "RECV_RDMA_WITH_IMM" : "RECV", length, { node: 1, qp: 200 })]
    : [];
  return [
    ...(consumes(opcode) ? [receive(length)] : []),
    send(opcode, length, more),
    polled(opcode, length),
    ...received,
  ];
}
