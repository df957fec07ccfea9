import { LOG, LOG_BYTES } from "../../abi/params.js";
import type { Core } from "../../core/instance.js";

export type LogKind = (typeof LOG)[number];

/** One record of the core's log (assembly/world/log.ts says what each kind holds). Times in ps. */
export interface LogRecord {
  readonly kind: LogKind;
  /** Thread index (CALL, STEP, POLLED), node (OPERATION), or node × 16 + resource (STAGE, HOLD). */
  readonly track: number;
  readonly start_ps: bigint;
  readonly end_ps: bigint;
  /** Number of the operation; undefined when the record belongs to none. */
  readonly operation: bigint | undefined;
  /**
   * Verb (CALL), layer (STEP, STAGE), thread (HOLD), opcode (OPERATION); POLLED: bit 0
   * is 0 for an own operation, 1 for a message, from bit 8 on the opcode.
   */
  readonly what: number;
  readonly qp: number;
  readonly bytes: number;
}

/** Who wants to know what happened when. */
export interface LogReader {
  /** A bit for each of LOG. */
  readonly kinds: number;
  /** Takes a record; false when it wants no more. */
  take(record: LogRecord): boolean;
  /** Records that the core had no room for. */
  lost(records: number): void;
}
export const logKinds = (...kinds: readonly LogKind[]): number =>
  kinds.reduce((mask, k) => mask | (1 << LOG.indexOf(k)), 0);

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
