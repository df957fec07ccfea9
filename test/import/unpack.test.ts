import { gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { unpacked } from "../../src/import/shared/unpack.js";
import { Xxh32 } from "../../src/import/shared/xxh32.js";
import { scratch } from "../support/files.js";
import { refusedLater } from "../support/refused.js";

const { file } = scratch();
const TEXT = "L,1000,8,1\nS,1fff0000,4,2\n";
// Made by the tools xz, zstd, bzip2, lz4 -BX and zip -X.
const XZ = Buffer.from(
  "/Td6WFoAAATm1rRGAgAhARYAAAB0L+WjAQAZTCwxMDAwLDgsMQpTLDFmZmYwMDAwLDQsMgoAAABhpqIL5EotXgABMhogGJQwH7bzfQEAAAAABFla",
  "base64",
);
const ZSTD = Buffer.from("KLUv/SQa0QAATCwxMDAwLDgsMQpTLDFmZmYwMDAwLDQsMgq19Xps", "base64");
const BZ2 = Buffer.from(
  "QlpoOTFBWSZTWauyCcgAAAtfAEAQAAR0QAAECAABACAAIaAaNCAaaaJuzvcSGxIMhAnxdyRThQkKuyCcgA==",
  "base64",
);
const LZ4 = Buffer.from("BCJNGHRAvRoAAIBMLDEwMDAsOCwxClMsMWZmZjAwMDAsNCwyCmomAWIAAAAAaiYBYg==", "base64");
const ZIP = Buffer.from(
  "UEsDBBQAAAAIAIIDfV2wfq8yGQAAABoAAAAFAAAAdC50eHTz0TE0MDDQsdAx5ArWMUxLSzMAcU10jLgAUEsBAh4DFAAAAAgAggN9XbB+rz" +
    "IZAAAAGgAAAAUAAAAAAAAAAQAAAKSBAAAAAHQudHh0UEsFBgAAAAABAAEAMwAAADwAAAAAAA==",
  "base64",
);
const ZIP_OF_TWO = Buffer.from(
  "UEsDBBQAAAAIAIIDfV2wfq8yGQAAABoAAAAFAAAAdC50eHTz0TE0MDDQsdAx5ArWMUxLSzMAcU10jLgAUEsDBBQAAAAIACMDfV1T+IXlIQ" +
    "AAACsAAAAFAAAAcC5vdXQzqDBPM7RSCFIwADLSUg0NuAwgIuEwEQsFEy7l1Pw0LgBQSwECHgMUAAAACACCA31dsH6vMhkAAAAaAAAABQAA" +
    "AAAAAAABAAAApIEAAAAAdC50eHRQSwECHgMUAAAACAAjA31dU/iF5SEAAAArAAAABQAAAAAAAAABAAAApIE8AAAAcC5vdXRQSwUGAAAAAA" +
    "IAAgBmAAAAgAAAAAAA",
  "base64",
);
const ZIP_STORED = Buffer.from(
  "UEsDBAoAAAAAAIIDfV2wfq8yGgAAABoAAAAFAAAAdC50eHRMLDEwMDAsOCwxClMsMWZmZjAwMDAsNCwyClBLAQIeAwoAAAAAAIIDfV2wfq" +
    "8yGgAAABoAAAAFAAAAAAAAAAAAAACkgQAAAAB0LnR4dFBLBQYAAAAAAQABADMAAAA9AAAAAAA=",
  "base64",
);
const PACKED: [string, Uint8Array][] = [
  ["gzip", gzipSync(TEXT)],
  ["xz", XZ],
  ["zstd", ZSTD],
  ["bzip2", BZ2],
  ["LZ4", LZ4],
];

let files = 0;
async function read(content: Uint8Array, many = false): Promise<string> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of unpacked(file(`${files++}`, content), many)) chunks.push(chunk);
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

describe("zip", () => {
  test("is a file of one member, deflated or stored", async () => {
    for (const zip of [ZIP, ZIP_STORED]) expect(await read(zip)).toBe(TEXT);
  });
  test("of several is one recording only where a format says so", async () => {
    expect(await read(ZIP_OF_TWO, true)).toBe(`${TEXT}0x7f1: R 0x7ffe10\n0x7f1: W 0x7ffe18 4\n#eof\n`);
    const path = file("two.zip", ZIP_OF_TWO);
    expect(await refusedLater(drain(path))).toBe(
      `${path}: has 2 members, t.txt the first, but a recording of this format is one file: ` +
        "unpack it and give one of them",
    );
  });
  /** ZIP with some bytes of its directory's entry replaced. */
  const entry = (at: number, ...bytes: number[]): Uint8Array => {
    const zip = Uint8Array.from(ZIP);
    zip.set(bytes, ZIP.indexOf("PK\u0001\u0002") + at);
    return zip;
  };
  test("with 64-bit sizes is read too", async () => {
    const start = ZIP.indexOf("PK\u0001\u0002"),
      end = ZIP.indexOf("PK\u0005\u0006");
    const number = (value: number, bytes: number): Uint8Array => {
      const b = new Uint8Array(8);
      new DataView(b.buffer).setBigUint64(0, BigInt(value), true);
      return b.subarray(0, bytes);
    };
    const none = [0xff, 0xff, 0xff, 0xff];
    const old = entry(20, ...none, ...none).subarray(start, end); // packed and unpacked size: see extra field
    old.set(number(20, 2), 30); // length of the extra field
    const directory = Buffer.concat([old, number(1, 2), number(16, 2), number(26, 8), number(25, 8)]);
    const at = start + directory.length;
    const wide = Buffer.concat([
      Buffer.from("PK\u0006\u0006"),
      number(44, 8),
      number(45, 2),
      number(45, 2),
      number(0, 8), // disks
      number(1, 8),
      number(1, 8),
      number(directory.length, 8),
      number(start, 8),
    ]);
    const locator = Buffer.concat([Buffer.from("PK\u0006\u0007"), number(0, 4), number(at, 8), number(1, 4)]);
    const tail = Uint8Array.from(ZIP.subarray(end));
    tail.set([0xff, 0xff, 0xff, 0xff, ...none, ...none], 8);
    const zip64 = Buffer.concat([ZIP.subarray(0, start), directory, wide, locator, tail]);
    expect(await read(zip64)).toBe(TEXT);
  });
  test("what cannot be unpacked is named", async () => {
    const refusal = async (zip: Uint8Array): Promise<string> => {
      const path = file("other.zip", zip);
      return (await refusedLater(drain(path))).slice(path.length);
    };
    expect(await refusal(entry(8, 1))).toMatch(
      /^: its zip data cannot be unpacked \(its member t.txt is encrypted\)/,
    );
    expect(await refusal(entry(10, 12))).toMatch(
      /its member t.txt is packed by method 12, and only 0 and 8 are read/,
    );
    expect(await refusal(entry(42, 3))).toMatch(/its member t.txt is not where it should be/);
    expect(await refusal(entry(0, 0))).toMatch(/its directory is damaged/);
    expect(
      await refusal(
        Buffer.concat([Buffer.from("PK\u0003\u0004"), Uint8Array.from(ZIP.subarray(-22)).fill(0, 8, 20)]),
      ),
    ).toMatch(/^: is an empty zip file: give a recording$/);
  });
  test("wherever it is cut off, a sentence says so", async () => {
    for (let length = 6; length < ZIP.length; length++) {
      const path = file("cut.zip", ZIP.subarray(0, length));
      expect(await refusedLater(drain(path)), `cut to ${length}`).toMatch(/its zip data end in the middle/);
    }
  });
  test("any bit of its data that changes is noticed", async () => {
    for (const zip of [ZIP, ZIP_STORED])
      for (let at = 35; at < zip.indexOf("PK\u0001\u0002"); at++) {
        const bytes = Uint8Array.from(zip);
        bytes[at]! ^= 4;
        const path = file("damaged.zip", bytes);
        expect(await refusedLater(drain(path)), `byte ${at}`).toMatch(/its zip data (cannot|end)/);
      }
  });
});

test("bzip2 is decoded a block at a time, however well it was packed", async () => {
  // yes L,1000,8,1 | head -c 2750000 | bzip2 -9: three blocks and a bit of a fourth
  const packed =
    "QlpoOTFBWSZTWck3oykGPfrcAAAQAARgQAAEIABwMAE1UaaZUUAr1RQCtUUAralECMUUArlqlECObUUAr5igrJMprOnE4NcBP5iu" +
    "AAAIAAIwIAACEAA4GACaqGTyigFYooBW1FAK2ooBWcqigFZUUArZKIEeqKAV8xQVkmU1nJN6MpBj363AAAEAAEYEAABCAAcDABNV" +
    "GmmVFAK9UUArVFAK2pRAjFFAK5apRAjm1FAK+YoKyTKaybQuaVABHGrgAACAACMCAAAhAAMBSoZBgHqhUMqFQ1QqGqFQzhQqGKFQ" +
    "0kkl5QqHxdyRThQkKNwlIwA=";
  const lengths: number[] = [];
  for await (const chunk of unpacked(file("yes.bz2", Buffer.from(packed, "base64"))))
    lengths.push(chunk.length);
  expect(lengths.reduce((a, b) => a + b, 0)).toBe(2_750_000);
  expect(lengths.length).toBe(4);
});

describe("LZ4", () => {
  test("checksums do not depend on how data are divided", () => {
    const bytes = Uint8Array.from({ length: 100 }, (_, i) => (i * 37) & 255);
    const whole = new Xxh32();
    whole.update(bytes);
    const sum = whole.digest();
    // xxhsum -H32 of no bytes, of "a" and of "abc"
    for (const [text, expected] of [
      ["", 0x02cc5d05],
      ["a", 0x550d7456],
      ["abc", 0x32d153ff],
    ] as const) {
      const hash = new Xxh32();
      hash.update(Buffer.from(text));
      expect(hash.digest()).toBe(expected);
    }
    for (let cut = 0; cut <= 100; cut += 7) {
      const pieces = new Xxh32();
      pieces.update(bytes.subarray(0, cut));
      pieces.update(bytes.subarray(cut, cut + 5));
      pieces.update(bytes.subarray(cut + 5));
      expect(pieces.digest(), String(cut)).toBe(sum);
    }
  });
  test("blocks may copy from the 64 KiB before them", async () => {
    // 70,000 letters A in two linked blocks: a literal and a copy, then nothing but a copy from the block before.
    const run = (length: number): number[] => [
      ...Array<number>(Math.floor(length / 255)).fill(255),
      length % 255,
    ];
    const first = [0x1f, 65, 1, 0, ...run(65530 - 19), 0x50, 65, 65, 65, 65, 65],
      second = [0x0f, 1, 0, ...run(4459 - 19), 0x50, 65, 65, 65, 65, 65];
    const block = (bytes: number[]): number[] => [bytes.length & 255, bytes.length >> 8, 0, 0, ...bytes];
    const frame = [0x04, 0x22, 0x4d, 0x18, 0x40, 0x40, 0xc0, ...block(first), ...block(second), 0, 0, 0, 0],
      skipped = [0x5a, 0x2a, 0x4d, 0x18, 3, 0, 0, 0, 1, 2, 3];
    expect((await read(Uint8Array.from([...frame, ...skipped]))).length).toBe(70_000);
  });
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
