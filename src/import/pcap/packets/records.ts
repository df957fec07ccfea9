import { UserError } from "../../../errors.js";
import { unpacked } from "../../shared/unpack.js";
import { Clock, secondsAnd, ticksOf, type Unit } from "./clock.js";

/** A packet as it lies in a capture: `bytes[from, to)`, of which nothing stays; the clock has its time. */
export type TakePacket = (bytes: Uint8Array, from: number, to: number, clock: Clock, link: number) => void;

/** libpcap's files begin with one of these; the bytes of a nanosecond capture differ. */
const MICRO = 0xa1b2c3d4,
  NANO = 0xa1b23c4d,
  NG = 0x0a0d0d0a,
  NG_ORDER = 0x1a2b3c4d;
/** libpcap reads no longer packet (MAXIMUM_SNAPLEN of 256 KiB). */
const LONGEST = 1 << 18;
const GLOBAL = 24,
  HEADER = 16;
const INTERFACE = 1,
  ENHANCED = 6,
  TSRESOL = 9;

/** What a file's first bytes say of its layout: classic or pcapng, and its byte order. */
export function layoutOf(head: Uint8Array): { ng: boolean; little: boolean; nano: boolean } | undefined {
  if (head.length < 12) return undefined;
  const view = new DataView(head.buffer, head.byteOffset, 12);
  if (view.getUint32(0) === NG) {
    const little = view.getUint32(8, true) === NG_ORDER;
    return little || view.getUint32(8) === NG_ORDER ? { ng: true, little, nano: false } : undefined;
  }
  for (const little of [true, false]) {
    const magic = view.getUint32(0, little);
    if (magic === MICRO || magic === NANO) return { ng: false, little, nano: magic === NANO };
  }
  return undefined;
}

/** Hands over each packet of a pcap or pcapng file, in order; true when the file ends within one. */
export async function eachPacket(path: string, take: TakePacket): Promise<boolean> {
  const held = new Held();
  let before = 0,
    parser: Parser | undefined;
  for await (const chunk of unpacked(path)) {
    held.add(chunk);
    if (!parser) {
      if (held.length < GLOBAL) continue;
      const layout = layoutOf(held.bytes);
      if (!layout) break;
      parser = layout.ng ? ngParser(layout.little) : classicParser(layout.little, layout.nano);
    }
    const used = parser(held, take, (at, why) => {
      throw new UserError(
        `${path}: byte ${before + at}: ${why}; the file is damaged: capture or copy it again`,
      );
    });
    before += used;
    held.drop(used);
  }
  if (!parser)
    throw new UserError(`${path}: is no pcap or pcapng capture: give what tcpdump or ibdump wrote`);
  return held.length > 0;
}

/** Bytes that were read and not yet taken: the same memory again and again. */
class Held {
  bytes = new Uint8Array(1 << 19);
  view = new DataView(this.bytes.buffer);
  length = 0;

  add(chunk: Uint8Array): void {
    const length = this.length + chunk.length;
    if (length > this.bytes.length) {
      const bytes = new Uint8Array(2 * length);
      bytes.set(this.bytes.subarray(0, this.length));
      this.bytes = bytes;
      this.view = new DataView(bytes.buffer);
    }
    this.bytes.set(chunk, this.length);
    this.length = length;
  }
  /** Forgets the first `n`. */
  drop(n: number): void {
    this.bytes.copyWithin(0, n, this.length);
    this.length -= n;
  }
}

/** Takes what is whole of what is held, and says how many bytes that was. */
type Parser = (held: Held, take: TakePacket, damaged: (at: number, why: string) => never) => number;

function classicParser(little: boolean, nano: boolean): Parser {
  const clock = new Clock();
  clock.unit = secondsAnd(nano);
  let link = -1;
  return ({ bytes, view, length }, take, damaged) => {
    let at = 0;
    if (link < 0) {
      link = view.getUint32(20, little) & 0xffff;
      at = GLOBAL;
    }
    while (at + HEADER <= length) {
      const captured = view.getUint32(at + 8, little);
      if (captured > LONGEST) damaged(at + 8, `a packet of ${captured} bytes`);
      const from = at + HEADER,
        to = from + captured;
      if (to > length) break;
      clock.high = view.getUint32(at, little);
      clock.low = view.getUint32(at + 4, little);
      take(bytes, from, to, clock, link);
      at = to;
    }
    return at;
  };
}

interface Interface {
  readonly link: number;
  readonly unit: Unit;
}
function ngParser(first: boolean): Parser {
  const clock = new Clock(),
    interfaces: Interface[] = [];
  let little = first;
  return ({ bytes, view, length: end }, take, damaged) => {
    let at = 0;
    while (at + 12 <= end) {
      if (view.getUint32(at) === NG) {
        little = view.getUint32(at + 8, true) === NG_ORDER;
        interfaces.length = 0; // a new section counts anew
      }
      const type = view.getUint32(at, little),
        length = view.getUint32(at + 4, little);
      if (length < 12 || length % 4 !== 0 || length > 16 * LONGEST)
        damaged(at + 4, `a block of ${length} bytes`);
      if (at + length > end) break;
      if (type === INTERFACE && length >= 20) interfaces.push(interfaceOf(view, at, length, little));
      if (type === ENHANCED) {
        const captured = length >= 32 ? view.getUint32(at + 20, little) : LONGEST + 1;
        if (captured > length - 32) damaged(at + 20, `a packet of ${captured} bytes in a block of ${length}`);
        const of =
            interfaces[view.getUint32(at + 8, little)] ??
            damaged(at + 8, "an interface that is not described"),
          from = at + 28;
        clock.unit = of.unit;
        clock.high = view.getUint32(at + 12, little);
        clock.low = view.getUint32(at + 16, little);
        take(bytes, from, from + captured, clock, of.link);
      }
      at += length;
    }
    return at;
  };
}

/** Link type and clock of an interface; microseconds where its options do not say. */
function interfaceOf(view: DataView, block: number, length: number, little: boolean): Interface {
  let ticks = 1_000_000n;
  for (let at = block + 16; at + 4 <= block + length - 4; ) {
    const code = view.getUint16(at, little),
      size = view.getUint16(at + 2, little);
    if (code === 0) break;
    if (code === TSRESOL && size === 1) {
      const says = view.getUint8(at + 4),
        power = BigInt(says & 0x7f);
      ticks = says & 0x80 ? 2n ** power : 10n ** power;
    }
    at += 4 + ((size + 3) & ~3);
  }
  return { link: view.getUint16(block + 8, little), unit: ticksOf(ticks) };
}
