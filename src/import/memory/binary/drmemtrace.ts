import { UserError } from "../../../errors.js";
import { KIND } from "../../../trace/memory/memory-rows.js";
import { droppedNote } from "../absent.js";
import type { Accesses } from "../accesses.js";
import { DRMEMTRACE_LOST, GapByThread } from "../drmemtrace.js";
import { type RecordReader, recordFormat } from "../record-format.js";

/**
 * A trace_entry_t of 64-bit programs, packed: type u16, size u16, address u64
 * (DynamoRIO, clients/drcachesim/common/trace_entry.h, versions 2 to 7 of the format).
 */
const BYTES = 12,
  SIZE = 2,
  ADDRESS = 4;
const READ = 0,
  WRITE = 1,
  LAST_PREFETCH = 9,
  FIRST_INSTR = 10,
  LAST_INSTR = 16,
  BUNDLE = 17,
  FIRST_FLUSH = 18,
  LAST_FLUSH = 21,
  THREAD = 22,
  PID = 24,
  HEADER = 25,
  FOOTER = 26,
  HARDWARE_PREFETCH = 27,
  MARKER = 28,
  NO_FETCH = 29,
  MAYBE_FETCH = 30,
  SYSENTER = 31,
  LAST_LATER_PREFETCH = 46,
  TAKEN = 48,
  UNTAKEN = 49;
const LAST_TYPE = UNTAKEN,
  FIRST_VERSION = 2,
  LAST_VERSION = 7;
/** The marker whose value says what kind of trace it is, and the kinds that are no sequence of accesses. */
const FILETYPE = 9,
  INSTRUCTION_ONLY = 0x4,
  FILTERED = 0x1 | 0x80 | 0x100,
  ARCH_32 = 0x10 | 0x20;

class Reader implements RecordReader {
  private readonly gaps = new GapByThread();
  private readonly pcs = new Map<number, readonly [number, number]>();
  private prefetches = 0;
  private flushes = 0;
  private markers = 0;
  instructions = 0;
  private filtered = false;
  private footer = false;
  private readonly pids = new Set<number>();

  private readonly path: string;
  private readonly accesses: Accesses;

  constructor(path: string, accesses: Accesses) {
    this.path = path;
    this.accesses = accesses;
  }

  record(view: DataView, at: number, n: number): boolean {
    const type = view.getUint16(at, true),
      { gaps, accesses } = this;
    if (type <= WRITE) {
      if (gaps.tid < 0) this.refuse(n, "an access comes before any thread");
      const enough = accesses.take(
        n,
        view.getUint32(at + ADDRESS, true),
        view.getUint32(at + ADDRESS + 4, true),
        view.getUint16(at + SIZE, true),
        type === READ ? KIND.load : KIND.store,
        gaps.gap,
      );
      gaps.gap = 0;
      return enough;
    }
    if (
      (type >= FIRST_INSTR && type <= LAST_INSTR) ||
      type === TAKEN ||
      type === UNTAKEN ||
      type === SYSENTER
    ) {
      gaps.gap++;
      this.instructions++;
      this.pc(view, at);
    } else if (type === NO_FETCH || type === MAYBE_FETCH)
      this.pc(view, at); // one more turn of a string instruction, which counts once
    else if (type === BUNDLE) {
      const count = view.getUint16(at + SIZE, true);
      gaps.gap += count;
      this.instructions += count;
    } else this.other(type, view, at, n);
    return false;
  }
  private other(type: number, view: DataView, at: number, n: number): void {
    const low = view.getUint32(at + ADDRESS, true),
      high = view.getUint32(at + ADDRESS + 4, true);
    if (type === THREAD) this.thread(low);
    else if (type === PID) this.pids.add(low);
    else if (type === MARKER) this.marker(view.getUint16(at + SIZE, true), low);
    else if (type === HEADER && (high !== 0 || low < FIRST_VERSION || low > LAST_VERSION))
      this.refuse(n, `the header names version ${low}, and ${FIRST_VERSION} to ${LAST_VERSION} are known`);
    else if (type === FOOTER) this.footer = true;
    else if (type <= LAST_PREFETCH || type === HARDWARE_PREFETCH) this.prefetches++;
    else if (type >= FIRST_FLUSH && type <= LAST_FLUSH) this.flushes++;
    else if (type > SYSENTER && type <= LAST_LATER_PREFETCH) this.prefetches++;
    else if (type > LAST_TYPE)
      this.refuse(n, `its type is ${type}, and the last that is known is ${LAST_TYPE}`);
  }
  private thread(tid: number): void {
    const { gaps, accesses, pcs } = this;
    if (gaps.tid >= 0) pcs.set(gaps.tid, [accesses.pcLow, accesses.pcHigh]);
    gaps.to(tid);
    accesses.tid = tid;
    [accesses.pcLow, accesses.pcHigh] = pcs.get(tid) ?? [0, 0];
  }
  private pc(view: DataView, at: number): void {
    this.accesses.pcLow = view.getUint32(at + ADDRESS, true);
    this.accesses.pcHigh = view.getUint32(at + ADDRESS + 4, true);
  }
  private marker(kind: number, value: number): void {
    this.markers++;
    if (kind !== FILETYPE) return;
    if (value & INSTRUCTION_ONLY)
      throw new UserError(
        `${this.path}: was recorded with instructions only: record it again without -instr_only_trace`,
      );
    if (value & ARCH_32)
      throw new UserError(
        `${this.path}: is of a 32-bit program, whose records have 8 bytes: record a 64-bit program`,
      );
    if (value & FILTERED) this.filtered = true;
  }
  private refuse(n: number, why: string): never {
    throw new UserError(
      `${this.path}: record ${n}: ${why}: give a trace as raw2trace writes it, or record it again`,
    );
  }
  notes(): string[] {
    const { gaps } = this;
    return [
      `${gaps.seen.size} thread${gaps.seen.size === 1 ? "" : "s"} and ${this.instructions} instructions were read`,
      ...droppedNote(this.prefetches, "prefetch record", "a prefetch is a hint, not an access"),
      ...droppedNote(this.flushes, "flush record", "flushes are not accesses"),
      ...droppedNote(this.markers, "marker", "memory/1 has no place for them"),
      ...(this.pids.size > 1
        ? [`accesses are of ${this.pids.size} processes, whose addresses are taken for one's`]
        : []),
      ...(this.filtered
        ? ["the recording was filtered by a small cache: what hit there is missing, and gaps with it"]
        : []),
      ...(this.footer ? [] : ["there is no footer: the recording was cut off, or its program was killed"]),
    ];
  }
}

/** A header, or a thread and its process, as each file of a thread begins; then types that there are. */
function sniff(head: Uint8Array): number {
  const view = new DataView(head.buffer, head.byteOffset, head.byteLength),
    records = Math.min(400, Math.floor(head.length / BYTES));
  if (records < 2) return 0;
  const first = view.getUint16(0, true),
    version = view.getUint32(ADDRESS, true);
  if (first !== HEADER && first !== THREAD) return 0;
  if (first === HEADER && (version < FIRST_VERSION || version > LAST_VERSION)) return 0;
  let thread = false;
  for (let i = 0; i < records; i++) {
    const type = view.getUint16(i * BYTES, true);
    if (type > LAST_TYPE) return 0;
    if (type === THREAD) thread = true;
  }
  return thread ? 0.97 : 0.6;
}

export const drmemtrace = recordFormat({
  name: "drmemtrace",
  says: "a trace of DynamoRIO's drmemtrace after raw2trace, .memtrace.gz or .memtrace.zip",
  example: [
    "drmemtrace.app.1234.0001.dir/trace/app.1235.memtrace.zip -o app.arrow",
    "one thread of a program",
  ],
  bytes: BYTES,
  columns: ["vaddr", "size", "kind", "gap", "tid", "pc"],
  origins: { tid: "recorded", pc: "recorded" },
  lost: DRMEMTRACE_LOST,
  many: true,
  sniff,
  reader: (path, accesses) => new Reader(path, accesses),
});
