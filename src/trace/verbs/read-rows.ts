import { VERBS_COLUMNS, WIDTH } from "../../abi/columns.js";
import { OPCODES, VERBS } from "../../abi/verbs.js";
import type { BatchInfo, BatchLayout } from "../table/batch.js";
import { emptyRow, type VerbsRow } from "../table/rows.js";
import type { VerbsTrace } from "./verbs-trace.js";

/** Rows as objects, one at a time: convenient and slow. The replay reads the columns instead. */
export function* readRows(trace: VerbsTrace): Iterable<VerbsRow> {
  for (const { batch, layout, view } of trace.bodies()) yield* rowsOf(trace, batch, layout, view);
}

function* rowsOf(
  trace: VerbsTrace,
  batch: BatchInfo,
  layout: BatchLayout,
  view: DataView,
): Iterable<VerbsRow> {
  const at = (column: string, buffer: number, width: number, i: number): number =>
    layout.columns[column]![buffer]!.offset + width * i;
  const readers = VERBS_COLUMNS.filter((c) => WIDTH[c.type] > 0 && c.type !== "dict").map(
    ({ name, type }) => {
      const { offset } = layout.columns[name]![0]!;
      const read: Record<string, (i: number) => number | bigint> = {
        u8: (i) => view.getUint8(offset + i),
        u16: (i) => view.getUint16(offset + 2 * i, true),
        u32: (i) => view.getUint32(offset + 4 * i, true),
        u64: (i) => view.getBigUint64(offset + 8 * i, true),
      };
      return { name, read: read[type]! };
    },
  );
  const list = <T>(column: string, i: number, item: (k: number) => T): T[] => {
    const from = view.getInt32(at(column, 0, 4, i), true),
      to = view.getInt32(at(column, 0, 4, i + 1), true);
    return Array.from({ length: to - from }, (_, k) => item(from + k));
  };
  for (let i = 0; i < batch.rows; i++) {
    const row = emptyRow(VERBS[trace.verbRemap[view.getUint8(at("verb", 0, 1, i))]!]!);
    row.opcode = OPCODES[trace.opcodeRemap[view.getUint8(at("opcode", 0, 1, i))]!]!;
    for (const { name, read } of readers) (row as unknown as Record<string, number | bigint>)[name] = read(i);
    row.sge = list("sge", i, (k) => ({
      addr: view.getBigUint64(at("sge", 1, 8, k), true),
      length: view.getUint32(at("sge", 2, 4, k), true),
      lkey: view.getUint32(at("sge", 3, 4, k), true),
    }));
    row.runs = list("runs", i, (k) => ({
      page: view.getBigUint64(at("runs", 1, 8, k), true),
      frame: view.getBigUint64(at("runs", 2, 8, k), true),
      count: view.getUint32(at("runs", 3, 4, k), true),
    }));
    yield row;
  }
}
