/** A LID has 2 bytes, an IPv4 address 4, an IPv6 address or a GID 16. */
export type AddressKind = 2 | 4 | 16;
export const LID = 2,
  V4 = 4,
  GID = 16;

/** Where the transport header of a packet lies, and between whom it went. */
export interface Located {
  /** The BTH. */
  bth: number;
  /** Bytes from the BTH to the end of the ICRC, on the wire. */
  length: number;
  /** What kind of addresses the two have, and where those of its sender and receiver lie. */
  kind: AddressKind;
  source: number;
  target: number;
}

/** Link types of tcpdump.org/linktypes.html. */
const ETHERNET = 1,
  RAW = 101,
  LINUX_COOKED = 113,
  ERF = 197,
  INFINIBAND = 247;
const LINKS: Readonly<Record<number, string>> = {
  [ETHERNET]: "Ethernet",
  [RAW]: "raw IP",
  [LINUX_COOKED]: "Linux cooked",
  [ERF]: "ERF",
  [INFINIBAND]: "InfiniBand",
};
export const readsLink = (link: number): boolean => LINKS[link] !== undefined;
export const linkNames = Object.values(LINKS).join(", ");

const IPV4 = 0x0800,
  IPV6 = 0x86dd,
  ROCE_V1 = 0x8915,
  VLAN = 0x8100,
  QINQ = 0x88a8;
const UDP = 17,
  /** IANA's port of RoCEv2. */
  ROCE_PORT = 4791;
const GRH = 40,
  LRH = 8,
  VCRC = 2,
  ERF_HEADER = 16,
  ERF_INFINIBAND = 21;

const u16 = (b: Uint8Array, at: number): number => (b[at]! << 8) | b[at + 1]!;

/**
 * Finds the BTH of a RoCEv2, RoCEv1 or InfiniBand packet in `bytes[from, to)`; false for anything else, and for
 * what was cut before it. Layouts: IBTA 1.x chapters 7 to 9 and annexes A16 and A17.
 */
export function locate(bytes: Uint8Array, from: number, to: number, link: number, out: Located): boolean {
  if (link === INFINIBAND) return infiniband(bytes, from, to, out);
  if (link === ERF) {
    if (to - from < ERF_HEADER || (bytes[from + 8]! & 0x7f) !== ERF_INFINIBAND) return false;
    let at = from + ERF_HEADER;
    // Each extension header of 8 bytes says in its first bit whether another follows.
    for (let more = bytes[from + 8]! & 0x80; more !== 0 && at + 8 <= to; at += 8) more = bytes[at]! & 0x80;
    return infiniband(bytes, at, to, out);
  }
  if (link === RAW) return ip(bytes, from, to, out);
  let at = from + (link === LINUX_COOKED ? 14 : 12);
  if (at + 2 > to) return false;
  let type = u16(bytes, at);
  while ((type === VLAN || type === QINQ) && at + 6 <= to) {
    at += 4;
    type = u16(bytes, at);
  }
  at += 2;
  if (type === IPV4 || type === IPV6) return ip(bytes, at, to, out);
  return type === ROCE_V1 && grh(bytes, at, to, out);
}

function ip(bytes: Uint8Array, at: number, to: number, out: Located): boolean {
  if (at + 20 > to) return false;
  const version = bytes[at]! >> 4;
  let udp: number;
  if (version === 4) {
    udp = at + 4 * (bytes[at]! & 15);
    // Of a datagram in fragments only the first has the header, and its length is not the message's.
    if (bytes[at + 9] !== UDP || (u16(bytes, at + 6) & 0x3fff) !== 0) return false;
  } else {
    udp = at + GRH;
    if (version !== 6 || bytes[at + 6] !== UDP) return false;
  }
  if (udp + 8 > to || u16(bytes, udp + 2) !== ROCE_PORT) return false;
  out.bth = udp + 8;
  out.length = u16(bytes, udp + 4) - 8;
  if (version === 4) {
    out.kind = V4;
    out.source = at + 12;
    out.target = at + 16;
  } else {
    out.kind = GID;
    out.source = at + 8;
    out.target = at + 24;
  }
  return true;
}
function grh(bytes: Uint8Array, at: number, to: number, out: Located): boolean {
  if (at + GRH > to) return false;
  out.bth = at + GRH;
  out.length = u16(bytes, at + 4);
  out.kind = GID;
  out.source = at + 8;
  out.target = at + 24;
  return true;
}
function infiniband(bytes: Uint8Array, at: number, to: number, out: Located): boolean {
  if (at + LRH > to) return false;
  const next = bytes[at + 1]! & 3,
    words = u16(bytes, at + 4) & 0x7ff;
  if (next < 2) return false; // raw packets
  out.bth = at + LRH + (next === 3 ? GRH : 0);
  // The length counts four-byte words from the LRH to the ICRC, without the VCRC.
  out.length = 4 * words - (out.bth - at);
  out.kind = LID;
  out.source = at + 6;
  out.target = at + 2;
  return out.bth <= to + VCRC;
}
