import { it } from "vitest";
import { randomTrace } from "../support/random/trace.js";
it("dump", () => { const seed = Number(process.env.S); const { rows } = randomTrace(seed, 20 + (seed * 37) % 160);
 rows.forEach((r, i) => { if (process.env.Q && r.qp !== Number(process.env.Q)) return; console.log(i, `n${r.node} t${r.tid} c${r.call}`, r.verb, "qp", r.qp, "wr", r.wr_id, r.opcode, "f", r.flags, "L", r.length, "st", r.status, "cq", r.cq, "await", r.await_writes); }); });
