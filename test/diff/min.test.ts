import { it } from "vitest";
import { randomTrace } from "../support/random/trace.js";
import { randomTestbed } from "../support/random/testbed.js";
import { choiceOf } from "./random.test.js";
import { compare, traceOf } from "./compare.js";
it("min", () => {
  const seed = Number(process.env.S);
  const choice = choiceOf(seed); const full = randomTrace(seed, 20 + (seed * 37) % 160);
  const testbed = randomTestbed(seed, Object.values(choice.documents) as never) as never;
  const diff = (rows: typeof full.rows) => { try { return compare(traceOf(rows, 64), rows, choice, testbed, seed % 4 === 0, full.partners); } catch (e) { return []; } };
  let rows = full.rows;
  for (let n = 1; n <= rows.length; n++) if (diff(rows.slice(0, n)).length) { rows = rows.slice(0, n); break; }
  for (let pass = 0; pass < 3; pass++) for (let i = rows.length - 1; i >= 0; i--) { const t = rows.filter((_, k) => k !== i); if (diff(t).length && !diff(t)[0]!.startsWith("core:")&& !diff(t)[0]!.startsWith("oracle")) rows = t; }
  rows.forEach((r, i) => console.log(i, `n${r.node} t${r.tid} c${r.call}`, r.verb, "qp", r.qp, "wr", r.wr_id, r.opcode, "f", r.flags, "L", r.length, "sge", r.sge.map((s) => s.length + "@" + s.lkey).join("+"), "st", r.status, "cq", r.cq, "ty", r.qp_type, "mrd", r.max_rd_atomic,"aw",r.await_writes));
  console.log(choice.path, JSON.stringify(choice.overrides), [...full.partners].join(" "));
  console.log(diff(rows).join("\n"));
}, 600000);
