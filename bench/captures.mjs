// A capture of RoCEv2 for the bench: sixteen QPs between two ports take turns with SENDs of 64 B, WRITEs of four
// packets, of two QPs at once, and READs of two, each with its answers. A packet takes some 114 bytes of the file.
import { closeSync, openSync, writeSync } from "node:fs";

const QPS = 16,
  SNAP = 114,
  RECORD = 16,
  IP = 14,
  UDP = 34,
  BTH = 42;
const SEND_ONLY = 4,
  WRITE_FIRST = 6,
  WRITE_MIDDLE = 7,
  WRITE_LAST = 8,
  READ = 12,
  RESPONSE_FIRST = 13,
  RESPONSE_LAST = 15,
  ACK = 17;
const NONE = Buffer.alloc(0),
  AETH = Buffer.from("1f000001", "hex");

function reth(addr, rkey, bytes) {
  const header = Buffer.alloc(16);
  header.writeBigUInt64BE(addr);
  header.writeUInt32BE(rkey, 8);
  header.writeUInt32BE(bytes, 12);
  return header;
}

export function writeCapture(file, size) {
  const fd = openSync(file, "w"),
    block = Buffer.alloc(1 << 20);
  let used = 0,
    done = 0,
    ns = 0n;
  const put = (bytes) => {
    if (used + bytes.length > block.length) used -= writeSync(fd, block, 0, used);
    used += bytes.copy(block, used);
    done += bytes.length;
  };
  const packet = (from, opcode, qp, psn, more, payload) => {
    const length = 12 + more.length + payload + 4,
      captured = Math.min(SNAP, BTH + length),
      b = Buffer.alloc(RECORD + captured),
      frame = b.subarray(RECORD);
    ns += 650n;
    b.writeUInt32LE(Number(1_700_000_000n + ns / 1_000_000_000n));
    b.writeUInt32LE(Number(ns % 1_000_000_000n), 4);
    b.writeUInt32LE(captured, 8);
    b.writeUInt32LE(BTH + length, 12);
    frame.writeUInt16BE(0x0800, 12);
    frame[IP] = 0x45;
    frame[IP + 9] = 17;
    frame.writeUInt32BE(0x0a000000 + from, IP + 12);
    frame.writeUInt32BE(0x0a000001 - from, IP + 16);
    frame.writeUInt16BE(4791, UDP + 2);
    frame.writeUInt16BE(8 + length, UDP + 4);
    frame[BTH] = opcode;
    frame.writeUIntBE(qp, BTH + 5, 3);
    frame.writeUIntBE(psn & 0xffffff, BTH + 9, 3);
    more.copy(frame, BTH + 12);
    put(b);
  };
  const head = Buffer.alloc(24);
  head.writeUInt32LE(0xa1b23c4d); // nanoseconds
  head.writeUInt32LE(1, 20); // Ethernet
  put(head);
  const psns = new Array(QPS).fill(0);
  // QPs 100 to 115: those of even numbers are of port 0, and each one's peer is the next.
  const request = (q, opcode, more, payload) =>
      packet(q & 1, opcode, 100 + (q ^ 1), psns[q]++, more, payload),
    answer = (q, opcode, psn, payload) => packet(1 - (q & 1), opcode, 100 + q, psn, AETH, payload);
  for (let i = 0; done < size; i++) {
    const q = (7 * i) % QPS,
      pair = [q, (q + 2) % QPS];
    if (i % 4 < 2) {
      request(q, SEND_ONLY, NONE, 64);
      answer(q, ACK, psns[q] - 1, 0);
    } else if (i % 4 === 2) {
      for (const opcode of [WRITE_FIRST, WRITE_MIDDLE, WRITE_MIDDLE, WRITE_LAST])
        for (const k of pair)
          request(k, opcode, opcode === WRITE_FIRST ? reth(0x7f0000000000n, 77 + k, 4096) : NONE, 1024);
      for (const k of pair) answer(k, ACK, psns[k] - 1, 0);
    } else {
      request(q, READ, reth(0x7f0000100000n, 5, 2048), 0);
      answer(q, RESPONSE_FIRST, psns[q] - 1, 1024);
      answer(q, RESPONSE_LAST, psns[q]++, 1024);
    }
  }
  writeSync(fd, block, 0, used);
  closeSync(fd);
}
