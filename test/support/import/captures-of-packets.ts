import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";

const FIXTURES = join(import.meta.dirname, "../../import/fixtures/pcap");

/** A classic little-endian capture, as packets of bytes. */
export const GLOBAL = 24,
  HEADER = 16;
export function packetsOf(name: string, n = Infinity): { t: number; bytes: Uint8Array }[] {
  const all = gunzipSync(readFileSync(join(FIXTURES, name))),
    out: { t: number; bytes: Uint8Array }[] = [];
  for (let at = GLOBAL; out.length < n && at < all.length; ) {
    const captured = all.readUInt32LE(at + 8);
    out.push({
      t: all.readUInt32LE(at) * 1e6 + all.readUInt32LE(at + 4),
      bytes: all.subarray(at + HEADER, at + HEADER + captured),
    });
    at += HEADER + captured;
  }
  return out;
}
export type Write = { link: number; wrap: (b: Uint8Array) => Uint8Array };
/** The same packets, in a file of either byte order. */
export function classic(
  name: string,
  n: number,
  { link, wrap }: Write,
  big = false,
  nano = false,
): Uint8Array {
  const u32 = (x: number): Buffer => {
    const b = Buffer.alloc(4);
    if (big) b.writeUInt32BE(x);
    else b.writeUInt32LE(x);
    return b;
  };
  const pieces = [u32(nano ? 0xa1b23c4d : 0xa1b2c3d4), u32(0), u32(0), u32(0), u32(96), u32(link)];
  for (const { t, bytes } of packetsOf(name, n)) {
    const body = wrap(bytes);
    pieces.push(
      u32(Math.floor(t / 1e6)),
      u32((t % 1e6) * (nano ? 1000 : 1)),
      u32(body.length),
      u32(body.length),
    );
    pieces.push(Buffer.from(body));
  }
  return Buffer.concat(pieces);
}
/** pcapng, big-endian, with a clock of 2^-20 s. */
export function ng(name: string, n: number): Uint8Array {
  const block = (type: number, body: Buffer): Buffer => {
    const length = 12 + body.length,
      out = Buffer.alloc(length);
    out.writeUInt32BE(type);
    out.writeUInt32BE(length, 4);
    body.copy(out, 8);
    out.writeUInt32BE(length, length - 4);
    return out;
  };
  const section = Buffer.from("1a2b3c4d00010000ffffffffffffffff", "hex"),
    described = Buffer.from("0001000000000060000900019400000000000000", "hex");
  const packets = packetsOf(name, n).map(({ t, bytes }) => {
    const ticks = (BigInt(t) << 20n) / 1_000_000n,
      body = Buffer.alloc(20 + ((bytes.length + 3) & ~3));
    body.writeUInt32BE(0);
    body.writeUInt32BE(Number(ticks >> 32n), 4);
    body.writeUInt32BE(Number(ticks & 0xffffffffn), 8);
    body.writeUInt32BE(bytes.length, 12);
    body.writeUInt32BE(bytes.length, 16);
    Buffer.from(bytes).copy(body, 20);
    return block(6, body);
  });
  return Buffer.concat([block(0x0a0d0d0a, section), block(1, described), ...packets]);
}
/** Ethernet, IPv4 and UDP become an LRH: what an InfiniBand capture of the same packets would hold. */
export function lrh(bytes: Uint8Array): Uint8Array {
  const udp = 14 + 20,
    length = (bytes[udp + 4]! << 8) | bytes[udp + 5]!,
    words = (8 + length - 8) / 4;
  const [to, from] = [bytes[14 + 19]!, bytes[14 + 15]!];
  return Uint8Array.from([0, 2, 0, to, words >> 8, words & 255, 0, from, ...bytes.subarray(udp + 8)]);
}
/** ibdump's header before it. */
export const erf = (bytes: Uint8Array): Uint8Array =>
  Uint8Array.from([...new Array<number>(8).fill(0), 21, 0, 0, 0, 0, 0, 0, 0, ...lrh(bytes)]);
export const vlan = (bytes: Uint8Array): Uint8Array =>
  Uint8Array.from([...bytes.subarray(0, 12), 0x81, 0, 0, 5, ...bytes.subarray(12)]);
export const same = (b: Uint8Array): Uint8Array => b;
