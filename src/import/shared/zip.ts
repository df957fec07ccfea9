import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import { pipeline, Readable } from "node:stream";
import { crc32, createInflateRaw } from "node:zlib";
import { refused } from "../../files.js";

// Layout: PKWARE's APPNOTE 6.3.10: 4.3.7 (local header), 4.3.12 (directory), 4.3.14 to 4.3.16 (its end).
const LOCAL = 0x04034b50,
  ENTRY = 0x02014b50,
  END = 0x06054b50,
  END64 = 0x06064b50,
  LOCATOR64 = 0x07064b50;
const END_BYTES = 22,
  LOCATOR_BYTES = 20,
  LONGEST_COMMENT = 0xffff;
const STORED = 0,
  DEFLATED = 8;
const CHUNK = 1 << 18;
/** A directory of a million members; none of a recording has as many. */
const LONGEST_DIRECTORY = 1 << 26;

interface Member {
  name: string;
  method: number;
  encrypted: boolean;
  crc: number;
  packed: number;
  size: number;
  at: number;
}

/** A zip file. Its members are known from the directory at its end, so a pipe cannot be one. */
export class Zip {
  readonly members: readonly Member[];
  private readonly fd: number;
  private readonly size: number;

  /** @throws Error, in words that a sentence about the file can end with */
  constructor(path: string) {
    try {
      this.fd = openSync(path, "r");
    } catch (error) {
      throw refused(path, "read", error);
    }
    try {
      this.size = fstatSync(this.fd).size;
      this.members = this.directory().filter((m) => !m.name.endsWith("/"));
    } catch (error) {
      this.close();
      throw error;
    }
  }
  close(): void {
    closeSync(this.fd);
  }
  /** The bytes of a member; its checksum and length are verified. */
  async *read({ name, method, encrypted, crc, packed, size, at }: Member): AsyncGenerator<Uint8Array> {
    if (encrypted) throw new Error(`its member ${name} is encrypted`);
    if (method !== STORED && method !== DEFLATED)
      throw new Error(`its member ${name} is packed by method ${method}, and only 0 and 8 are read`);
    const local = this.view(at, 30);
    if (local.getUint32(0, true) !== LOCAL) throw new Error(`its member ${name} is not where it should be`);
    const start = at + 30 + local.getUint16(26, true) + local.getUint16(28, true);
    const raw = this.pieces(start, packed);
    let sum = 0,
      length = 0;
    for await (const bytes of method === STORED ? raw : inflated(raw)) {
      sum = crc32(bytes, sum);
      length += bytes.length;
      yield bytes;
    }
    if (sum !== crc || length !== size) throw new Error(`its member ${name} is not what its checksum says`);
  }

  private *pieces(from: number, length: number): Generator<Uint8Array> {
    for (let done = 0; done < length; done += CHUNK)
      yield this.bytes(from + done, Math.min(CHUNK, length - done));
  }
  private directory(): Member[] {
    const tail = Math.min(this.size, END_BYTES + LONGEST_COMMENT),
      view = this.view(this.size - tail, tail);
    let end = tail - END_BYTES;
    while (end >= 0 && view.getUint32(end, true) !== END) end--;
    if (end < 0) throw new Error("unexpected end");
    let count = view.getUint16(end + 10, true),
      length = view.getUint32(end + 12, true),
      at = view.getUint32(end + 16, true);
    if (count === 0xffff || length === 0xffffffff || at === 0xffffffff) {
      const locator = this.view(this.size - tail + end - LOCATOR_BYTES, LOCATOR_BYTES);
      if (locator.getUint32(0, true) !== LOCATOR64) throw new Error("its directory is damaged");
      const wide = this.view(Number(locator.getBigUint64(8, true)), 56);
      if (wide.getUint32(0, true) !== END64) throw new Error("its directory is damaged");
      count = Number(wide.getBigUint64(32, true));
      length = Number(wide.getBigUint64(40, true));
      at = Number(wide.getBigUint64(48, true));
    }
    if (length > LONGEST_DIRECTORY) throw new Error("its directory is damaged");
    const directory = this.view(at, length),
      members: Member[] = [];
    for (let i = 0, p = 0; i < count; i++) {
      if (p + 46 > length || directory.getUint32(p, true) !== ENTRY)
        throw new Error("its directory is damaged");
      const name = directory.getUint16(p + 28, true),
        extra = directory.getUint16(p + 30, true);
      if (p + 46 + name + extra > length) throw new Error("its directory is damaged");
      members.push(member(directory, p, name, extra));
      p += 46 + name + extra + directory.getUint16(p + 32, true);
    }
    return members;
  }
  private bytes(at: number, length: number): Uint8Array {
    if (!(at >= 0 && at + length <= this.size)) throw new Error("unexpected end");
    const bytes = new Uint8Array(length);
    for (let done = 0; done < length; ) {
      const got = readSync(this.fd, bytes, done, length - done, at + done);
      if (got === 0) throw new Error("unexpected end");
      done += got;
    }
    return bytes;
  }
  private view(at: number, length: number): DataView {
    const { buffer, byteOffset, byteLength } = this.bytes(at, length);
    return new DataView(buffer, byteOffset, byteLength);
  }
}

const TEXT = new TextDecoder();
function member(view: DataView, p: number, name: number, extra: number): Member {
  const found: Member = {
    name: TEXT.decode(new Uint8Array(view.buffer, view.byteOffset + p + 46, name)),
    method: view.getUint16(p + 10, true),
    encrypted: (view.getUint16(p + 8, true) & 1) !== 0,
    crc: view.getUint32(p + 16, true),
    packed: view.getUint32(p + 20, true),
    size: view.getUint32(p + 24, true),
    at: view.getUint32(p + 42, true),
  };
  // Numbers that need 64 bits stand in the extra field of id 1, in this order (4.5.3).
  const end = p + 46 + name + extra;
  for (let q = p + 46 + name; q + 4 <= end; q += 4 + view.getUint16(q + 2, true)) {
    if (view.getUint16(q, true) !== 1) continue;
    let r = q + 4;
    for (const key of ["size", "packed", "at"] as const) {
      if (found[key] !== 0xffffffff || r + 8 > end) continue;
      found[key] = Number(view.getBigUint64(r, true));
      r += 8;
    }
  }
  return found;
}

async function* inflated(raw: Iterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  yield* pipeline(
    Readable.from(raw),
    createInflateRaw({ chunkSize: CHUNK }),
    () => undefined,
  ) as AsyncIterable<Uint8Array>;
}
