import { UserError } from "../../../errors.js";
import { KIND } from "../../../trace/memory/memory-rows.js";
import type { MemorySource } from "../../../trace/memory/memory-write.js";
import type { MemoryMetadata } from "../../../trace/table/metadata.js";
import type { AccessOptions, MemoryFormat } from "../../shared/format.js";
import { eachMessage } from "../../shared/messages.js";
import { absentNote, droppedNote } from "../absent.js";
import { Accesses } from "../accesses.js";
import { Wire } from "./wire.js";

const MAGIC = "gem5";
/** Fields of PacketHeader and Packet (gem5, src/proto/packet.proto). */
const HEADER = { tickFrequency: 3 } as const,
  TICK = 1,
  COMMAND = 2,
  ADDRESS = 3,
  SIZE = 4,
  FLAGS = 5,
  PC = 7;
/** MemCmd of gem5's src/mem/packet.hh that mean the same in every version, as its decode_packet_trace.py says. */
const READ = 1,
  WRITE = 4;
/** Request::INST_FETCH of src/mem/request.hh. */
const INSTRUCTION_FETCH = 0x100;
const COLUMNS = ["vaddr", "size", "kind", "t", "pc"] as const;
const HALF = 2 ** 32,
  NS = 1e9;

/** Counts of what is no data access. */
class Dropped {
  fetches = 0;
  commands = 0;
}

/** The packets of one trace: fields of each are read into this. */
class Packet {
  tick = 0;
  command = -1;
  low = 0;
  high = 0;
  size = -1;
  flags = 0;
  pcLow = 0;
  pcHigh = 0;
  hasPc = false;
  private readonly wire = new Wire();

  /** False for bytes that are no packet. */
  read(bytes: Uint8Array, from: number, to: number): boolean {
    const { wire } = this;
    this.command = this.size = this.tick = -1;
    this.flags = 0;
    this.hasPc = false;
    let addressed = false,
      at = from;
    while (at < to) {
      // Fields up to 15 have a tag of one byte; of their values most are less than 128.
      const tag = bytes[at++]!,
        field = tag >> 3;
      let low = at < to ? bytes[at]! : 128,
        high = 0;
      if (tag > 127 || (tag & 7) !== 0) {
        // a field that is none of ours, or not of a number
        wire.at = at - 1;
        if (!wire.varint(bytes, to) || !wire.past(wire.low & 7, bytes, to)) return false;
        ({ at } = wire);
        continue;
      }
      if (low < 128) at++;
      else {
        wire.at = at;
        if (!wire.varint(bytes, to)) return false;
        ({ at, low, high } = wire);
      }
      if (field === TICK) this.tick = high * HALF + low;
      else if (field === COMMAND) this.command = low;
      else if (field === ADDRESS) {
        this.low = low;
        this.high = high;
        addressed = true;
      } else if (field === SIZE) this.size = high > 0 ? Infinity : low;
      else if (field === FLAGS) this.flags = low;
      else if (field === PC) {
        this.pcLow = low;
        this.pcHigh = high;
        this.hasPc = true;
      }
    }
    return this.tick >= 0 && this.command >= 0 && addressed && this.size >= 0;
  }
}

function read(path: string, options: AccessOptions): MemorySource<Promise<MemoryMetadata>> {
  const source = async (rows: Parameters<MemorySource>[0]): Promise<MemoryMetadata> => {
    const accesses = new Accesses(path, rows, { ...options, coalesce: false }, true, "record"),
      packet = new Packet(),
      dropped = new Dropped();
    let ticksPerNs = 0,
      named = 0;
    rows.absent = () => (named === 0 ? ["pc"] : []);
    const left = await eachMessage(path, MAGIC, (bytes, from, to, n) => {
      if (n === 1) {
        ticksPerNs = tickFrequency(path, bytes, from, to) / NS;
        return false;
      }
      if (!packet.read(bytes, from, to))
        throw new UserError(
          `${path}: record ${n - 1}: is no packet with tick, command, address and size: ` +
            "give a packet trace of gem5, or record it again",
        );
      if (packet.hasPc) named++;
      if (packet.flags & INSTRUCTION_FETCH) {
        dropped.fetches++;
        return false;
      }
      if (packet.command !== READ && packet.command !== WRITE) {
        dropped.commands++;
        return false;
      }
      const ns = Math.floor(packet.tick / ticksPerNs);
      accesses.timeHigh = Math.floor(ns / HALF);
      accesses.timeLow = ns - accesses.timeHigh * HALF;
      accesses.pcLow = packet.hasPc ? packet.pcLow : 0;
      accesses.pcHigh = packet.hasPc ? packet.pcHigh : 0;
      const kind = packet.command === READ ? KIND.load : KIND.store;
      return accesses.take(n - 1, packet.low, packet.high, packet.size, kind, 0);
    });
    const notes = [
      ...droppedNote(dropped.fetches, "packet", "they fetch instructions, lines at a time"),
      ...droppedNote(dropped.commands, "packet", "only ReadReq and WriteReq mean the same in every gem5"),
      ...(left > 0
        ? [`the last ${left} bytes are no whole packet and were dropped: the trace was cut off`]
        : []),
      ...(named > 0 && !rows.columns.has("pc") ? ["instructions of later packets are left out"] : []),
    ];
    return {
      ...accesses.finish("gem5", notes, () => [...LOST, ...absentNote(rows.columns)], {
        t: "recorded",
        pc: "recorded",
      }),
      clock: "ns",
      emulated: true,
    };
  };
  return Object.assign(source, { columns: COLUMNS });
}
const LOST = [
  "the machine is simulated: t is its time, counted from the start of the simulation and rounded down to ns",
  "addresses are those of the port that was watched: behind a TLB they are physical ones",
];

function tickFrequency(path: string, bytes: Uint8Array, from: number, to: number): number {
  const wire = new Wire();
  wire.at = from;
  while (wire.at < to) {
    if (!wire.varint(bytes, to)) break;
    const field = wire.low >>> 3;
    if (!wire.past(wire.low & 7, bytes, to)) break;
    if (field !== HEADER.tickFrequency) continue;
    const frequency = wire.high * HALF + wire.low;
    if (frequency > 0) return frequency;
    break;
  }
  throw new UserError(
    `${path}: its header has no tick_freq, which says what its times are: give a packet trace of gem5`,
  );
}

export const gem5: MemoryFormat = {
  kind: "memory",
  name: "gem5",
  says: "a packet trace of gem5's CommMonitor or MemTraceProbe, protobuf behind the magic gem5",
  example: ["monitor.ptrc.gz -o monitor.arrow", "what MemTraceProbe wrote"],
  pieces: false,
  sniff: (head) => (String.fromCharCode(...head.subarray(0, MAGIC.length)) === MAGIC ? 1 : 0),
  read,
};
