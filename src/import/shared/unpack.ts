import { createReadStream } from "node:fs";
import { pipeline, Readable } from "node:stream";
import { createGunzip } from "node:zlib";
import { Decompress } from "fzstd";
import { UserError } from "../../errors.js";
import { refused, STANDARD } from "../../files.js";
import { Xxh64 } from "../../trace/container/xxh64.js";
import { checksumFault, ZstdFrames } from "../../trace/container/zstd.js";
import { unxz } from "./xz.js";

const CHUNK = 1 << 18;
const STDIN = 0;
const CODECS = [
  { name: "gzip", magic: [0x1f, 0x8b], unpack: gunzip },
  { name: "xz", magic: [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00], unpack: unxz },
  { name: "zstd", magic: [0x28, 0xb5, 0x2f, 0xfd], unpack: unzstd },
] as const;
const LONGEST = Math.max(...CODECS.map((c) => c.magic.length));

/**
 * Bytes of a file or pipe, unpacked when it is gzip, xz or zstd;
 * which of them it is shows in its first bytes.
 */
export async function* unpacked(path: string): AsyncGenerator<Uint8Array> {
  const raw = rawChunks(path);
  try {
    yield* unpack(path, raw);
  } finally {
    await raw.return(undefined); // closes the file, also of a reader that has seen enough
  }
}

async function* unpack(path: string, raw: AsyncGenerator<Uint8Array>): AsyncGenerator<Uint8Array> {
  let head = new Uint8Array();
  while (head.length < LONGEST) {
    const next = await raw.next();
    if (next.done) break;
    head = new Uint8Array(Buffer.concat([head, next.value]));
  }
  if (head.length === 0) throw new UserError(`${path}: is empty: give a recording`);
  const codec = CODECS.find(({ magic }) => magic.every((byte, i) => head[i] === byte));
  const chunks = prepend(head, raw);
  if (!codec) return yield* chunks;
  try {
    yield* codec.unpack(chunks);
  } catch (error) {
    if (error instanceof UserError) throw error;
    const why = error instanceof Error ? error.message : String(error);
    throw new UserError(
      /unexpected (end|EOF)/i.test(why)
        ? `${path}: its ${codec.name} data end in the middle: it was cut off, copy the file again`
        : `${path}: its ${codec.name} data cannot be unpacked (${why}): copy the file again`,
    );
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
