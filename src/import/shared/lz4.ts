import { CorruptError } from "../../trace/container/flatbuffer.js";
import { decodeBlock } from "../../trace/container/lz4.js";
import { Bytes } from "./bytes.js";
import { Xxh32 } from "./xxh32.js";

// Layout: lz4's doc/lz4_Frame_format.md, version 1.6.
const MAGIC = 0x184d2204,
  SKIPPABLE = 0x184d2a50;
/** A block may copy from this much before it. */
const WINDOW = 1 << 16;
const LARGEST: Readonly<Record<number, number>> = { 4: 1 << 16, 5: 1 << 18, 6: 1 << 20, 7: 1 << 22 };

/** Decodes LZ4 frames, also several in a row, and verifies the checksums that they have. */
export async function* unlz4(chunks: AsyncGenerator<Uint8Array>): AsyncGenerator<Uint8Array> {
  const bytes = new Bytes(chunks);
  try {
    while (!(await bytes.ended())) {
      const magic = await bytes.u32();
      if (magic >= SKIPPABLE && magic < SKIPPABLE + 16) await bytes.past(await bytes.u32());
      else if (magic === MAGIC) yield* frame(bytes);
      else throw new Error("something else than LZ4 frames follows");
    }
  } catch (error) {
    throw error instanceof CorruptError ? new Error("its data are damaged") : error;
  }
}

async function* frame(bytes: Bytes): AsyncGenerator<Uint8Array> {
  const [flags, sizes] = (await bytes.take(2)) as unknown as [number, number];
  const largest = LARGEST[(sizes >> 4) & 7];
  if (flags >> 6 !== 1 || largest === undefined) throw new Error("its frame is of another version");
  if (flags & 1) throw new Error("its frame needs a dictionary, which is not in the file");
  const more = flags & 8 ? await bytes.take(8) : new Uint8Array();
  check((await bytes.take(1))[0]!, (hashOf(Uint8Array.of(flags, sizes), more) >>> 8) & 0xff);
  const linked = (flags & 32) === 0,
    hash = flags & 4 ? new Xxh32() : undefined,
    out = new Uint8Array(WINDOW + largest);
  let before = 0; // bytes of the window that are there
  for (;;) {
    const head = await bytes.u32();
    if (head === 0) break;
    const length = head & 0x7fffffff;
    if (length > largest + 16) throw new Error("its data are damaged");
    const block = await bytes.take(length);
    if (flags & 16) check(await bytes.u32(), hashOf(block));
    let end = before + length;
    if (head >>> 31) out.set(block, before);
    else end = decodeBlock(block, out.subarray(0, before + largest), before);
    const data = out.slice(before, end);
    hash?.update(data);
    yield data;
    const keep = linked ? Math.min(end, WINDOW) : 0;
    out.copyWithin(0, end - keep, end);
    before = keep;
  }
  if (hash) check(await bytes.u32(), hash.digest());
}

function hashOf(...pieces: readonly Uint8Array[]): number {
  const hash = new Xxh32();
  for (const piece of pieces) hash.update(piece);
  return hash.digest();
}
function check(said: number, found: number): void {
  if (said !== found) throw new Error("its checksum is not that of its data");
}
