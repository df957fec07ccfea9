import { NO_ID } from "../../abi/columns.js";
import { VERB_ID } from "../../abi/verbs.js";
import type { VerbsTrace } from "../../trace/read.js";
import type { QpEndpoint } from "../../trace/verbs/pairs.js";
import { BatchView } from "./batch-view.js";
import type { Stop } from "./stops.js";

const UD = 2;
const isConnected = (q: QpEndpoint): boolean => q.type !== UD && q.dest !== NO_ID;

/**
 * QPs without a partner whose peer the trace should hold: it ended before it connected that one. Of nodes
 * that cannot be matched these are all; else those that name a QP of another node which was created, and
 * neither connected nor destroyed (`open`). Others belong to a machine that was not recorded.
 */
export function cutOff(
  qps: readonly QpEndpoint[],
  partners: Int32Array,
  open: readonly number[],
  matched: boolean,
): Set<number> {
  const key = (node: number, type: number, number: number): string => `${node}/${type}/${number}`;
  const waiting = new Set(
    open
      .map((i) => qps[i]!)
      .filter((q) => q.type !== UD && q.dest === NO_ID)
      .map((q) => key(q.node, q.type, q.qpn)),
  );
  const nodes = new Set(qps.map((q) => q.node));
  const awaited = (q: QpEndpoint): boolean =>
    waiting.size > 0 && [...nodes].some((n) => n !== q.node && waiting.has(key(n, q.type, q.dest)));
  return new Set(
    qps.flatMap((q, i) => (isConnected(q) && partners[i] === -1 && (!matched || awaited(q)) ? [i] : [])),
  );
}

/**
 * The first row of each thread that needs the peer of such a QP: a post_send, a completion, or an event of a
 * CQ that no other QP uses. Calls that set up and post_recv need none.
 */
export function usesOf(trace: VerbsTrace, qps: readonly QpEndpoint[], cut: ReadonlySet<number>): Stop[] {
  const stops = new Map<string, Stop>(),
    qpByKey = new Map<string, number>(),
    ofCq = new Map<string, number[]>();
  let created = 0;
  for (const { batch, body, layout, at } of trace.bodies()) {
    const view = new BatchView(body, layout),
      verbs = at("verb");
    for (let row = 0; row < batch.rows; row++) {
      const verb = trace.verbRemap[body[verbs + row]!]!;
      const where = `${view.u16("node", row)}/${view.u32("ctx", row)}/`,
        ok = view.u16("status", row) === 0;
      let needs = false;
      if (verb === VERB_ID.create_qp && ok) {
        qpByKey.set(where + view.u32("qp", row), created);
        for (const column of ["cq", "rcq"]) {
          const cq = where + view.u32(column, row);
          const users = ofCq.get(cq);
          if (users) users.push(created);
          else ofCq.set(cq, [created]);
        }
        created++;
      } else if (verb === VERB_ID.poll_cq || (verb === VERB_ID.post_send && ok))
        needs = cut.has(qpByKey.get(where + view.u32("qp", row)) ?? -1);
      else if (verb === VERB_ID.get_cq_event && ok) {
        const users = ofCq.get(where + view.u32("cq", row)) ?? [];
        needs = users.some((i) => cut.has(i)) && users.every((i) => cut.has(i) || qps[i]!.dest === NO_ID);
      }
      const thread = `${view.u16("node", row)}/${view.u32("tid", row)}`;
      if (needs && !stops.has(thread))
        stops.set(thread, {
          row: batch.firstRow + row,
          why: "the other side ends before it connects the QP that this needs",
        });
    }
  }
  return [...stops.values()];
}
