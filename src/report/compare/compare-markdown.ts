import type { Comparison } from "../../compare/compare.js";
import type { Difference } from "../../compare/differences.js";
import { markdownCode as code } from "../safe-text.js";
import { HEADINGS } from "./compare-text.js";
import { differenceText, folded, pairText, percentText, quantityText } from "./compare-values.js";

const SHOWN = 40;
const row = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;
const head = (cells: readonly string[]): string[] => [
  row(cells),
  row(cells.map((_, i) => (i === 0 ? "---" : "---:"))),
];

/** A comparison for a pull request: a small table, details folded. */
export function compareMarkdown(c: Comparison): string {
  const out: string[] = [
    `### verbscope: ${c.exceeded ? "over budget" : c.same ? "nothing differs" : "differences"}`,
    "",
  ];
  const verdicts = c.pairs.flatMap((p) => p.budgets.map((v) => ({ p, v }))),
    broken = verdicts.filter(({ v }) => v.exceeded);
  if (verdicts.length > 0) out.push(`${broken.length} of ${verdicts.length} checks exceed their budget.`, "");
  if (broken.length > 0) {
    out.push(...head(["budget", "path", "quantity", "base", "new", "worse by"]));
    for (const { p, v } of broken)
      out.push(
        row([
          code(v.budget),
          code(pairText(p)),
          code(v.quantity),
          quantityText(v.base, v.unit),
          quantityText(v.new, v.unit),
          `${differenceText(v.worse, v.unit)}${v.percent === null ? "" : ` (${percentText(v.percent)})`}`,
        ]),
      );
    out.push("");
  }
  out.push(...head(["path", "base", "new", "difference", ""]));
  for (const p of c.pairs) {
    const difference = BigInt(p.makespan_ps.new) - BigInt(p.makespan_ps.base),
      base = Number(p.makespan_ps.base);
    out.push(
      row([
        code(pairText(p)),
        quantityText(p.makespan_ps.base, "ps"),
        quantityText(p.makespan_ps.new, "ps"),
        differenceText(String(difference), "ps"),
        base === 0 ? "" : percentText((100 * Number(difference)) / base),
      ]),
    );
  }
  out.push("");
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
      out.push(...head([HEADINGS[kind], "base", "new", "difference", ""]));
      for (const d of all.slice(0, SHOWN))
        out.push(
          row([
            code(d.name),
            quantityText(d.base, d.unit),
            quantityText(d.new, d.unit),
            differenceText(d.difference, d.unit),
            percentText(d.percent),
          ]),
        );
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
