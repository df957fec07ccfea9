import { expect, test } from "vitest";
import { type ByteSource, bytesSource } from "../../src/trace/container/source.js";
import { openMemorySource } from "../../src/trace/read.js";
import { encodeAccesses } from "../support/memory/memory.js";

const ROWS = Array.from({ length: 60 }, (_, i) => ({ vaddr: BigInt(i * 4096), size: 8, kind: i % 3 }));

/** A trace of three batches, and how many bytes were read from its file. */
function counted(compression: "none" | "lz4") {
  const source = bytesSource("a.arrow", encodeAccesses(ROWS, {}, { batchRows: 20, compression }));
  let bytes = 0;
  const counting: ByteSource = {
    ...source,
    read(offset, target) {
      bytes += target.length;
      source.read(offset, target);
    },
  };
  const trace = openMemorySource(counting);
  const read = (): { bytes: number; bodies: Uint8Array[] } => {
    bytes = 0;
    const bodies = trace.batches.map((batch) => {
      const body = new Uint8Array(4096);
      trace.readBody(batch, body);
      return body;
    });
    return { bytes, bodies };
  };
  return { trace, read, batchBytes: trace.batchLayout(trace.batches[0]!).bytes };
}

test("a trace decodes each batch once, when it is told to keep them", () => {
  const { trace, read } = counted("lz4");
  const plain = read();
  expect(read()).toEqual(plain);
  trace.keepDecoded();
  expect(read()).toEqual(plain);
  expect(read()).toEqual({ bytes: 0, bodies: plain.bodies });
});

test("what does not fit into the budget is decoded again", () => {
  const { trace, read, batchBytes } = counted("lz4");
  trace.keepDecoded(2 * batchBytes);
  const first = read(),
    again = read();
  expect(again.bodies).toEqual(first.bodies);
  expect(again.bytes).toBeGreaterThan(0);
  expect(again.bytes).toBeLessThan(first.bytes / 2);
});

test("what is used as it is in the file is not kept", () => {
  const { trace, read } = counted("none");
  trace.keepDecoded();
  const first = read();
  expect(read()).toEqual(first);
  expect(first.bytes).toBeGreaterThan(0);
});
