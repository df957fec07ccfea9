import { settingsText } from "../../attribution/players.js";
import type { Attribution } from "../../attribution/result.js";
import { attributionWords } from "../attribution-words.js";
import { changeColumns, changedLayers, shareColumns } from "../columns/attribution.js";
import { terminalLines } from "../columns/column.js";
import { type Line, NAME, wrap } from "../lines.js";
import { safe } from "../safe-text.js";
import { signedPercent, signedValue, valueText } from "../signed.js";
import { toleranceText } from "./tolerance-text.js";

const CELL = 15;

/** An attribution for a person. */
export function attributionText(a: Attribution, width = 100): string {
  const out: string[] = [];
  const line: Line = (s = "") => void out.push(s.trimEnd());
  const { from, to, metric, combinations: c } = a,
    value = (x: number | string): string => valueText(Number(x), metric.unit);
  line(
    `${safe(a.trace.file)}${a.trace.memory_trace ? ` and ${safe(a.trace.memory_trace.file)}` : ""} ` +
      `on testbed ${safe(a.testbed.name)}: ${safe(from.path)} → ${safe(to.path)}`,
  );
  const relative =
    Number(from.value) > 0 ? `, ${signedPercent(Number(a.difference) / Number(from.value))}` : "";
  line(
    `${safe(metric.name)}: ${value(from.value)} → ${value(to.value)}: ` +
      `${signedValue(Number(a.difference), metric.unit)}${relative}`,
  );
  line();
  sentence(safe(attributionWords(a)), width, line);
  line();
  const method =
    a.method.kind === "exact"
      ? "exact over all orders in which they can be changed"
      : `estimated from ${a.method.orders} orders, seed ${a.method.seed}; ± is a 95 % confidence interval`;
  line(
    `Shares (Shapley values, ${method}; ${c.needed} combination${c.needed === 1 ? "" : "s"}, ` +
      (c.replayed === c.needed ? "each replayed" : `${c.replayed} replayed, the others take the same time`) +
      ")",
  );
  shares(a, line);
  line();
  layerTable(a, line);
  interactionTable(a, line);
  if (a.tolerance) toleranceText(a.tolerance, width, line);
  line("What rests on what");
  for (const note of [...a.notes, ...a.trace.notes]) wrap(safe(note), width, line);
  line();
  line(`digest ${a.digest}`);
  return `${out.join("\n")}\n`;
}

function sentence(text: string, width: number, line: Line): void {
  let current = "";
  for (const word of text.split(/ (?!%)/)) {
    if (current !== "" && current.length + 1 + word.length > width) {
      line(current);
      current = "";
    }
    current += current === "" ? word : ` ${word}`;
  }
  line(current);
}

function shares(a: Attribution, line: Line): void {
  const columns = shareColumns(a),
    sum = signedValue(Number(a.difference), a.metric.unit);
  const [head, ...rows] = terminalLines(columns, a.mechanisms);
  for (const text of [head!, ...rows]) line(text);
  const share = head!.indexOf("share") + "share".length;
  line(`sum${sum.padStart(share - "sum".length)}`);
  line(
    "(changed first: alone, on the path that it starts from; changed last: " +
      "when all others are changed already. Where they differ, mechanisms interact.)",
  );
}

function layerTable(a: Attribution, line: Line): void {
  const used = changedLayers(a);
  if (used.length === 0) return;
  line("What each mechanism changes in each layer (critical path of the whole run; rows sum exactly)");
  for (const text of terminalLines(changeColumns(a), used)) line(text);
  line();
}

function interactionTable(
  { mechanisms, interactions, points, metric, from, to }: Attribution,
  line: Line,
): void {
  if (!interactions || mechanisms.length < 2) return;
  if (mechanisms.length === 2) {
    const [a, b] = mechanisms as [Attribution["mechanisms"][number], Attribution["mechanisms"][number]];
    const at = (...changed: string[]): string =>
      valueText(
        Number(
          points.find(
            (p) => p.changed.length === changed.length && changed.every((c) => p.changed.includes(c)),
          )!.value,
        ),
        metric.unit,
      );
    const name = Math.max(NAME, a.from.length + a.name.length + 3, a.to.length + a.name.length + 3);
    const cell = Math.max(
      CELL,
      ...[b.from, b.to].map((v) => settingsText({ name: b.name, to: v }).length + 2),
    );
    line(`All four combinations (${safe(from.path)} is the first, ${safe(to.path)} the last)`);
    line(
      "".padEnd(name) +
        [b.from, b.to].map((v) => settingsText({ name: b.name, to: v }).padStart(cell)).join(""),
    );
    line(
      settingsText({ name: a.name, to: a.from }).padEnd(name) +
        `${at().padStart(cell)}${at(b.name).padStart(cell)}`,
    );
    line(
      settingsText({ name: a.name, to: a.to }).padEnd(name) +
        `${at(a.name).padStart(cell)}${at(a.name, b.name).padStart(cell)}`,
    );
    line(`interaction: ${signedValue(Number(interactions[0]!.value), metric.unit)}`);
    line();
    return;
  }
  const acting = mechanisms.filter((m) =>
    interactions.some((x) => (x.a === m.name || x.b === m.name) && Number(x.value) !== 0),
  );
  if (acting.length === 0) {
    line("No two mechanisms interact: each changes the same whatever the others are.");
    line();
    return;
  }
  line(
    "Interactions (Shapley interaction index: what two change together beyond " +
      "what each changes, averaged over all the others)",
  );
  line(
    `${"".padEnd(NAME)}${acting
      .slice(0, -1)
      .map((m) => m.name.slice(0, CELL - 1).padStart(CELL))
      .join("")}`,
  );
  acting.slice(1).forEach((m, i) => {
    const cells = acting
      .slice(0, i + 1)
      .map(
        (other) =>
          interactions.find(
            (x) => (x.a === m.name && x.b === other.name) || (x.a === other.name && x.b === m.name),
          )!,
      );
    line(
      m.name.slice(0, NAME - 1).padEnd(NAME) +
        cells.map((x) => signedValue(Number(x.value), metric.unit).padStart(CELL)).join(""),
    );
  });
  line();
}
