import { FLAG, NO_CONTEXT, RC_UNKNOWN, SEND_FLAG_NAMES, SLOT, WC_OPCODES, WR_OPCODES } from "./layout.js";
import type { Slots } from "./thread-calls.js";
import { ticksInside } from "./thread-calls.js";
import type { Ticks } from "./ticks.js";

/** An event with the names of fields that the JSON lines have (src/import/verbs/event.ts). */
export type Raw = Record<string, unknown>;
type Triple = [bigint | number, number, number];

/** What all records have. */
export function common(r: Slots, tid: number, seq: number, ticks: Ticks): Raw {
  const rc = r.bytes[r.at + 3]!,
    ctx = r.bytes[r.at + 1]!;
  const t = ticks.ns(r.bytes.readBigUInt64LE(r.at + 8));
  return {
    ev: r.kind,
    t,
    dur: ticks.span(ticksInside(r.bytes, r.at)),
    tid,
    seq,
    ...(ctx === NO_CONTEXT ? {} : { ctx }),
    rc: rc === RC_UNKNOWN ? -1 : rc,
  };
}

function entries({ bytes, at }: Slots): Triple[] {
  return Array.from({ length: bytes[at + 22]! }, (_, i) => {
    const from = i === 0 ? at + 48 : at + SLOT + (i - 1) * 16;
    return [bytes.readBigUInt64LE(from), bytes.readUInt32LE(from + 8), bytes.readUInt32LE(from + 12)];
  });
}

/** A work request. */
export function posted(r: Slots, raw: Raw): Raw {
  const { bytes, at } = r,
    flags = bytes[at + 21]!,
    remote = bytes.readBigUInt64LE(at + 32);
  const request = {
    ...raw,
    [r.kind === "post_srq_recv" ? "srq" : "qp"]: bytes.readUInt32LE(at + 4),
    wr_id: bytes.readBigUInt64LE(at + 24),
    sge: entries(r),
  };
  if (r.kind !== "post_send") return request;
  const opcode = bytes[at + 2]!;
  return {
    ...request,
    op: WR_OPCODES[opcode] ?? `number ${opcode}`,
    fl: SEND_FLAG_NAMES.filter((_, bit) => flags & (1 << bit)).join("|"),
    rk: bytes.readUInt32LE(at + 40),
    imm: bytes.readUInt32LE(at + 44),
    ...(flags & FLAG.datagram ? { ud_qpn: Number(remote & 0xffffffffn) } : { ra: remote }),
  };
}

/** A poll that found something. */
export function polled(records: readonly Slots[], raw: Raw): Raw {
  const [{ bytes: first, at: start }] = records as [Slots];
  return {
    ...raw,
    ev: "poll_cq",
    cq: first.readUInt32LE(start + 4),
    rc: records.length,
    wc: records.map(({ bytes, at }) => ({
      st: bytes[at + 3]!,
      op: WC_OPCODES[bytes[at + 2]!] ?? `number ${bytes[at + 2]!}`,
      wr_id: bytes.readBigUInt64LE(at + 24),
      len: bytes.readUInt32LE(at + 32),
      qp: bytes.readUInt32LE(at + 36),
      imm: bytes.readUInt32LE(at + 40),
    })),
  };
}

/** Empty polls in a row; of some of them the recorder took how long they were. */
export function emptyPolls({ bytes, at }: Slots, raw: Raw, ticks: Ticks): Raw {
  const count = Number(bytes.readBigUInt64LE(at + 24)),
    timed = Number(bytes.readBigUInt64LE(at + 48)),
    sum = ticks.span(Number(bytes.readBigUInt64LE(at + 40)));
  return {
    ...raw,
    cq: bytes.readUInt32LE(at + 4),
    count,
    t_last: ticks.ns(bytes.readBigUInt64LE(at + 32)),
    sum_dur: timed === 0 ? 0 : Math.round((sum / timed) * count),
  };
}
