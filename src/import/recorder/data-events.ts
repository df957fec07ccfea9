import { FLAG, NO_CONTEXT, RC_UNKNOWN, SEND_FLAG_NAMES, SLOT, WC_OPCODES, WR_OPCODES } from "./layout.js";
import type { Slots } from "./thread-calls.js";
import { ticksInside } from "./thread-calls.js";
import type { Ticks } from "./ticks.js";

/** An event with the names of fields that the JSON lines have (src/import/verbs/event.ts). */
export type Raw = Record<string, unknown>;
type Triple = [bigint | number, number, number];

/** What all records have. A field that is undefined is not there. */
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
    ctx: ctx === NO_CONTEXT ? undefined : ctx,
    rc: rc === RC_UNKNOWN ? -1 : rc,
  };
}

function entries({ bytes, at }: Slots): Triple[] {
  const list: Triple[] = [];
  for (let i = 0; i < bytes[at + 22]!; i++) {
    const from = i === 0 ? at + 48 : at + SLOT + (i - 1) * 16;
    list.push([bytes.readBigUInt64LE(from), bytes.readUInt32LE(from + 8), bytes.readUInt32LE(from + 12)]);
  }
  return list;
}

/** Names of every set of ibv_send_flags. */
const FLAG_TEXTS = Array.from({ length: 1 << SEND_FLAG_NAMES.length }, (_, flags) =>
  SEND_FLAG_NAMES.filter((_name, bit) => flags & (1 << bit)).join("|"),
);

/** A work request. Fields are set one by one: copying objects took most of an import's time. */
export function posted(r: Slots, raw: Raw): Raw {
  const { bytes, at } = r;
  if (r.kind === "post_srq_recv") raw.srq = bytes.readUInt32LE(at + 4);
  else raw.qp = bytes.readUInt32LE(at + 4);
  raw.wr_id = bytes.readBigUInt64LE(at + 24);
  raw.sge = entries(r);
  if (r.kind !== "post_send") return raw;
  const opcode = bytes[at + 2]!,
    flags = bytes[at + 21]!;
  raw.op = WR_OPCODES[opcode] ?? `number ${opcode}`;
  raw.fl = FLAG_TEXTS[flags & (FLAG_TEXTS.length - 1)];
  raw.rk = bytes.readUInt32LE(at + 40);
  raw.imm = bytes.readUInt32LE(at + 44);
  if (flags & FLAG.datagram) raw.ud_qpn = bytes.readUInt32LE(at + 32);
  else raw.ra = bytes.readBigUInt64LE(at + 32);
  return raw;
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
