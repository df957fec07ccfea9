import { UserError } from "../../errors.js";
import type { ByteSource } from "../../trace/container/source.js";
import { payloadOf, type ThreadBlocks } from "./capture-file.js";
import { countsFromItsEnd, FLAG, KINDS, RUN, SGES_PER_SLOT, SLOT } from "./layout.js";

/** A record where it lies: in `bytes` from `at` on, in `slots` slots. */
export interface Slots {
  bytes: Buffer;
  at: number;
  slots: number;
  kind: string;
}
/** The records of one call: a list of work requests, the completions of a poll, a region and its pages. */
export interface Call {
  tid: number;
  /** Ticks by which the calls of several threads are put in order; never falling within a thread. */
  key: bigint;
  records: Slots[];
}
/** What was left out while reading. */
export interface Lost {
  blocks: number;
  records: number;
}

/** Ticks inside a call, from its record. */
export const ticksInside = (bytes: Buffer, at: number): number =>
  bytes.readUInt32LE(at + 16) + bytes[at + 20]! * 2 ** 32;

function keyOf({ bytes, at, kind }: Slots): bigint {
  const start = bytes.readBigUInt64LE(at + 8);
  return countsFromItsEnd(kind) ? start + BigInt(ticksInside(bytes, at)) : start;
}

/** Slots that a record's own numbers say it has. */
function slotsNeeded(bytes: Buffer, at: number, kind: string): number {
  if (kind.startsWith("post_")) return 1 + Math.ceil((Math.max(bytes[at + 22]!, 1) - 1) / SGES_PER_SLOT);
  if (kind === "mr_pages") return 1 + Math.ceil((bytes.readUInt32LE(at + 24) * RUN) / SLOT);
  return kind === "create_qp" || kind === "modify_qp" || kind === "open_device" || kind === "mr_vma" ? 2 : 1;
}

/** Records of one thread in its order, block by block. */
function* records(source: ByteSource, thread: ThreadBlocks, lost: Lost): Generator<Slots> {
  for (const block of thread.blocks) {
    const bytes = payloadOf(source, block);
    if (!bytes) {
      lost.blocks++;
      lost.records += block.bytes / SLOT;
      continue;
    }
    for (let at = 0; at + SLOT <= bytes.length; ) {
      const slots = 1 + bytes[at + 23]!;
      const kind = KINDS.get(bytes[at]!) ?? `kind ${bytes[at]}`;
      if (at + slots * SLOT > bytes.length || slots < slotsNeeded(bytes, at, kind))
        throw new UserError(
          `${source.name}: byte ${block.offset + at}: ${kind} has fewer slots than it says: ` +
            "the file was changed, record again",
        );
      yield { bytes, at, slots, kind };
      at += slots * SLOT;
    }
  }
}

/** Calls of one thread in its order. A record without its call's first, which was in a lost block, is lost too. */
export function* callsOfThread(source: ByteSource, thread: ThreadBlocks, lost: Lost): Generator<Call> {
  let call: Call | undefined;
  for (const record of records(source, thread, lost)) {
    if (record.bytes[record.at + 21]! & FLAG.first) {
      if (call) yield call;
      const key = keyOf(record);
      call = { tid: thread.tid, key: call && call.key > key ? call.key : key, records: [record] };
    } else if (call) call.records.push(record);
    else lost.records++;
  }
  if (call) yield call;
}

/** Calls of all threads by their keys; of equal ones those of the thread that began first. */
export function* callsOfAll(
  source: ByteSource,
  threads: readonly ThreadBlocks[],
  lost: Lost,
): Generator<Call> {
  const heads = threads.flatMap((thread) => {
    const calls = callsOfThread(source, thread, lost),
      first = calls.next();
    return first.done ? [] : [{ calls, next: first.value }];
  });
  while (heads.length > 0) {
    let least = heads[0]!;
    for (const head of heads) if (head.next.key < least.next.key) least = head;
    yield least.next;
    const { done, value } = least.calls.next();
    if (done) heads.splice(heads.indexOf(least), 1);
    else least.next = value;
  }
}
