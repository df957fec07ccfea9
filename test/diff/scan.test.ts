import { it } from "vitest";
import { differ } from "./random.test.js";
it("scan", () => {
  let bad = 0;
  for (let s = Number(process.env.A ?? 1); s < Number(process.env.B ?? 300) && bad < Number(process.env.M ?? 8); s++) {
    let d: string[] = [];
    try { d = differ(s); } catch (e) { d = ["THROW " + (e as Error).stack?.split("\n").slice(0, 4).join(" | ")]; }
    if (d.length) { bad++; console.log(s, d.length, d.slice(0, 5).join("\n     ")); }
  }
  console.log("bad", bad);
}, 600000);
