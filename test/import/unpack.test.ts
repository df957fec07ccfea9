import { gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { unpacked } from "../../src/import/shared/unpack.js";
import { scratch } from "../support/files.js";
import { refusedLater } from "../support/refused.js";

const { file } = scratch();
const TEXT = "L,1000,8,1\nS,1fff0000,4,2\n";
// Made by the tools xz and zstd.
const XZ = Buffer.from(
  "/Td6WFoAAATm1rRGAgAhARYAAAB0L+WjAQAZTCwxMDAwLDgsMQpTLDFmZmYwMDAwLDQsMgoAAABhpqIL5EotXgABMhogGJQwH7bzfQEAAAAABFla",
  "base64",
);
const ZSTD = Buffer.from("KLUv/SQa0QAATCwxMDAwLDgsMQpTLDFmZmYwMDAwLDQsMgq19Xps", "base64");
const PACKED: [string, Uint8Array][] = [
  ["gzip", gzipSync(TEXT)],
  ["xz", XZ],
  ["zstd", ZSTD],
];

let files = 0;
async function read(content: Uint8Array): Promise<string> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of unpacked(file(`${files++}`, content))) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

test("plain files come as they are, however short", async () => {
  for (const text of ["x", TEXT, "\u001f"]) expect(await read(Buffer.from(text))).toBe(text);
});

describe.each(PACKED)("%s", (name, packed) => {
  test("is known by its first bytes, not by the file's name", async () =>
    expect(await read(packed)).toBe(TEXT));
  test("several in a row are one file", async () =>
    expect(await read(Buffer.concat([packed, packed]))).toBe(TEXT + TEXT));
  test("wherever it is cut off, a sentence says so", async () => {
    for (let length = 6; length < packed.length; length++) {
      const path = file("cut", packed.subarray(0, length));
      expect(await refusedLater(drain(path)), `cut to ${length} bytes`).toBe(
        `${path}: its ${name} data end in the middle: it was cut off, copy the file again`,
      );
    }
  });
});
async function drain(path: string): Promise<void> {
  for await (const chunk of unpacked(path)) void chunk;
}

test("damage is found, since each has a check", async () => {
  for (const [name, packed] of PACKED) {
    const bytes = Uint8Array.from(packed);
    bytes[packed.length - (name === "xz" ? 60 : 12)]! ^= 0x10;
    const path = file("damaged", bytes);
    expect(await refusedLater(drain(path))).toMatch(
      new RegExp(`its ${name} data (cannot be unpacked|end in the middle)`),
    );
  }
});

describe("zstd", () => {
  /** Frames whose decoder notices nothing: raw blocks, one byte of the text changed. */
  const damaged = (frame: Uint8Array): Uint8Array => {
    const bytes = Uint8Array.from(frame);
    bytes[14]! ^= 1;
    return bytes;
  };
  const skippable = Uint8Array.of(0x5a, 0x2a, 0x4d, 0x18, 3, 0, 0, 0, 1, 2, 3);
  test("a checksum that does not fit is named, with what to do", async () => {
    const path = file("sum", damaged(ZSTD));
    expect(await refusedLater(drain(path))).toMatch(
      new RegExp(
        String.raw`: its zstd data cannot be unpacked \(its checksum is 0x6c7af5b5, but its data give ` +
          String.raw`0x[0-9a-f]{8}\): copy the file again$`,
      ),
    );
    const second = file("second", Buffer.concat([ZSTD, damaged(ZSTD)]));
    expect(await refusedLater(drain(second))).toMatch(/its checksum is /);
  });
  test("a frame without a checksum has nothing to verify", async () => {
    const bare = Uint8Array.from(ZSTD.subarray(0, -4));
    bare[4]! &= ~4;
    expect(await read(bare)).toBe(TEXT);
    expect(await read(damaged(bare))).not.toBe(TEXT);
  });
  test("frames to be skipped, and empty ones, are passed over", async () => {
    const empty = Uint8Array.of(0x28, 0xb5, 0x2f, 0xfd, 0x20, 0, 1, 0, 0);
    expect(await read(Buffer.concat([ZSTD, skippable, empty, ZSTD]))).toBe(TEXT + TEXT);
  });
  test("something behind the frames is refused", async () => {
    const path = file("behind", Buffer.concat([ZSTD, Buffer.from("text")]));
    expect(await refusedLater(drain(path))).toMatch(/\(something else than zstd data follows\)/);
  });
});

test("an empty file, a folder and a file that is not there", async () => {
  const empty = file("empty", "");
  expect(await refusedLater(drain(empty))).toBe(`${empty}: is empty: give a recording`);
  expect(await refusedLater(drain(import.meta.dirname))).toBe(
    `${import.meta.dirname}: cannot be read (EISDIR): it is a folder; name a file`,
  );
  expect(await refusedLater(drain("absent"))).toBe(
    "absent: cannot be read (ENOENT): there is no such file or folder; check the name",
  );
});
