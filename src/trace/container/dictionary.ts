import { UserError } from "../../errors.js";
import { decodeBuffer, decodedLength, PREFIX } from "./compression.js";
import type { Container } from "./container.js";
import { CorruptError } from "./flatbuffer.js";
import type { BufferRegion } from "./messages.js";
import type { ByteSource } from "./source.js";

const MAX_WORDS = 128; // indices are int8
const MAX_BYTES = 1 << 16;

/** Words of every dictionary in the file, by id. */
export function readDictionaries(source: ByteSource, container: Container): Map<number, string[]> {
  const all = new Map<number, string[]>();
  for (const d of container.dictionaries) {
    const fail = (why: string): never => {
      throw new UserError(
        `${source.name}: byte ${d.bodyOffset}: ${why}: write the file again with verbscope`,
      );
    };
    let words: string[];
    try {
      words = readWords(source, d);
    } catch (error) {
      if (error instanceof CorruptError) return fail(error.message);
      throw error;
    }
    const before = all.get(d.id);
    if (d.isDelta) words = [...(before ?? []), ...words];
    else if (before && JSON.stringify(before) !== JSON.stringify(words))
      fail("a dictionary is replaced in mid-file, which is not supported");
    if (words.length > MAX_WORDS) fail(`a dictionary has more than ${MAX_WORDS} words`);
    all.set(d.id, words);
  }
  return all;
}

function readWords(
  source: ByteSource,
  { batch, bodyOffset, bodyLength }: Container["dictionaries"][number],
): string[] {
  const [node] = batch.nodes,
    [, offsetRegion, dataRegion] = batch.buffers;
  if (
    !node ||
    batch.nodes.length !== 1 ||
    batch.buffers.length !== 3 ||
    !offsetRegion ||
    !dataRegion ||
    node.nulls !== 0
  )
    throw new CorruptError("a dictionary does not hold plain words");
  const count = node.length;
  if (!(count >= 0 && count <= MAX_WORDS))
    throw new CorruptError(`a dictionary has ${count} words instead of at most ${MAX_WORDS}`);
  const read = (region: BufferRegion): Uint8Array => {
    if (
      region.offset < 0 ||
      region.length < 0 ||
      region.length > MAX_BYTES ||
      region.offset + region.length > bodyLength
    )
      throw new CorruptError("a dictionary has a buffer outside its body");
    const bytes = new Uint8Array(region.length);
    source.read(bodyOffset + region.offset, bytes);
    if (batch.compression === "none" || bytes.length === 0) return bytes;
    if (bytes.length < PREFIX) throw new CorruptError("a dictionary's buffer is cut off");
    const length = decodedLength(bytes, bytes.length);
    if (length > MAX_BYTES) throw new CorruptError(`a dictionary has ${length} bytes`);
    const decoded = new Uint8Array(length);
    decodeBuffer(batch.compression, bytes, decoded);
    return decoded;
  };
  if (count === 0) return [];
  const offsets = read(offsetRegion),
    data = read(dataRegion);
  if (offsets.length < 4 * (count + 1)) throw new CorruptError("a dictionary's offsets are cut off");
  const view = new DataView(offsets.buffer);
  const text = new TextDecoder("utf-8", { fatal: true });
  return Array.from({ length: count }, (_, i) => {
    const from = view.getInt32(4 * i, true),
      to = view.getInt32(4 * i + 4, true);
    if (!(from >= 0 && from <= to && to <= data.length))
      throw new CorruptError(`word ${i} of a dictionary is outside its text`);
    try {
      return text.decode(data.subarray(from, to));
    } catch {
      throw new CorruptError(`word ${i} of a dictionary is not UTF-8`);
    }
  });
}

/** Ids of a dictionary's words: index in the file -> index in `known`; 255 where the file has no word. */
export function remap(
  name: string,
  column: string,
  words: readonly string[],
  known: readonly string[],
): Uint8Array {
  const ids = new Uint8Array(256).fill(255);
  words.forEach((word, i) => {
    const id = known.indexOf(word);
    if (id < 0)
      throw new UserError(
        `${name}: dictionary of column ${column}: word ${JSON.stringify(word)} is ` +
          "not known: use a version of verbscope that knows it",
      );
    ids[i] = id;
  });
  return ids;
}
