import { VERBS_COLUMNS, WIDTH } from "../../abi/columns.js";
import { readContainer } from "../container/container.js";
import { bytesSource } from "../container/source.js";
import { ListColumn, newValues, type Values, valuesAt } from "../table/columns.js";
import { encodeMetadata, type ThreadRows } from "../table/metadata.js";
import type { BatchBody } from "../table/table-trace.js";
import { type ColumnBatch, collect, TableWriter } from "../table/table-writer.js";
import { CHILDREN, TABLES } from "../table/tables.js";
import { VerbsTrace } from "./verbs-trace.js";

const COLUMNS = new Map(VERBS_COLUMNS.map((c) => [c.name, c]));

/** A thread as one number: ids are unique within a node. */
export const threadKey = (node: number, tid: number): number => node * 2 ** 32 + tid;

/**
 * The trace as if each thread had ended early: of thread i of `whole.threads` the first `kept[i]` rows, in
 * their order. It is held in memory; names and metadata are those of the whole.
 */
export function cutTrace(whole: VerbsTrace, kept: readonly number[]): VerbsTrace {
  const threads = whole.threads
    .map(([node, tid], i): ThreadRows => [node, tid, kept[i]!])
    .filter(([, , rows]) => rows > 0);
  const left = new Map(threads.map(([node, tid, rows]) => [threadKey(node, tid), rows]));
  const bytes = collect((sink) => {
    const metadata = (): Map<string, string> => encodeMetadata("verbs", whole.metadata, { threads });
    const writer = new TableWriter(TABLES.verbs, new Set(COLUMNS.keys()), metadata, {}, sink);
    for (const body of whole.bodies()) {
      const rows = keptRows(body, left);
      if (rows.length > 0) writer.write(picked(whole, body, rows));
    }
    writer.close();
  });
  const source = bytesSource(whole.path, bytes);
  return new VerbsTrace(source, readContainer(source));
}

/** Rows of a batch that are kept; counts them off. */
function keptRows({ batch, view, at }: BatchBody, left: Map<number, number>): number[] {
  const nodes = at("node"),
    tids = at("tid"),
    rows: number[] = [];
  for (let i = 0; i < batch.rows; i++) {
    const key = threadKey(view.getUint16(nodes + 2 * i, true), view.getUint32(tids + 4 * i, true)),
      more = left.get(key) ?? 0;
    if (more === 0) continue;
    left.set(key, more - 1);
    rows.push(i);
  }
  return rows;
}

/** These rows of a batch, with the words of dictionary columns as the table numbers them. */
function picked(whole: VerbsTrace, { body, layout }: BatchBody, rows: readonly number[]): ColumnBatch {
  const stored = (column: string, buffer: number, width: number): Values => {
    const { offset, length } = layout.columns[column]![buffer]!;
    return valuesAt(width, body.buffer, offset, Math.floor(length / width));
  };
  const flat = (name: string, width: number): Values => {
    const from = stored(name, 0, width),
      to = newValues(width, rows.length);
    for (let i = 0; i < rows.length; i++) to[i] = from[rows[i]!]!;
    return to;
  };
  const worded = (name: string): Values => {
    const ids = whole.ids(name),
      to = flat(name, 1);
    for (let i = 0; i < to.length; i++) to[i] = ids[to[i] as number]!;
    return to;
  };
  const list = (name: "sge" | "runs"): ListColumn => {
    const { widths } = CHILDREN[name],
      offsets = stored(name, 0, 4),
      children = widths.map((width, k) => stored(name, 1 + k, width)),
      to = new ListColumn(rows.length, widths);
    rows.forEach((row, i) => {
      const first = Number(offsets[row]),
        n = Number(offsets[row + 1]) - first;
      to.reserve(n);
      children.forEach((from, k) => to.children[k]!.set(from.subarray(first, first + n) as never, to.length));
      to.length += n;
      to.offsets[i + 1] = to.length;
    });
    return to;
  };
  return {
    rows: rows.length,
    values: (name) => {
      if (name === "sge" || name === "runs") return list(name);
      const { type } = COLUMNS.get(name)!;
      return type === "dict" ? worded(name) : flat(name, WIDTH[type]);
    },
  };
}
