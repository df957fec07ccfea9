// Recordings built byte by byte from their formats' specifications, which the importers cite.
// Every file of test/import/fixtures that is named here holds these bytes.
import { RDMA_CORE_SAMPLES } from "./rdma-core-samples.js";
import { UCX_SAMPLES } from "./ucx-samples.js";

type Field = readonly ["u8" | "u16" | "u32" | "u64", number | bigint];

function packed(fields: readonly Field[]): Uint8Array {
  const width = { u8: 1, u16: 2, u32: 4, u64: 8 } as const;
  const bytes = new Uint8Array(fields.reduce((n, [type]) => n + width[type], 0)),
    view = new DataView(bytes.buffer);
  let at = 0;
  for (const [type, value] of fields) {
    if (type === "u64") view.setBigUint64(at, BigInt.asUintN(64, BigInt(value)), true);
    else if (type === "u32") view.setUint32(at, Number(value), true);
    else if (type === "u16") view.setUint16(at, Number(value), true);
    else view.setUint8(at, Number(value));
    at += width[type];
  }
  return bytes;
}
const joined = (pieces: readonly Uint8Array[]): Uint8Array => Uint8Array.from(pieces.flatMap((p) => [...p]));

const HEAP = 0x7f3a_0000_1000n,
  STACK = 0x7ffd_2f40_0f80n,
  CODE = 0x55d0_1c2a_4000n;

/** ChampSim's struct input_instr, 64 bytes. */
function instruction(ip: bigint, loads: bigint[], stores: bigint[], branch = 0, taken = 0): Uint8Array {
  const slots = (list: bigint[], n: number): Field[] =>
    Array.from({ length: n }, (_, i) => ["u64", list[i] ?? 0n] as const);
  return packed([
    ["u64", ip],
    ["u8", branch],
    ["u8", taken],
    ["u8", stores.length > 0 ? 0 : 3],
    ["u8", 0],
    ...([5, 6, 0, 0] as const).map((r) => ["u8", r] as const),
    ...slots(stores, 2),
    ...slots(loads, 4),
  ]);
}
/** A copy loop of four instructions: load, add, store, branch; then a gather of four and a kernel access. */
function champsim(): Uint8Array {
  const records: Uint8Array[] = [];
  for (let i = 0n; i < 6n; i++)
    records.push(
      instruction(CODE, [HEAP + 8n * i], []),
      instruction(CODE + 4n, [], []),
      instruction(CODE + 7n, [], [STACK + 8n * i]),
      instruction(CODE + 11n, [], [], 1, i < 5n ? 1 : 0),
    );
  records.push(
    instruction(
      CODE + 13n,
      [1n, 2n, 3n, 4n].map((k) => HEAP + k * 0x1000n),
      [],
    ),
  );
  records.push(instruction(0xffff_ffff_8100_0000n, [0xffff_8880_0012_3440n], [0xffff_8880_0012_3440n]));
  records.push(instruction(CODE + 17n, [], []));
  return joined(records);
}

/** trace_entry_t of DynamoRIO. */
const entry = (type: number, size: number, addr: bigint): Uint8Array =>
  packed([
    ["u16", type],
    ["u16", size],
    ["u64", addr],
  ]);
const marker = (kind: number, value: bigint): Uint8Array => entry(28, kind, value);
const [THREAD_A, THREAD_B] = [4711n, 4712n];
/** Microseconds since 1601 of a day in 2026. */
const WHEN = 13_420_000_000_000_000n;
/** Two chunks, as raw2trace writes them into a zip file: the threads take turns. */
export function drmemtraceChunks(): [Uint8Array, Uint8Array] {
  const first = [
    entry(25, 0, 5n), // header, version 5
    marker(12, 5n), // version
    marker(9, 0x40n | 0x200n), // file type: x86_64, encodings
    entry(22, 0, THREAD_A),
    entry(24, 0, 4711n),
    marker(10, 64n), // line
    marker(18, 4096n), // page
    marker(2, WHEN),
    marker(3, 1n), // cpu
    entry(47, 3, 0x4889e5n),
    entry(10, 3, CODE),
    entry(10, 4, CODE + 3n),
    entry(1, 8, STACK),
    entry(10, 2, CODE + 7n),
    entry(0, 4, HEAP),
    entry(1, 4, HEAP),
    entry(4, 64, HEAP + 0x40n), // prefetch to L2
    entry(48, 2, CODE + 9n), // taken branch
    marker(20, 0n), // chunk footer
  ];
  const second = [
    marker(21, 19n), // record ordinal
    marker(2, WHEN + 120n),
    entry(22, 0, THREAD_B),
    entry(24, 0, 4711n),
    marker(3, 2n),
    entry(10, 2, CODE + 64n), // rep movs: one instruction, three turns
    entry(0, 8, HEAP + 0x100n),
    entry(1, 8, STACK - 0x100n),
    entry(29, 2, CODE + 64n),
    entry(0, 8, HEAP + 0x108n),
    entry(1, 8, STACK - 0xf8n),
    entry(22, 0, THREAD_A),
    entry(10, 5, CODE + 20n),
    entry(0, 32, HEAP + 0x40n),
    entry(20, 64, HEAP + 0x40n), // data flush
    entry(10, 1, CODE + 25n),
    entry(23, 0, THREAD_B),
    entry(23, 0, THREAD_A),
    entry(26, 0, 0n),
  ];
  return [joined(first), joined(second)];
}

const varint = (value: bigint): number[] => {
  const bytes: number[] = [];
  let rest = value;
  for (; rest > 127n; rest >>= 7n) bytes.push(Number(rest & 127n) | 128);
  return [...bytes, Number(rest)];
};
const number = (field: number, value: bigint): number[] => [field << 3, ...varint(value)];
const text = (field: number, value: string): number[] => [
  (field << 3) | 2,
  ...varint(BigInt(value.length)),
  ...Buffer.from(value),
];
const message = (body: number[]): number[] => [...varint(BigInt(body.length)), ...body];
interface Packet {
  tick: bigint;
  cmd: bigint;
  addr: bigint;
  size: bigint;
  flags?: bigint;
  pc?: bigint;
}
/** A gem5 trace: the magic, a header, packets. `pc` is in those of MemTraceProbe only. */
function gem5(withPc: boolean): Uint8Array {
  const packets: Packet[] = [];
  for (let i = 0n; i < 12n; i++) {
    const at = { tick: 500_250n + i * 1_333n, size: 8n, pc: CODE + i };
    packets.push({ ...at, cmd: 1n, addr: 0x8000_1000n + 64n * i, size: 64n, flags: 0x100n }); // a fetch
    packets.push({ ...at, cmd: 1n, addr: 0x1_2340_0000n + 8n * i });
    if (i % 2n === 0n) packets.push({ ...at, cmd: 4n, addr: 0x1_2350_0000n + 8n * i });
    if (i % 5n === 0n) packets.push({ ...at, cmd: 7n, addr: 0x1_2360_0000n, size: 64n }); // a write-back
  }
  const entry = [...number(1, 3n), ...text(2, "cpu.data")];
  return Uint8Array.from([
    ...Buffer.from("gem5"),
    ...message([
      ...text(1, "system.monitor"),
      ...number(2, 0n),
      ...number(3, 1_000_000_000_000n),
      (4 << 3) | 2,
      ...varint(BigInt(entry.length)),
      ...entry,
    ]),
    ...packets.flatMap(({ tick, cmd, addr, size, flags, pc }) =>
      message([
        ...number(1, tick),
        ...number(2, cmd),
        ...number(3, addr),
        ...number(4, size),
        ...(flags === undefined ? [] : number(5, flags)),
        ...number(6, 3n),
        ...(withPc ? number(7, pc!) : []),
      ]),
    ),
  ]);
}

/** SST Prospero's packed record of 21 bytes. */
function prospero(): Uint8Array {
  return joined(
    Array.from({ length: 30 }, (_, i) =>
      packed([
        ["u64", 1000 + 7 * i],
        ["u8", (i % 3 === 2 ? "W" : "R").charCodeAt(0)],
        ["u64", (i % 3 === 2 ? STACK : HEAP) + 16n * BigInt(i)],
        ["u32", [8, 4, 16][i % 3]!],
      ]),
    ),
  );
}

/** libCacheSim's oracleGeneral: objects that come back, one that is large, one with an id of 64 bits. */
function oracleGeneral(): Uint8Array {
  const ids = [7n, 9n, 7n, 12n, 9n, 0xfedc_ba98_7654_3210n, 7n, 40n, 12n, 41n],
    sizes = new Map([
      [12n, 1_048_576],
      [40n, 512],
    ]);
  return joined(
    ids.map((id, i) => {
      const next = ids.indexOf(id, i + 1);
      return packed([
        ["u32", 86_400 + Math.floor(i / 3)],
        ["u64", id],
        ["u32", sizes.get(id) ?? 4096],
        ["u64", next < 0 ? -1n : BigInt(next + 1)],
      ]);
    }),
  );
}

/** Files below test/import/fixtures. */
export const SAMPLES: Readonly<Record<string, () => Uint8Array>> = {
  "champsim/copy.champsimtrace": champsim,
  "drmemtrace/two-threads.memtrace": () => joined(drmemtraceChunks()),
  "gem5/monitor.ptrc": () => gem5(false),
  "gem5/probe.ptrc": () => gem5(true),
  "prospero-binary/loop.trace": prospero,
  "oracle-general/requests.bin": oracleGeneral,
  ...UCX_SAMPLES,
  ...RDMA_CORE_SAMPLES,
};
