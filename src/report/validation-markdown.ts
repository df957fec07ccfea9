import type { Verdict } from "../validate/summary.js";
import type { Validation } from "../validate/validate.js";
import { safe } from "./safe-text.js";
import {
  errorOf,
  figure,
  freezeOf,
  groupName,
  groups,
  medianOf,
  share,
  toleranceOf,
} from "./validation-words.js";

const WORST = 5;
const cell = (text: string): string => safe(text).replaceAll("|", "\\|");
const row = (cells: readonly string[]): string => `| ${cells.map(cell).join(" | ")} |`;
const table = (head: readonly string[], rows: readonly (readonly string[])[]): string[] => [
  row(head),
  `|${head.map(() => " --- |").join("")}`,
  ...rows.map(row),
  "",
];

/** The validation as a page (docs/validation.md). */
export function validationMarkdown(v: Validation, command: string): string {
  const out = [
    "# Validation",
    "",
    `Produced by \`${command}\`. ${freezeOf(v) ?? "Nothing is fitted to these points."}`,
    "",
    "## Summary",
    "",
  ];
  out.push(
    ...table(
      ["points", "within tolerance", "median error", "worst misses"],
      groups(v).map((g) => [
        groupName(g),
        share(g),
        medianOf(g),
        g.missed.slice(0, WORST).join(", ") || "none",
      ]),
    ),
  );
  out.push(
    "The error is model / published − 1; the median is of its size. " +
      "An upper bound that holds counts as no error.",
    "",
  );
  for (const { group } of v.summary.areas) {
    const of = v.verdicts.filter((d) => d.point.area === group);
    out.push(
      `## ${cell(group[0]!.toUpperCase() + group.slice(1))}`,
      "",
      ...table(
        ["point", "tier", "what", "on", "model", "published", "error", "allowed", "verdict"],
        of.map(line),
      ),
    );
    const missed = of.filter((d) => !d.within),
      read = of.filter((d) => d.within && d.point.note !== undefined);
    if (missed.length > 0)
      out.push(
        "Missed:",
        ...missed.map(
          (d) =>
            `* **${cell(d.point.id)}** (${errorOf(d)}): ` +
            `${cell(d.point.note ?? "no reason is given in the document of points")}`,
        ),
        "",
      );
    if (read.length > 0)
      out.push(
        "How others were understood:",
        ...read.map((d) => `* ${cell(d.point.id)}: ${cell(d.point.note!)}`),
        "",
      );
  }
  if (v.left_out.length > 0)
    out.push(
      "## Left out",
      "",
      "The model cannot express these.",
      "",
      ...table(
        ["figure", "what", "why"],
        v.left_out.map((l) => [l.id, l.what, l.reason]),
      ),
    );
  out.push(
    "## Sources",
    "",
    ...[...new Set(v.verdicts.map((d) => d.point.source))].sort().map(
      (s) =>
        `* ${cell(s)}: ${v.verdicts
          .filter((d) => d.point.source === s)
          .map((d) => d.point.id)
          .join(", ")}`,
    ),
    "",
  );
  return out.join("\n");
}

function line(d: Verdict): string[] {
  const p = d.point,
    against = p.against === undefined ? "" : ` against ${p.against}`,
    scale = p.scale ? `, times ${p.scale.by} (${p.scale.source})` : "";
  return [
    p.id,
    String(p.tier),
    p.what,
    `${p.testbed}${p.path === undefined ? "" : `, ${p.path}`}${against}${scale}`,
    `${figure(d.model)} ${p.unit}`,
    `${figure(p.expected)} ${p.unit}`,
    errorOf(d),
    toleranceOf(p.tolerance),
    d.within ? "within" : "**missed**",
  ];
}
