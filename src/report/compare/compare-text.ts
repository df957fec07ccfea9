import type { Verdict } from "../../compare/budget.js";
import type { Comparison } from "../../compare/compare.js";
import type { Difference } from "../../compare/differences.js";
import { terminalLines } from "../columns/column.js";
import { differenceColumns } from "../columns/differences.js";
import { folded, pairText, verdictText } from "../compare-values.js";
import type { Line } from "../lines.js";
import { safe } from "../safe-text.js";

const SHOWN: Record<Difference["kind"], number> = { total: 20, layer: 32, operation: 16, counter: 16 };
export const HEADINGS: Record<Difference["kind"], string> = {
  total: "whole run",
  layer: "layers (critical path)",
  operation: "operations (latency)",
  counter: "counters",
};

/** A comparison for a terminal: what broke a budget first. */
export function compareText(c: Comparison): string {
  const out: string[] = [];
  const line: Line = (s = "") => void out.push(s.trimEnd());
  for (const p of c.pairs)
    for (const v of p.budgets) if (v.exceeded) line(`EXCEEDED ${safe(pairText(p))}: ${safe(verdictText(v))}`);
  if (c.exceeded) line();
  line(`base ${safe(c.base.file)}: ${safe(c.base.trace)} on ${safe(c.base.testbed)}`);
  line(`new  ${safe(c.new.file)}: ${safe(c.new.trace)} on ${safe(c.new.testbed)}`);
  for (const t of c.testbed)
    line(`testbed ${safe(t.name)}: ${safe(t.base)} → ${safe(t.new)} ${safe(t.unit)}`);
  for (const note of c.notes) line(`note: ${safe(note)}`);
  const kept = c.pairs.flatMap((p) =>
    keptLines(p.budgets).map((text) => `kept ${safe(pairText(p))}: ${safe(text)}`),
  );
  if (kept.length > 0) line();
  for (const k of kept) line(k);
  line();
  if (c.same) {
    line(
      `nothing differs: ${c.pairs.length} ` +
        `replay${c.pairs.length === 1 ? "" : "s"} with equal totals, layers, ` +
        "operations and counters",
    );
    return `${out.join("\n")}\n`;
  }
  for (const p of c.pairs) {
    line(`${safe(pairText(p))}${p.differences.length === 0 ? ": nothing differs" : ""}`);
    for (const kind of Object.keys(HEADINGS) as Difference["kind"][])
      table(
        p.differences.filter((d) => d.kind === kind),
        kind,
        line,
      );
    line();
  }
  return `${out.join("\n").trimEnd()}\n`;
}

/** A line for each budget that holds; `layer=…` holds for many. */
function keptLines(verdicts: readonly Verdict[]): string[] {
  const held = new Map<string, Verdict[]>();
  for (const v of verdicts) if (!v.exceeded) held.set(v.budget, [...(held.get(v.budget) ?? []), v]);
  return [...held].map(([budget, list]) =>
    list.length === 1 ? verdictText(list[0]!) : `${list.length} layers, budget ${budget} each`,
  );
}

function table(differences: readonly Difference[], kind: Difference["kind"], line: Line): void {
  if (differences.length === 0) return;
  const all = folded(differences);
  const shown = all.slice(0, SHOWN[kind]);
  for (const text of terminalLines(differenceColumns(HEADINGS[kind], safe), shown)) line(`  ${text}`);
  if (all.length > shown.length) line(`  … and ${all.length - shown.length} smaller ones (--format json)`);
}
