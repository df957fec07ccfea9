import type { Explanation, ValueUsed, Way } from "../../explain/result.js";
import type { Sources } from "../../sources/load.js";
import { inert, timeText } from "../bars.js";
import { hanging, type Line } from "../lines.js";
import { safe } from "../safe-text.js";
import { annotated } from "../text/source-text.js";
import { digits } from "./digits.js";
import { columnsOf, type Page, table, threadText, total } from "./parts-text.js";

/** No wider than a page of prose: what stands beside the numbers is read. */
const WIDEST = 110;

/** An explanation for a person; `sources` names the publications behind what is cited. */
export function explanationText(e: Explanation, sources: Sources, width = WIDEST): string {
  const out: string[] = [];
  const line: Line = (s = "") => void out.push(safe(s).trimEnd());
  const page: Page = { e, width: Math.min(width, WIDEST), line, columns: columnsOf(e) };
  head(page);
  if (e.completion) {
    const { polled } = e.completion;
    line();
    table(page, e.completion, 0);
    sum(page, "completion", "post_send", e.completion);
    if (polled)
      text(
        page,
        `Its latency ends here; ${threadText(e, polled.thread)} has ` +
          `polled it at ${digits(polled.end_ps)} ps.`,
        2,
      );
  }
  if (e.message) {
    const { shared } = e.message;
    line();
    text(
      page,
      shared > 0
        ? `Its message, to the end of the receiver's poll. The first ${shared} parts are those above; then:`
        : "Its message, to the end of the receiver's poll:",
    );
    table(page, e.message, shared);
    sum(page, "message", "message", e.message);
  }
  if ([e.completion, e.message].some((way) => way?.parts.some((p) => p.one_packet))) {
    line();
    text(page, "One packet's time: the rest of the burst moves while the stage before or behind is at work.");
  }
  line();
  values(page, sources);
  line();
  steps(page, sources);
  return `${out.join("\n")}\n`;
}

const text = ({ width, line }: Page, words: string, indent = 0, first = ""): void =>
  hanging(first.padEnd(indent), words, width, line);

function head(page: Page): void {
  const { e } = page,
    { operation: o } = e,
    row = o.row === null ? "" : ` (row ${o.row} of the trace)`;
  text(page, `${inert(e.trace.file)} on path ${inert(e.path)}, testbed ${inert(e.testbed.name)}`);
  text(page, `operation ${o.number}${row}: ${o.opcode} of ${digits(o.bytes)} bytes, queue pair ${o.qp}`);
  text(page, `posted by ${o.thread ? threadText(e, o.thread) : "the simulated peer"}`);
  text(page, `(${inert(e.chosen)})`);
  text(
    page,
    `Its call begins ${digits(o.start_ps)} ps (${timeText(Number(o.start_ps))}) into the replay` +
      `${o.call_ps === null ? "" : ` and takes ${digits(o.call_ps)} ps`}; all times are ps from there.`,
  );
}

function sum(page: Page, what: string, verb: string, way: Way): void {
  const { columns, line } = page,
    waited = digits(total(way.wait)),
    cost = digits(total(way.service)),
    latency = digits(way.latency_ps);
  line(
    `${latency.padStart(columns.start)}${waited.padStart(columns.wait)}${cost.padStart(columns.cost)}  ` +
      `the ${what}, in ${way.parts.length} parts`,
  );
  text(
    page,
    `Check: ${waited} + ${cost} = ${latency} ps, ` +
      `which is what an ordinary replay accounts for it under ${verb}.`,
    2,
  );
}

function values(page: Page, sources: Sources): void {
  const { e } = page,
    rows = e.values.map((v) => [v.name, valueText(v), rangeText(v)] as const),
    widths = [0, 1, 2].map((i) => 2 + Math.max(...rows.map((r) => r[i]!.length))),
    indent = 2 + widths.reduce((a, b) => a + b, 0);
  page.line(`Values of testbed ${inert(e.testbed.name)}, with the range of each`);
  e.values.forEach(({ source, confidence }, i) =>
    text(
      page,
      `${annotated(inert(source), sources)}${confidence === null ? "" : ` (${confidence})`}`,
      indent,
      `  ${rows[i]!.map((cell, k) => inert(cell).padEnd(widths[k]!)).join("")}`,
    ),
  );
  text(
    page,
    `A byte takes ${digits(e.rates.pcie)} / 65 536 ps on PCIe and ` +
      `${digits(e.rates.link)} / 65 536 ps on the ` +
      "link; costs are rounded down to whole ps.",
    2,
  );
}
const valueText = ({ value, unit }: ValueUsed): string =>
  unit === "name" || unit === "count" ? `${value}` : `${value} ${unit}`;
const rangeText = ({ low, high }: ValueUsed): string => (low === high ? "" : `${low} to ${high}`);

function steps(page: Page, sources: Sources): void {
  const { e } = page,
    id = 2 + Math.max(0, ...e.steps.map((s) => s.id.length)),
    program = 2 + Math.max(0, ...e.steps.map((s) => s.program.length));
  page.line(`Steps of path ${inert(e.path)}`);
  for (const s of e.steps)
    text(
      page,
      `${inert(s.basis)}: ${annotated(inert(s.source), sources)}`,
      2 + program + id,
      `  ${s.program.padEnd(program)}${inert(s.id).padEnd(id)}`,
    );
}
