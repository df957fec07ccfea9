import fc from "fast-check";
import { expect, test } from "vitest";
import { bytesSource } from "../../src/trace/container/source.js";
import { openSource } from "../../src/trace/read.js";
import { VerbsBuilder } from "../../src/trace/verbs/columns-builder.js";
import { readRows } from "../../src/trace/verbs/read-rows.js";
import { encodeVerbs, type WriteOptions } from "../../src/trace/verbs/write.js";
import { readable } from "../support/damage.js";
import { META, rowArbitrary } from "./arbitrary.js";

function sample(options: WriteOptions): Uint8Array {
  const builder = new VerbsBuilder(3);
  for (const row of fc.sample(rowArbitrary, { numRuns: 5, seed: 7 })) builder.add(row);
  return encodeVerbs(builder, META, options);
}

/** Reads everything: true when it is a valid trace. */
const valid = (bytes: Uint8Array): boolean =>
  readable(() => {
    for (const row of readRows(openSource(bytesSource("damaged.arrow", bytes)))) void row;
  });

for (const [format, compression] of [
  ["file", "none"],
  ["stream", "none"],
  ["file", "lz4"],
] as const) {
  const whole = sample({ format, compression });
  test(`a ${format} (compression ${compression}) that is cut off is refused`, () => {
    expect(valid(whole)).toBe(true);
    const marks = format === "stream" ? 8 : 0; // a stream may end without its end-of-stream mark
    for (
      let length = 0;
      length < whole.length - marks;
      length += length < 200 || length > whole.length - 200 ? 1 : 64
    ) {
      expect(valid(whole.slice(0, length)), `cut to ${length} bytes`).toBe(false);
    }
  });
  test(`a flipped byte in a ${format} (compression ${compression}) is refused or only changes a value`, () => {
    for (let at = 0; at < whole.length; at++) {
      const bytes = whole.slice();
      bytes[at]! ^= [0xff, 1, 0x80][at % 3]!;
      valid(bytes);
    }
  });
}

test("text and an empty file are refused", () => {
  expect(valid(new Uint8Array())).toBe(false);
  expect(valid(new TextEncoder().encode('{"seq":0,"ev":"start"}\n'))).toBe(false);
});
