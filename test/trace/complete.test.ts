import { describe, expect, test } from "vitest";
import { readContainer } from "../../src/trace/container/container.js";
import { bytesSource } from "../../src/trace/container/source.js";
import { encodeMapping } from "../../src/trace/mapping/mapping-write.js";
import { openAnySource } from "../../src/trace/read.js";
import { encodeAccesses, MEMORY_META } from "../support/memory/memory.js";
import { refused } from "../support/refused.js";

const rows = Array.from({ length: 50 }, (_, i) => ({ vaddr: BigInt(64 * i), size: 8, kind: 0, gap: 1 }));
const memory = encodeAccesses(rows, {}, { batchRows: 20 });
const pages = Array.from({ length: 9 }, (_, i) => ({
  vaddr: BigInt(i) << 12n,
  bytes: 4096n,
  leaf: "4k" as const,
  frame: BigInt(i),
  domain: "process" as const,
}));
const mapping = encodeMapping(pages, MEMORY_META),
  stream = encodeMapping(pages, MEMORY_META, { format: "stream" });

const open = (bytes: Uint8Array): string => refused(() => openAnySource(bytesSource("t.arrow", bytes)));
const joined = (...parts: Uint8Array[]): Uint8Array => new Uint8Array(Buffer.concat(parts));

/** The same file, whose footer names only the first `left` record batches. */
function named(file: Uint8Array, left: number): Uint8Array {
  const bytes = file.slice(),
    view = new DataView(bytes.buffer);
  const first = readContainer(bytesSource("t.arrow", bytes)).batches[0]!;
  // A block of the footer starts with the message's offset; the number of blocks lies before the first.
  for (let at = bytes.length - 10 - view.getUint32(bytes.length - 10, true); ; at += 4) {
    const offset = Number(view.getBigInt64(at, true)),
      metadata = view.getInt32(at + 8, true);
    if (offset + metadata !== first.bodyOffset) continue;
    view.setUint32(at - 4, left, true);
    return bytes;
  }
}

describe("a footer that does not name all messages", () => {
  test.each([
    ["no batch of a mapping", mapping, 0],
    ["no batch of a memory trace", memory, 0],
    ["all but the last", memory, 2],
  ])("%s", (_, file, left) =>
    expect(open(named(file, left))).toMatch(
      /^t\.arrow: byte \d+: the footer does not name the record batch here: the file is damaged, write it again$/,
    ),
  );
});

test.each([
  ["rows of memory/1", memory],
  ["rows of mapping/1", mapping],
  ["of a stream", stream],
])("%s are announced, and other numbers refused", (_, file) => {
  const trace = openAnySource(bytesSource("t.arrow", file));
  // the number stands in the metadata of a file's footer only, of a stream's schema
  const text = Buffer.from(file),
    at = text.lastIndexOf("verbscope.rows");
  expect(at).toBeGreaterThan(0);
  const digits = String(trace.rows),
    value = text.indexOf(`${digits}\0`, at - 64);
  text.write("4", value);
  const other = Number(`4${digits.slice(1)}`);
  expect(open(new Uint8Array(text))).toBe(
    `t.arrow: verbscope.rows announces ${other} rows, but the file has ${trace.rows}: ` +
      "it was cut off or its rows were changed, write it again",
  );
});

test("a number of rows that is none is refused", () => {
  const text = Buffer.from(memory);
  text.write("x0", text.indexOf("50\0", text.lastIndexOf("verbscope.rows") - 64));
  expect(open(new Uint8Array(text))).toMatch(/verbscope\.rows must be/);
});

describe("two things in one file", () => {
  const apart = "if traces were put one after the other, give each by itself, otherwise write it again";
  test("two files", () =>
    expect(open(joined(memory, memory))).toBe(
      `t.arrow: byte ${memory.length - footer(memory)}: ${memory.length} bytes ` +
        `lie between the end mark and the footer: ${apart}`,
    ));
  test("two streams", () =>
    expect(open(joined(stream, stream))).toBe(
      `t.arrow: byte ${stream.length}: ${stream.length} bytes follow the end mark of the stream: ${apart}`,
    ));
  test("bytes behind a stream", () =>
    expect(open(joined(stream, new Uint8Array(1)))).toMatch(/: 1 bytes follow the end mark of the stream: /));
  test("bytes behind a file", () =>
    expect(open(joined(memory, new Uint8Array(8)))).toMatch(
      /the file does not end in ARROW1: something was appended to it or it was cut off, write it again$/,
    ));
});

/** Bytes of a file from its footer on. */
function footer(file: Uint8Array): number {
  return 10 + new DataView(file.buffer, file.byteOffset).getUint32(file.length - 10, true);
}
