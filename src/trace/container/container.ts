import { UserError } from "../../errors.js";
import { HEAD_BYTES, looksLike } from "../../looks-like.js";
import { CorruptError } from "./flatbuffer.js";
import {
  type ArrowSchema,
  type Block,
  decodeFooter,
  decodeMessage,
  type Message,
  type RecordBatchHeader,
} from "./messages.js";
import type { ByteSource } from "./source.js";

/** A message's body in the source. */
export interface Body {
  bodyOffset: number;
  bodyLength: number;
}
export interface Container {
  schema: ArrowSchema;
  dictionaries: (Body & { id: number; isDelta: boolean; batch: RecordBatchHeader })[];
  batches: (Body & { batch: RecordBatchHeader })[];
  /** False for a stream without an end mark, which may be complete or not. */
  ended: boolean;
}

const MAGIC = "ARROW1";
const CONTINUATION = 0xffffffff;
const DAMAGED = "the file is damaged, write it again",
  APART = "if traces were put one after the other, give each by itself, otherwise write it again";
const WHAT = { schema: "schema", dictionary: "dictionary", batch: "record batch" } as const;

/** Reads the metadata of an Arrow IPC file or stream; which of them it is shows in the first bytes. */
export function readContainer(source: ByteSource): Container {
  if (source.size < 8)
    throw new UserError(
      `${source.name}: byte ${source.size}: the file ends before an Arrow header: write it again`,
    );
  if (text(source, 0, 6) === MAGIC) return readFile(source);
  if (u32(source, 0) !== CONTINUATION) notArrow(source);
  return readStream(source);
}

/** What starts like no Arrow file and no stream of today; old streams start with a length. */
function notArrow(source: ByteSource): void {
  const head = new Uint8Array(Math.min(HEAD_BYTES, source.size));
  source.read(0, head);
  const look = looksLike(head, source.name);
  if (look) throw new UserError(`${source.name}: is no trace, but looks like ${look.what}: ${look.todo}`);
}

function text(source: ByteSource, offset: number, length: number): string {
  const bytes = new Uint8Array(length);
  source.read(offset, bytes);
  return String.fromCharCode(...bytes);
}
function u32(source: ByteSource, offset: number): number {
  const bytes = new Uint8Array(4);
  source.read(offset, bytes);
  return new DataView(bytes.buffer).getUint32(0, true);
}
function corrupt(source: ByteSource, offset: number, why: string, then = DAMAGED): UserError {
  return new UserError(`${source.name}: byte ${offset}: ${why}: ${then}`);
}
function guarded<T>(source: ByteSource, offset: number, decode: () => T): T {
  try {
    return decode();
  } catch (error) {
    if (error instanceof CorruptError) throw corrupt(source, offset, error.message, error.advice);
    throw error;
  }
}

type Read = Body & { message: Message; next: number };

/** Reads the message at `offset`; an end-of-stream mark has none. `end` is where it must have ended. */
function readMessage(
  source: ByteSource,
  offset: number,
  end: number,
): Read | { message: undefined; next: number } {
  if (offset + 4 > end) throw corrupt(source, offset, "the file ends inside a message");
  let length = u32(source, offset);
  let start = offset + 4;
  if (length === CONTINUATION) {
    if (offset + 8 > end) throw corrupt(source, offset, "the file ends inside a message");
    length = u32(source, offset + 4);
    start = offset + 8;
  }
  if (length === 0) return { message: undefined, next: start };
  if (start + length > end)
    throw corrupt(source, offset, `a message header of ${length} bytes passes the end at ${end}`);
  const bytes = new Uint8Array(length);
  source.read(start, bytes);
  const message = guarded(source, offset, () => decodeMessage(bytes));
  const bodyOffset = start + length;
  if (bodyOffset + message.bodyLength > end)
    throw corrupt(source, offset, `a message body of ${message.bodyLength} bytes passes the end at ${end}`);
  return { message, bodyOffset, bodyLength: message.bodyLength, next: bodyOffset + message.bodyLength };
}

function readFile(source: ByteSource): Container {
  const { size } = source;
  if (size < 18 || text(source, size - 6, 6) !== MAGIC)
    throw new UserError(
      `${source.name}: byte ${size}: the file does not end in ${MAGIC}: ` +
        "something was appended to it or it was cut off, write it again",
    );
  const length = u32(source, size - 10);
  const end = size - 10 - length;
  if (end < 8) throw corrupt(source, size - 10, `a footer of ${length} bytes is longer than the file`);
  const bytes = new Uint8Array(length);
  source.read(end, bytes);
  const footer = guarded(source, end, () => decodeFooter(bytes));
  const named = new Set<number>();
  const at = <K extends "dictionary" | "batch">(
    block: Block,
    kind: K,
  ): Body & { message: Message & { kind: K } } => {
    if (block.offset < 8 || block.offset % 8 !== 0 || block.offset > end)
      throw corrupt(source, end, `the footer names a ${kind} at byte ${block.offset}`);
    const found = readMessage(source, block.offset, end);
    if (!found.message || found.message.kind !== kind)
      throw corrupt(source, block.offset, `the footer names a ${kind} here`);
    if (found.bodyLength !== block.bodyLength || found.bodyOffset - block.offset !== block.metadataLength)
      throw corrupt(source, block.offset, `the ${kind} is not as long as the footer says`);
    named.add(block.offset);
    return { ...found, message: found.message as Message & { kind: K } };
  };
  const dictionaries = footer.dictionaries.map((b) => {
    const { message, bodyOffset, bodyLength } = at(b, "dictionary");
    return { bodyOffset, bodyLength, id: message.id, isDelta: message.isDelta, batch: message.batch };
  });
  let previous = 0;
  const batches = footer.batches.map((b) => {
    if (b.offset < previous) throw corrupt(source, end, "record batches overlap or are out of order");
    const { message, bodyOffset, bodyLength } = at(b, "batch");
    previous = bodyOffset + bodyLength;
    return { bodyOffset, bodyLength, batch: message.batch };
  });
  checkNamed(source, end, named);
  return { schema: footer.schema, dictionaries, batches, ended: true };
}

/** Refuses a file with messages that its footer does not name, whose rows nobody would miss. */
function checkNamed(source: ByteSource, end: number, named: ReadonlySet<number>): void {
  for (let offset = 8; offset < end; ) {
    const { message, next } = readMessage(source, offset, end);
    if (!message) {
      if (next < end)
        throw corrupt(source, next, `${end - next} bytes lie between the end mark and the footer`, APART);
      return;
    }
    if (message.kind === "schema" ? offset !== 8 : !named.has(offset))
      throw corrupt(source, offset, `the footer does not name the ${WHAT[message.kind]} here`);
    offset = next;
  }
}

function readStream(source: ByteSource): Container {
  const found: Container = {
    schema: { fields: [], metadata: new Map() },
    dictionaries: [],
    batches: [],
    ended: false,
  };
  const { size } = source;
  for (let offset = 0, first = true; offset < size; first = false) {
    const read = readMessage(source, offset, size);
    if (!read.message) {
      if (read.next < size)
        throw corrupt(
          source,
          read.next,
          `${size - read.next} bytes follow the end mark of the stream`,
          APART,
        );
      found.ended = true;
      break;
    }
    const { message, bodyOffset, bodyLength } = read;
    if (first !== (message.kind === "schema"))
      throw new UserError(
        `${source.name}: byte ${offset}: ` +
          `${first ? "the file starts neither with ARROW1 nor with an Arrow schema" : "a second schema"}: ` +
          "give an Arrow IPC file or stream",
      );
    if (message.kind === "schema") found.schema = message.schema;
    else if (message.kind === "dictionary")
      found.dictionaries.push({
        bodyOffset,
        bodyLength,
        id: message.id,
        isDelta: message.isDelta,
        batch: message.batch,
      });
    else found.batches.push({ bodyOffset, bodyLength, batch: message.batch });
    offset = read.next;
  }
  return found;
}
