import { readContainer } from "../container/container.js";
import { bytesSource } from "../container/source.js";
import { VerbsBuilder } from "./columns-builder.js";
import { readRows } from "./read-rows.js";
import { VerbsTrace } from "./verbs-trace.js";
import { encodeVerbs } from "./write.js";

/**
 * The trace as if each thread had ended early: of thread i of `whole.threads` the first `kept[i]` rows, in
 * their order. It is held in memory; names and metadata are those of the whole.
 */
export function cutTrace(whole: VerbsTrace, kept: readonly number[]): VerbsTrace {
  const left = new Map(whole.threads.map(([node, tid], i) => [`${node}/${tid}`, kept[i]!]));
  const builder = new VerbsBuilder();
  for (const row of readRows(whole)) {
    const key = `${row.node}/${row.tid}`,
      rows = left.get(key) ?? 0;
    if (rows === 0) continue;
    left.set(key, rows - 1);
    builder.add(row);
  }
  const source = bytesSource(whole.path, encodeVerbs(builder, whole.metadata));
  return new VerbsTrace(source, readContainer(source));
}
