import type { MemorySource } from "../../trace/memory/memory-write.js";
import type { MemoryMetadata } from "../../trace/table/metadata.js";
import type { AccessOptions, MemoryFormat } from "../shared/format.js";
import { likeRecords } from "../shared/likeness.js";
import { eachRecord } from "../shared/records.js";
import { absentNote } from "./absent.js";
import type { AccessFormat, AccessReader } from "./access-format.js";
import { Accesses } from "./accesses.js";
import { refuseLate } from "./late.js";

/** Reads the records of one recording, in order. */
export interface RecordReader extends AccessReader {
  /** Takes the accesses of a record; true when no more are wanted. `n` counts records from 1. */
  record(view: DataView, at: number, n: number): boolean;
}
export interface RecordFormat extends AccessFormat {
  /** Bytes of a record. */
  readonly bytes: number;
  /** A zip file of several members is one recording. */
  readonly many?: boolean;
  /** Confidence by the first bytes, where it is not the share of records that fit. */
  readonly sniff: (head: Uint8Array) => number;
  reader(path: string, accesses: Accesses): RecordReader;
}

/** A format whose recordings are records of one size, without anything between them. */
export function recordFormat(format: RecordFormat): MemoryFormat {
  return {
    kind: "memory",
    name: format.name,
    says: format.says,
    example: format.example,
    pieces: false,
    sniff: format.sniff,
    read: (path, options) => readRecords(format, path, options),
  };
}

/** Confidence `sure` when all records fit; one in fifty may not, since a recording may be damaged. */
export function sniffRecords(
  bytes: number,
  sure: number,
  fits: (view: DataView, at: number) => boolean,
): (head: Uint8Array) => number {
  return (head) => {
    const share = likeRecords(head, bytes, fits);
    return share < 0.98 ? 0 : sure * share;
  };
}

function readRecords(
  format: RecordFormat,
  path: string,
  options: AccessOptions,
): MemorySource<Promise<MemoryMetadata>> {
  const source = async (rows: Parameters<MemorySource>[0]): Promise<MemoryMetadata> => {
    const accesses = new Accesses(path, rows, { ...options, coalesce: false }, true, "record"),
      reader = format.reader(path, accesses);
    rows.absent = () => (reader.instructions === 0 ? ["gap"] : []);
    const left = await eachRecord(path, format.bytes, (view, at, n) => reader.record(view, at, n), {
      many: format.many ?? false,
    });
    refuseLate(path, reader.instructions, rows.columns);
    const notes = [
      ...(reader.notes?.() ?? []),
      ...(left === 0
        ? []
        : [
            `the last ${left} bytes are no whole record of ${format.bytes} and were dropped: ` +
              "the recording was cut off",
          ]),
    ];
    return accesses.finish(
      format.name,
      notes,
      () => [...format.lost, ...absentNote(rows.columns)],
      format.origins,
    );
  };
  return Object.assign(source, { columns: format.columns });
}
