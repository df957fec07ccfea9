import fc from "fast-check";
import { expect, test } from "vitest";
import { OPCODES, VERBS } from "../../src/abi/verbs.js";
import { bytesSource } from "../../src/trace/container/source.js";
import { openSource } from "../../src/trace/read.js";
import { VerbsBuilder } from "../../src/trace/verbs/columns-builder.js";
import { readRows } from "../../src/trace/verbs/read-rows.js";
import { encodeVerbs } from "../../src/trace/verbs/write.js";
import { META, rowArbitrary } from "./arbitrary.js";

test("what is written is what is read, for any rows, batch size, format and compression", () => {
  fc.assert(
    fc.property(
      fc.array(rowArbitrary, { maxLength: 40 }),
      fc.integer({ min: 1, max: 9 }),
      fc.constantFrom("file" as const, "stream" as const),
      fc.constantFrom("none" as const, "lz4" as const),
      (rows, batchRows, format, compression) => {
        const builder = new VerbsBuilder(batchRows);
        for (const row of rows) builder.add(row);
        const trace = openSource(bytesSource("t.arrow", encodeVerbs(builder, META, { format, compression })));
        expect([...readRows(trace)]).toEqual(rows);
        expect(trace.rows).toBe(rows.length);
        expect(trace.batches.length).toBe(Math.ceil(rows.length / batchRows));
        expect(trace.threads).toEqual(builder.threads());
        expect(trace.metadata).toMatchObject(META);
        if (rows.length > 0) {
          expect([...trace.verbRemap.subarray(0, VERBS.length)]).toEqual(VERBS.map((_, i) => i));
          expect([...trace.opcodeRemap.subarray(0, OPCODES.length)]).toEqual(OPCODES.map((_, i) => i));
          expect(trace.verbRemap[VERBS.length]).toBe(255);
        }
      },
    ),
    { numRuns: 100 },
  );
});

test("a value that does not fit its column is refused", () => {
  const builder = new VerbsBuilder();
  const row = { ...fc.sample(rowArbitrary, 1)[0]!, path_mtu: -1 };
  expect(() => builder.add(row)).toThrow(/row 0: column path_mtu is -1/);
});
