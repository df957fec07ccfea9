import { it } from "vitest";
import { randomPath } from "../support/random/path.js";
import { randomMechanisms, randomPcieCoefficient, randomTestbed } from "../support/random/testbed.js";
import { randomTrace } from "../support/random/trace.js";
import { runOracle } from "./run.js";
it("stress", () => {
  let dead = 0, err = 0, assumed = 0, withA = 0, failed = 0, bind = 0, bindp = 0, rnr = 0, inj = 0, waits = 0, aw = 0;
  for (let seed = 1; seed <= 1500; seed++) {
    const { rows, partners } = randomTrace(seed, seed % 10 === 0 ? 1500 : 250);
    const d = randomPath(seed);
    failed += rows.filter((r) => r.verb === "poll_cq" && r.status !== 0).length;
    bind += rows.filter((r) => r.verb === "bind_mw").length; bindp += rows.filter((r) => r.opcode === "BIND_MW" && r.verb === "post_send").length;
    waits += rows.filter((r) => r.verb === "get_cq_event").length; aw += rows.filter((r) => r.await_writes > 0).length;
    try {
      const r = runOracle({ rows, partners, path: { documents: { [d.name]: d }, path: d.name, overrides: randomMechanisms(seed) }, testbed: randomTestbed(seed, [d]), pcieCoefQ16: randomPcieCoefficient(seed), think: seed % 2 ? "recorded" : "none" });
      if (r.deadlock) { dead++; console.log(seed, JSON.stringify(r.deadlock)); }
      const a = Number(r.counters["events.assumed"]); assumed += a; if (a) withA++;
      rnr += Number(r.counters["rnr.waits"]); inj += Number(r.counters["ops.injected"]);
    } catch (e) { err++; if (err < 8) console.log(seed, (e as Error).stack?.split("\n").slice(0, 4).join("\n")); }
  }
  console.log({ dead, err, assumed, withA, failed, bind, bindp, rnr, inj, waits, aw });
}, 600_000);
