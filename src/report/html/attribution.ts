import { LAYERS } from "../../abi/layers.js";
import type { Attribution } from "../../attribution/result.js";
import type { Result } from "../../replay/result/document.js";
import { attributionWords } from "../attribution-words.js";
import { changeColumns, changedLayers } from "../columns/attribution.js";
import { pageTable } from "../columns/column.js";
import { signedValue, valueText } from "../signed.js";
import { attributionCharts } from "./charts/charts.js";
import { bullets, details, figure, table } from "./parts/elements.js";
import { type Markup, markup } from "./parts/markup.js";
import { joined } from "./parts/values.js";

/** What mechanisms make of the difference between two paths. */
export function attributionSection(a: Attribution, results: readonly Result[]): Markup {
  const { metric, combinations: c } = a,
    same = results.some((r) => r.trace.digest === a.trace.digest),
    bed = results.some((r) => r.testbed.name === a.testbed.name);
  const other =
    same && bed
      ? ""
      : markup`<p class="note"><span class="tag">Note</span>: this attribution is
        of ${same ? `testbed ${a.testbed.name}` : `trace ${a.trace.file}`}, which none of the results above is
        of.</p>`;
  const rows = LAYERS.filter((l) => a.layers[l] !== undefined || changedLayers(a).includes(l)),
    caption = "Critical path of the whole run; rows sum exactly",
    layers = { caption, ...pageTable(changeColumns(a), rows) };
  return markup`<section id="attribution" aria-labelledby="attribution-head">
    <h2 id="attribution-head">What makes the difference: ${a.from.path} → ${a.to.path}</h2>
    <p>${joined(attributionWords(a))}</p>
    <p class="note">${metric.name}: ${valueText(Number(a.from.value), metric.unit)}
    → ${valueText(Number(a.to.value), metric.unit)} (${signedValue(Number(a.difference), metric.unit)});
    ${a.trace.file} on testbed ${a.testbed.name}; ${c.needed} combinations of mechanisms, ${c.replayed}
    replayed.</p>${other}${attributionCharts(a).map((chart) => figure(chart, "attribution"))}
    ${rows.length > 0 ? details("What each mechanism changes in each layer", table(layers)) : ""}
    ${a.notes.length > 0 ? markup`<div class="assumed">${bullets(a.notes)}</div>` : ""}
    <p class="digest">digest ${a.digest}</p></section>`;
}
