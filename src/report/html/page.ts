import { type Result, rowsLeftOut } from "../../replay/result/document.js";
import { assumptions } from "./assumptions.js";
import { attributionSection } from "./attribution.js";
import { selfCheckSection, uncertaintySection } from "./certainty.js";
import { memoryCharts, type ReportOptions, sizeCharts, timeCharts } from "./charts/charts.js";
import { layerTable } from "./layers.js";
import { memorySection } from "./memory.js";
import { countersTable, operationsTable } from "./operations.js";
import { complete } from "./parts/complete.js";
import { figure } from "./parts/elements.js";
import { Markup, markup, NOTHING } from "./parts/markup.js";
import { count, list, plural } from "./parts/values.js";
import { contentPolicy } from "./policy.js";
import { STYLE } from "./style.js";
import { summary } from "./summary.js";

/** One page of results: no scripts, nothing from elsewhere. The same results give the same bytes. */
export function htmlReport(results: readonly Result[], options: ReportOptions = {}): string {
  results.forEach(complete);
  const title =
      options.title ??
      (results.length === 1
        ? `verbscope: ${results[0]!.trace.file}`
        : `verbscope: ${results.length} results`),
    sizes = sizeCharts(results),
    { attribution } = options;
  const bySize =
    sizes.length > 0
      ? markup`<section id="sizes" aria-labelledby="sizes-head"><h2 id="sizes-head">By message size</h2>
        ${sizes.map((c) => figure(c, "sizes"))}</section>`
      : NOTHING;
  const several = results.length > 1;
  const digests = results.map(
    (r, i) =>
      markup`<p>${several ? `Result ${i + 1}: ` : "Result "}<span class="digest">${r.digest}</span>,
        ${r.tool.name} ${r.tool.version} (ABI ${r.tool.abi})</p>`,
  );
  const body = markup`<a class="skip" href="#results">Skip to the results</a>
    <header><h1>${title}</h1><p class="sub">Verbs and memory accesses, replayed through I/O paths; each
    picosecond is attributed to a layer.</p>
    ${index(results, sizes.length > 0, attribution !== undefined)}</header>
    <main id="results">${several ? bySize : ""}
    ${results.map((r, i) => section(r, i, results.length))}${several ? "" : bySize}
    ${attribution ? attributionSection(attribution, results) : ""}</main>
    <footer>${digests}</footer>`;
  return `<!DOCTYPE html>
${
  markup`<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${new Markup(contentPolicy(STYLE))}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>${title}</title>
<link rel="icon" href="data:,">
<style>${new Markup(STYLE)}</style>
</head>
<body>
${body}
</body>
</html>
`.text
}`;
}

const paths = (r: Result): string => list(r.replays.map((p) => p.path));
function index(results: readonly Result[], sizes: boolean, attribution: boolean): Markup {
  if (results.length < 2 && !attribution) return NOTHING;
  const of = results.map(
    (r, i) =>
      markup`<li><a href="#r${i + 1}">
        ${results.length > 1 ? `Result ${i + 1}` : "What was replayed"}: ${r.trace.file}
        </a> <span class="note">on ${r.testbed.name}: ${paths(r)}</span></li>`,
  );
  return markup`<nav aria-label="Sections"><ul>
    ${sizes && results.length > 1 ? markup`<li><a href="#sizes">By message size</a></li>` : ""}${of}
    ${attribution ? markup`<li><a href="#attribution">What makes the difference</a></li>` : ""}</ul></nav>`;
}

function section(result: Result, i: number, of: number): Markup {
  const id = `r${i + 1}`,
    memory = memoryCharts(result);
  const name = of > 1 ? `Result ${i + 1}: ${result.trace.file}` : "What was replayed";
  return markup`<section id="${id}" aria-labelledby="${id}-head"><h2 id="${id}-head">${name}</h2>
    ${facts(result)}${summary(result)}
    ${timeCharts(result).map((c) => figure(c, id))}${memory.map((c) => figure(c, id))}
    ${layerTable(result.replays)}${operationsTable(result.replays)}${countersTable(result.replays)}
    ${memorySection(result.trace.memory)}${uncertaintySection(result)}${selfCheckSection(result)}
    ${assumptions(result)}</section>`;
}

function facts({ trace: t, testbed, replays, digest }: Result): Markup {
  const m = t.memory_trace;
  const rows: [string, Markup | string][] = [
    [
      "trace",
      markup`${t.file} <span class="note">(
        ${t.schema}; ${plural(t.nodes, "node")}, ${plural(t.threads, "thread")})</span>`,
    ],
    ["trace digest", markup`<span class="digest">${t.digest}</span>`],
    [
      "rows",
      `${count(t.rows)} = ${count(t.replayed)} replayed + ` +
        `${count(t.spin)} spin + ${count(t.refused)} refused` +
        (t.left_out ? ` + ${count(rowsLeftOut(t))} left out` : ""),
    ],
    ...(m
      ? [
          [
            "memory trace",
            markup`${m.file}: ${count(m.rows)} rows = ${count(m.replayed)} replayed
              + ${count(m.refused)} refused; <span class="digest">${m.digest}</span>`,
          ] as [string, Markup],
        ]
      : []),
    ["paths", list(replays.map((r) => r.path))],
    ["testbed", markup`${testbed.name}: ${testbed.title}`],
    ["result digest", markup`<span class="digest">${digest}</span>`],
  ];
  return markup`<dl class="facts">${rows.map(([k, v]) => markup`<dt>${k}</dt><dd>${v}</dd>`)}</dl>`;
}
