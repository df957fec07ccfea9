import { UserError } from "../../errors.js";
import { decodeBuffer, decodedLength, inMemory, PREFIX } from "./compression.js";
import type { Container } from "./container.js";
import { CorruptError } from "./flatbuffer.js";
import type { ArrowType, BufferRegion } from "./messages.js";
import type { ByteSource } from "./source.js";
import { TEXT_WIDTH, Words } from "./text.js";

/** Far more than any trace needs; a shared category list of another program may be long. */
const MAX_WORDS = 1 << 16,
  MAX_BYTES = 1 << 24;

/** Words of the dictionaries asked for, by id; `types` are those of their words. */
export function readDictionaries(
  source: ByteSource,
  container: Container,
  types: ReadonlyMap<number, ArrowType>,
): Map<number, string[]> {
  const all = new Map<number, string[]>();
  for (const d of container.dictionaries) {
    const type = types.get(d.id);
    if (type === undefined) continue;
    const fail = (why: string, then = "write the file again"): never => {
      throw new UserError(`${source.name}: byte ${d.bodyOffset}: ${why}: ${then}`);
    };
    let words: string[];
    try {
      words = readWords(source, d, type);
    } catch (error) {
      if (error instanceof CorruptError) return fail(error.message);
      throw error;
    }
    const before = all.get(d.id) ?? [];
    if (d.isDelta) words = [...before, ...words];
    // Indices of all batches are then those of the last one.
    else if (before.some((word, i) => word !== words[i]))
      fail(
        "a dictionary is replaced by one that does not start with the same words",
        "write the file with one dictionary a column, or one that only grows",
      );
    if (words.length > MAX_WORDS) fail(`a dictionary has more than ${MAX_WORDS} words`);
    all.set(d.id, words);
  }
  return all;
}

function readWords(
  source: ByteSource,
  { batch, bodyOffset, bodyLength }: Container["dictionaries"][number],
  type: ArrowType,
): string[] {
  const [node] = batch.nodes,
    [, index, ...data] = batch.buffers,
    width = TEXT_WIDTH[type];
  if (node && node.nulls !== 0)
    throw new CorruptError(`a dictionary has ${node.nulls} nulls among its words`);
  if (
    !node ||
    width === undefined ||
    batch.nodes.length !== 1 ||
    !index ||
    (width !== 16 && data.length !== 1)
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
    decodeBuffer(batch.compression, inMemory(bytes), decoded);
    return decoded;
  };
  if (count === 0) return [];
  const words = new Words(width, count, read(index), data.map(read));
  return Array.from({ length: count }, (_, i) => words.at(i));
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
