import { createReadStream } from "node:fs";
import { pipeline, Readable } from "node:stream";
import { createGunzip } from "node:zlib";
import { Decompress } from "fzstd";
import { UserError } from "../../errors.js";
import { refused, STANDARD } from "../../files.js";
import { Xxh64 } from "../../trace/container/xxh64.js";
import { checksumFault, ZstdFrames } from "../../trace/container/zstd.js";
import { unbz2 } from "./bz2.js";
import { unlz4 } from "./lz4.js";
import { unxz } from "./xz.js";
import { Zip } from "./zip.js";

const CHUNK = 1 << 18;
const STDIN = 0;
const CODECS = [
  { name: "gzip", magic: [0x1f, 0x8b], unpack: gunzip },
  { name: "xz", magic: [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00], unpack: unxz },
  { name: "zstd", magic: [0x28, 0xb5, 0x2f, 0xfd], unpack: unzstd },
  { name: "bzip2", magic: [0x42, 0x5a, 0x68], unpack: unbz2 },
  { name: "LZ4", magic: [0x04, 0x22, 0x4d, 0x18], unpack: unlz4 },
] as const;
const ZIP = [0x50, 0x4b, 0x03, 0x04];
/** What is read packed, for the help and the pages. */
export const PACKED = ["gzip", "xz", "zstd", "bzip2", "lz4", "zip"] as const;
const LONGEST = Math.max(...CODECS.map((c) => c.magic.length));

/**
 * Bytes of a file or pipe, unpacked when it is packed; how shows in its first bytes.
 * A zip file has one member, unless `many` says that a recording may be in several, one after the other.
 */
export async function* unpacked(path: string, many = false): AsyncGenerator<Uint8Array> {
  const raw = rawChunks(path);
  try {
    for await (const chunk of unpack(path, raw, many)) yield plain(chunk);
  } finally {
    await raw.return(undefined); // closes the file, also of a reader that has seen enough
  }
}

/** A Buffer as the array that it is: code that sees both classes is compiled again and again. */
function plain({ buffer, byteOffset, length }: Uint8Array): Uint8Array {
  return new Uint8Array(buffer, byteOffset, length);
}

async function* unpack(
  path: string,
  raw: AsyncGenerator<Uint8Array>,
  many: boolean,
): AsyncGenerator<Uint8Array> {
  let head = new Uint8Array();
  while (head.length < LONGEST) {
    const next = await raw.next();
    if (next.done) break;
    head = new Uint8Array(Buffer.concat([head, next.value]));
  }
  if (head.length === 0) throw new UserError(`${path}: is empty: give a recording`);
  const starts = (magic: readonly number[]): boolean => magic.every((byte, i) => head[i] === byte);
  const codec = CODECS.find(({ magic }) => starts(magic));
  const chunks = prepend(head, raw);
  if (starts(ZIP)) yield* explained(path, "zip", unzip(path, many));
  else if (codec) yield* explained(path, codec.name, codec.unpack(chunks));
  else yield* chunks;
}

/** Says of what a decoder finds wrong which file it is in and what to do. */
async function* explained(
  path: string,
  name: string,
  decoded: AsyncGenerator<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  try {
    yield* decoded;
  } catch (error) {
    if (error instanceof UserError) throw error;
    const why = error instanceof Error ? error.message : String(error);
    throw new UserError(
      /unexpected (end|EOF)/i.test(why)
        ? `${path}: its ${name} data end in the middle: it was cut off, copy the file again`
        : `${path}: its ${name} data cannot be unpacked (${why}): copy the file again`,
    );
  }
}

async function* unzip(path: string, many: boolean): AsyncGenerator<Uint8Array> {
  if (path === STANDARD)
    throw new UserError(
      "standard input: is a zip file, whose table of contents is at its end: give the file itself, " +
        "or pipe what unzip -p prints",
    );
  const zip = new Zip(path);
  try {
    const { members } = zip;
    if (members.length === 0) throw new UserError(`${path}: is an empty zip file: give a recording`);
    if (members.length > 1 && !many)
      throw new UserError(
        `${path}: has ${members.length} members, ${members[0]!.name} the first, but a recording of this ` +
          "format is one file: unpack it and give one of them",
      );
    for (const member of members) yield* zip.read(member);
  } finally {
    zip.close();
  }
}

async function* rawChunks(path: string): AsyncGenerator<Uint8Array> {
  try {
    yield* createReadStream(path, {
      highWaterMark: CHUNK,
      ...(path === STANDARD ? { fd: STDIN } : {}),
    }) as AsyncIterable<Uint8Array>;
  } catch (error) {
    throw refused(path, "read", error);
  }
}
async function* prepend(head: Uint8Array, rest: AsyncGenerator<Uint8Array>): AsyncGenerator<Uint8Array> {
  yield head;
  yield* rest;
}
async function* gunzip(chunks: AsyncGenerator<Uint8Array>): AsyncGenerator<Uint8Array> {
  yield* pipeline(
    Readable.from(chunks),
    createGunzip({ chunkSize: CHUNK }),
    () => undefined,
  ) as AsyncIterable<Uint8Array>;
}
/** Decodes zstd, also several frames in a row, and verifies the checksum of those that have one. */
async function* unzstd(chunks: AsyncGenerator<Uint8Array>): AsyncGenerator<Uint8Array> {
  const out: Uint8Array[] = [],
    frames = new ZstdFrames();
  let hash = new Xxh64(),
    decoder = new Decompress();
  for await (const chunk of chunks)
    for (const piece of frames.push(chunk)) {
      if (piece.kind === "start") {
        hash = new Xxh64();
        decoder = new Decompress((data) => {
          if (data.length > 0) out.push(data);
        });
      } else if (piece.kind === "bytes") {
        decoder.push(piece.bytes);
        for (const data of out.splice(0)) {
          hash.update(data);
          yield data;
        }
      } else {
        const fault = checksumFault(piece.checksum, hash);
        if (fault !== undefined) throw new Error(fault);
      }
    }
  if (!frames.whole) throw new Error("unexpected end");
}
