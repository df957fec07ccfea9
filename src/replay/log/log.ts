import { LOG, LOG_BYTES } from "../../abi/params.js";
import type { Core } from "../../core/instance.js";

export type LogKind = (typeof LOG)[number];

/** One record of the core's log (assembly/world/log.ts says what each kind holds). Times in ps. */
export interface LogRecord {
  readonly kind: LogKind;
  /** Thread index (CALL, STEP, POLLED), node (OPERATION), or node × 16 + resource (STAGE, HOLD, CHARGE). */
  readonly track: number;
  readonly start_ps: bigint;
  readonly end_ps: bigint;
  /** Number of the operation; undefined when the record belongs to none. CHARGE: src/abi/charges.ts. */
  readonly operation: bigint | undefined;
  /**
   * Verb (CALL), layer (STEP, STAGE), thread (HOLD), opcode (OPERATION); POLLED: bit 0
   * is 0 for an own operation, 1 for a message, from bit 8 on the opcode. CHARGE: src/abi/charges.ts.
   */
  readonly what: number;
  /** Number of the queue pair; CHARGE: of the burst, or of the instruction. */
  readonly qp: number;
  readonly bytes: number;
}

/** Operations whose ledgers are taken to pieces, numbers from `first` to `end` without it. */
export interface Followed {
  readonly first: bigint;
  readonly end: bigint;
  /** STAGE and HOLD records that end before this time, in ps, are left out. */
  readonly since_ps: bigint;
}

/** Who wants to know what happened when. */
export interface LogReader {
  /** A bit for each of LOG. */
  readonly kinds: number;
  /** Runs the build of the core that writes CHARGE records, for these operations. */
  readonly follow?: Followed;
  /** Takes a record; false when it wants no more. */
  take(record: LogRecord): boolean;
  /** Records that the core had no room for. */
  lost(records: number): void;
}
export const logKinds = (...kinds: readonly LogKind[]): number =>
  kinds.reduce((mask, k) => mask | (1 << LOG.indexOf(k)), 0);

/** Tells the core what the reader wants. */
export function startLog(core: Core, { kinds, follow }: LogReader): void {
  core.exports.log_start(kinds);
  if (!follow) return;
  const low = (x: bigint): number => Number(x & 0xffffffffn),
    high = (x: bigint): number => Number(x >> 32n),
    { first, end, since_ps } = follow;
  core.exports.log_charges!(low(first), high(first), low(end), high(end), low(since_ps), high(since_ps));
}

const NO_OPERATION = (1n << 64n) - 1n;

/** Hands the records in the core's log to the reader. */
export function readLog(core: Core, reader: LogReader): void {
  const count = core.exports.log_count(),
    lost = core.exports.log_lost();
  const view = new DataView(core.exports.memory.buffer, core.exports.log_take() >>> 0, count * LOG_BYTES);
  for (let at = 0; at < count * LOG_BYTES; at += LOG_BYTES) {
    const operation = view.getBigUint64(at + 24, true);
    const more = reader.take({
      kind: LOG[view.getUint32(at, true)]!,
      track: view.getUint32(at + 4, true),
      start_ps: view.getBigUint64(at + 8, true),
      end_ps: view.getBigUint64(at + 16, true),
      operation: operation === NO_OPERATION ? undefined : operation,
      what: view.getUint32(at + 32, true),
      qp: view.getUint32(at + 36, true),
      bytes: view.getUint32(at + 40, true),
    });
    if (more) continue;
    core.exports.log_start(0);
    break;
  }
  if (lost > 0) reader.lost(lost);
}
