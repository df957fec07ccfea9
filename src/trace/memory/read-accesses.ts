import { WIDTH } from "../../abi/columns.js";
import { MEMORY_COLUMNS } from "../../abi/memory.js";
import type { MemoryRow } from "./memory-rows.js";
import type { MemoryTrace } from "./memory-trace.js";

/** Rows as objects, one at a time: convenient and slow. The replay reads the columns instead. */
export function* readAccesses(trace: MemoryTrace): Iterable<MemoryRow> {
  const columns = MEMORY_COLUMNS.filter((c) => trace.columns.has(c.name));
  for (const { batch, view, at: start } of trace.bodies()) {
    const readers = columns.map(({ name, type }) => {
      const offset = start(name),
        width = WIDTH[type];
      const read = (i: number): number | bigint => {
        const at = offset + width * i;
        if (width === 8) return view.getBigUint64(at, true);
        if (width === 4) return view.getUint32(at, true);
        return width === 2 ? view.getUint16(at, true) : view.getUint8(at);
      };
      return { name, read };
    });
    for (let i = 0; i < batch.rows; i++) {
      const row: Record<string, number | bigint> = {};
      for (const { name, read } of readers) row[name] = read(i);
      yield row as unknown as MemoryRow;
    }
  }
}
