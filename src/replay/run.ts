import { BATCH, MARK, RUN } from "../abi/params.js";
import { PROGRAMS } from "../abi/verbs.js";
import { Core } from "../core/instance.js";
import { UserError } from "../errors.js";
import { compilePath } from "../path/compile.js";
import type { Path } from "../path/flatten.js";
import type { Testbed } from "../testbed/document.js";
import type { BatchLayout } from "../trace/read.js";
import { coreError, deadlock } from "./errors.js";
import { type LogReader, readLog, startLog } from "./log/log.js";
import { CoupledFeed, type Coupling } from "./memory/couple.js";
import { checkMemory } from "./memory/setup.js";
import { parameters } from "./parameters.js";
import type { Prepared } from "./prepare/prepare.js";
import { qpTable } from "./prepare/qp-table.js";
import { type Scale, scaleParameters, scalePrograms } from "./scale.js";

export interface RunOptions {
  readonly think: boolean;
  /** Path whose post_send the simulated peer runs. */
  readonly peer: Path;
  /** Memory accesses that fill the think time of threads. */
  readonly coupling?: Coupling;
  /** Costs that are multiplied, to ask what would happen. */
  readonly scale?: Scale;
  /** Is told what happened when. */
  readonly log?: LogReader;
  readonly onProgress?: (rows: number) => void;
}

const STATE = Object.fromEntries(RUN.map((r, i) => [r, i])) as Record<(typeof RUN)[number], number>;
/** Columns of the batch descriptor that are one buffer of their own name. */
const PLAIN = [
  "t",
  "dur",
  "node",
  "tid",
  "call",
  "verb",
  "ctx",
  "qp",
  "cq",
  "srq",
  "rkey",
  "peer_qp",
  "wr_id",
  "opcode",
  "flags",
  "length",
  "remote_addr",
  "status",
  "size",
  "await_writes",
  "num_sge",
] as const;

/** Replays a prepared trace on one path; the core's memory then holds the result. */
export function run(
  module: WebAssembly.Module,
  prepared: Prepared,
  path: Path,
  testbed: Testbed,
  options: RunOptions,
): Core {
  const { trace } = prepared;
  const core = new Core(module);
  const x = core.exports;
  const params = parameters(testbed, path, prepared.nodes, trace.threads.length, options.think);
  core
    .u64(x.params_ptr(), params.length)
    .set(options.scale ? scaleParameters(params, options.scale) : params);
  x.machine_init();
  placePrograms(core, path, testbed, options);
  trace.threads.forEach(([node, tid, rows], i) =>
    x.declare_thread(i, node, tid, rows >>> 0, Math.floor(rows / 2 ** 32)),
  );
  x.declare_qps(core.place(qpTable(prepared.qps)), prepared.qps.length);
  placeMrs(core, prepared);
  const accesses = options.coupling ? new CoupledFeed(core, path, options.coupling) : undefined;
  const verbMap = core.place(trace.verbRemap),
    opcodeMap = core.place(trace.opcodeRemap);
  const body = core.alloc(prepared.largestBatch + 64);
  if (options.log) startLog(core, options.log);
  let next = 0;
  for (;;) {
    const state = x.run();
    if (options.log) readLog(core, options.log);
    if (state === STATE.DONE) break;
    if (state === STATE.LOG_FULL) continue;
    if (state === STATE.NEED_ACCESSES) {
      accesses!.feedNext();
      continue;
    }
    if (state === STATE.ERROR) throw coreError(core, prepared);
    if (state === STATE.DEADLOCK) throw deadlock(core, prepared);
    const batch = trace.batches[next];
    if (!batch)
      throw new UserError(
        `${trace.path}: ends before all rows of its threads were seen; it was cut off, write it again`,
      );
    const layout = trace.readBody(batch, core.bytes(body, prepared.largestBatch + 64));
    describe(core, layout, body, batch, prepared.control[next]!, prepared.marks.batches[next]!, [
      verbMap,
      opcodeMap,
    ]);
    if (!x.feed()) throw coreError(core, prepared);
    next++;
    options.onProgress?.(batch.firstRow + batch.rows);
  }
  if (options.coupling) checkMemory(core, options.coupling.memory.trace.path);
  return core;
}

function placePrograms(core: Core, path: Path, testbed: Testbed, { peer, scale }: RunOptions): void {
  const table = core.exports.programs_ptr();
  const put = (slot: number, code: Uint8Array | undefined): void => {
    const ptr = code ? core.place(code) : 0;
    core.u32(table, PROGRAMS.length + 1)[slot] = ptr;
  };
  const compiled = (of: Path): ReadonlyMap<string, Uint8Array> =>
    scale ? scalePrograms(compilePath(of, testbed), scale) : compilePath(of, testbed);
  const programs = compiled(path);
  PROGRAMS.forEach((verb, i) => put(i, programs.get(verb)));
  put(PROGRAMS.length, (peer === path ? programs : compiled(peer)).get("post_send"));
}

/** MRs in the layout of the core's Mr record (48 bytes). */
function placeMrs(core: Core, prepared: Prepared): void {
  const bytes = new Uint8Array(prepared.mrs.length * 48);
  const view = new DataView(bytes.buffer);
  prepared.mrs.forEach((mr, i) => {
    const at = i * 48;
    view.setBigUint64(at, mr.start, true);
    view.setBigUint64(at + 8, mr.bytes, true);
    view.setUint32(at + 16, mr.ordinal, true);
    view.setUint32(at + 20, mr.large ? 1 : 0, true);
    view.setUint32(at + 24, mr.node, true);
    view.setUint32(at + 28, mr.rkey, true);
    view.setUint32(at + 36, mr.ctx, true);
  });
  core.exports.declare_mrs(core.place(bytes), prepared.mrs.length);
}

function describe(
  core: Core,
  layout: BatchLayout,
  body: number,
  batch: { readonly rows: number; readonly firstRow: number },
  control: Uint8Array,
  marks: Uint8Array,
  [verbMap, opcodeMap]: readonly [number, number],
): void {
  const placed = (bytes: Uint8Array): number => (bytes.length > 0 ? core.place(bytes) : 0);
  const words = new Map<string, number>([
    ["rows", batch.rows],
    ["base_row", batch.firstRow],
    ["control_count", control.length / 128],
    ["control", placed(control)],
    ["mark_count", marks.length / MARK.size],
    ["marks", placed(marks)],
    ["verb_map", verbMap],
    ["opcode_map", opcodeMap],
  ]);
  for (const name of PLAIN) words.set(name, body + layout.columns[name]![0]!.offset);
  const [offsets, addr, length, lkey] = layout.columns.sge!;
  words.set("sge_offsets", body + offsets!.offset);
  words.set("sge_addr", body + addr!.offset);
  words.set("sge_length", body + length!.offset);
  words.set("sge_lkey", body + lkey!.offset);
  const table = core.u32(core.exports.batch_ptr(), BATCH.length);
  BATCH.forEach((name, i) => (table[i] = words.get(name)!));
}
