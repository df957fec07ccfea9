import {
  Dictionary,
  Int8,
  Int32,
  Int64,
  LargeUtf8,
  Uint64,
  Utf8,
  Utf8View,
  vectorFromArray,
} from "apache-arrow";
import { expect, test } from "vitest";
import { bytesSource } from "../../src/trace/container/source.js";
import { inspectMapping } from "../../src/trace/inspect/inspect-mapping.js";
import { inspectMemory } from "../../src/trace/inspect/inspect-memory.js";
import { encodeMapping } from "../../src/trace/mapping/mapping-write.js";
import { openAnySource } from "../../src/trace/read.js";
import { foreignFile } from "../support/arrow.js";
import { readable } from "../support/damage.js";
import { encodeAccesses, MEMORY_META } from "../support/memory/memory.js";

/** Reads everything: true when it is a valid trace. */
const valid = (bytes: Uint8Array): boolean =>
  readable(() => {
    const trace = openAnySource(bytesSource("damaged.arrow", bytes));
    if (trace.kind === "memory") inspectMemory(trace);
    if (trace.kind === "mapping") inspectMapping(trace);
  });

const rows = Array.from({ length: 30 }, (_, i) => ({
  vaddr: 0x7f0000000000n + BigInt(i * i * 40),
  size: 1 << (i % 6),
  kind: i % 4,
  gap: i,
  t: BigInt(i),
}));
const pages = Array.from({ length: 9 }, (_, i) => ({
  vaddr: BigInt(i) << 21n,
  bytes: 1n << 21n,
  leaf: "2m" as const,
  frame: BigInt(i) << 9n,
  domain: (["guest", "host", "iova"] as const)[i % 3]!,
}));
const SAMPLES: [string, Uint8Array][] = [
  [
    "memory, plain",
    encodeAccesses(
      rows,
      { clock: "ns", regions: [{ name: "heap", start: 0x7f0000000000n, bytes: 65536 }] },
      { columns: ["vaddr", "size", "kind", "gap", "t"], batchRows: 20 },
    ),
  ],
  ["memory, lz4", encodeAccesses(rows, {}, { batchRows: 20, compression: "lz4" })],
  ["mapping, plain", encodeMapping(pages, MEMORY_META)],
  ["mapping, stream, lz4", encodeMapping(pages, MEMORY_META, { format: "stream", compression: "lz4" })],
];

SAMPLES.push([
  "memory of another writer",
  foreignFile("memory", {
    vaddr: vectorFromArray([4096n, 64n], new Int64()),
    size: vectorFromArray([8, 4], new Int32()),
    kind: vectorFromArray([0, 1], new Int8()),
    note: vectorFromArray(["a", null], new Utf8()),
  }),
]);
for (const type of [new LargeUtf8(), new Utf8View(), new Dictionary(new Utf8(), new Int32(), 1)])
  SAMPLES.push([
    `mapping of another writer, ${type}`,
    foreignFile("mapping", {
      vaddr: vectorFromArray([4096n, 8192n], new Uint64()),
      bytes: vectorFromArray([4096n, 4096n], new Uint64()),
      leaf: vectorFromArray(["4k", "4k"], type),
      frame: vectorFromArray([7n, 9n], new Uint64()),
      domain: vectorFromArray(["host", "guest"], new Utf8()),
    }),
  ]);

test.each(SAMPLES)(
  "%s: a flipped byte is refused or only changes a value",
  (_, whole) => {
    expect(valid(whole)).toBe(true);
    for (let at = 0; at < whole.length; at++) {
      const bytes = whole.slice();
      bytes[at]! ^= [0xff, 1, 0x80][at % 3]!;
      valid(bytes);
    }
  },
  60_000,
);

test.each(SAMPLES)("%s: what is cut off is refused", (_, whole) => {
  for (let length = 0; length < whole.length; length += length < 200 || length > whole.length - 200 ? 1 : 16)
    expect(valid(whole.slice(0, length)), `cut to ${length} bytes`).toBe(false);
});
