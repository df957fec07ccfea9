import type { Comparison } from "../../compare/compare.js";
import type { Difference } from "../../compare/differences.js";
import { markdownLines } from "../columns/column.js";
import { differenceColumns, verdictColumns } from "../columns/differences.js";
import { folded, pairText } from "../compare-values.js";
import { markdownCode as code } from "../safe-text.js";
import { HEADINGS } from "./compare-text.js";

const SHOWN = 40;
/** A comparison for a pull request: a small table, details folded. */
export function compareMarkdown(c: Comparison): string {
  const out: string[] = [
    `### verbscope: ${c.exceeded ? "over budget" : c.same ? "nothing differs" : "differences"}`,
    "",
  ];
  const verdicts = c.pairs.flatMap((p) => p.budgets.map((v) => ({ p, v }))),
    broken = verdicts.filter(({ v }) => v.exceeded);
  if (verdicts.length > 0) out.push(`${broken.length} of ${verdicts.length} checks exceed their budget.`, "");
  if (broken.length > 0) out.push(...markdownLines(verdictColumns(code), broken), "");
  out.push(...markdownLines(differenceColumns("path", code), c.pairs.map(makespans)), "");
  for (const p of c.pairs) {
    if (p.differences.length === 0) continue;
    out.push(
      "<details>",
      `<summary>${code(pairText(p))}: ${p.differences.length} quantities differ</summary>`,
      "",
    );
    for (const kind of Object.keys(HEADINGS) as Difference["kind"][]) {
      const all = folded(p.differences.filter((d) => d.kind === kind));
      if (all.length === 0) continue;
      out.push(...markdownLines(differenceColumns(HEADINGS[kind], code), all.slice(0, SHOWN)));
      if (all.length > SHOWN) out.push("", `and ${all.length - SHOWN} smaller ones`);
      out.push("");
    }
    out.push("</details>", "");
  }
  out.push(
    `Base ${code(c.base.file)}: ${code(c.base.trace)} on ${code(c.base.testbed)}; ` +
      `new ${code(c.new.file)}: ${code(c.new.trace)} on ${code(c.new.testbed)}.`,
  );
  for (const t of c.testbed)
    out.push(`Testbed ${code(t.name)}: ${code(t.base)} → ${code(t.new)} ${code(t.unit)}.`);
  for (const note of c.notes) out.push(`Note: ${code(note)}.`);
  return `${out.join("\n")}\n`;
}

function makespans(p: Comparison["pairs"][number]): Difference {
  const { base, new: now } = p.makespan_ps,
    difference = BigInt(now) - BigInt(base);
  const percent = Number(base) === 0 ? null : (100 * Number(difference)) / Number(base);
  return {
    kind: "total",
    name: pairText(p),
    unit: "ps",
    base,
    new: now,
    difference: String(difference),
    percent,
  };
}
