/** The page's style sheet. Nothing in it comes from a result; the page's policy names its hash. */
export const STYLE = `
:root {
  color-scheme: light dark;
  --page: #ffffff;
  --text: #1b1b1b;
  --muted: #595959;
  --grid: #d9d9d9;
  --edge: #767676;
  --panel: #f5f6f7;
  --link: #0b57a4;
  --mark: #8a4b00;
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #16191d;
    --text: #e9e9e9;
    --muted: #b0b4b9;
    --grid: #343a41;
    --edge: #8d949c;
    --panel: #1e2328;
    --link: #8fc2ff;
    --mark: #f0b35a;
  }
}
* { box-sizing: border-box; }
html {
  background: var(--page);
  color: var(--text);
  font: 16px/1.5 system-ui, -apple-system, "Segoe UI", Helvetica, Arial, sans-serif;
  -webkit-text-size-adjust: 100%;
}
body {
  margin: 0 auto;
  max-width: 68rem;
  padding: 1rem clamp(0.75rem, 4vw, 2.5rem) 3rem;
  overflow-wrap: anywhere;
}
a { color: var(--link); }
.skip { position: absolute; left: -100rem; }
.skip:focus { position: static; }
h1 { font-size: 1.75rem; line-height: 1.2; margin: 0.5rem 0; }
h2 {
  font-size: 1.35rem;
  line-height: 1.25;
  margin: 2.5rem 0 0.75rem;
  padding-top: 0.75rem;
  border-top: 1px solid var(--grid);
}
h3 { font-size: 1.1rem; line-height: 1.3; margin: 1.75rem 0 0.25rem; }
p { margin: 0.5rem 0; max-width: 46rem; }
ul { margin: 0.5rem 0; padding-left: 1.25rem; max-width: 46rem; }
.note, .sub { color: var(--muted); font-size: 0.9rem; }
code, .digest {
  font-family: ui-monospace, "Cascadia Mono", Menlo, Consolas, monospace;
  font-size: 0.85em;
}
dl.facts {
  display: grid;
  grid-template-columns: minmax(6rem, max-content) 1fr;
  gap: 0.2rem 1rem;
  margin: 0.75rem 0;
  font-size: 0.95rem;
}
dl.facts dt { color: var(--muted); }
dl.facts dd { margin: 0; }
figure { margin: 0 0 1.75rem; }
svg { display: block; width: 100%; height: auto; font-family: inherit; }
.wide svg { max-width: 60rem; }
.narrow { display: none; }
@media screen and (max-width: 45rem) {
  .wide { display: none; }
  .narrow { display: block; }
  .narrow svg { max-width: 32rem; }
}
svg .t { fill: var(--text); }
svg .m { fill: var(--muted); }
svg .g { stroke: var(--grid); }
svg .e { stroke: var(--edge); }
svg .i { stroke: var(--text); }
.scroll { overflow-x: auto; max-width: 100%; margin: 0.5rem 0; }
.scroll:focus-visible, summary:focus-visible, a:focus-visible {
  outline: 2px solid var(--link);
  outline-offset: 2px;
}
table {
  border-collapse: collapse;
  font-size: 0.875rem;
  font-variant-numeric: tabular-nums;
  overflow-wrap: normal;
}
caption { text-align: left; color: var(--muted); padding: 0.25rem 0; }
th, td {
  padding: 0.25rem 0.75rem 0.25rem 0;
  text-align: left;
  vertical-align: top;
  border-bottom: 1px solid var(--grid);
  max-width: 28rem;
  overflow-wrap: break-word;
}
thead th { border-bottom: 2px solid var(--edge); vertical-align: bottom; }
tbody th { font-weight: 500; }
td.n, th.n { text-align: right; white-space: nowrap; }
thead th:not(:first-child) { padding-left: 0.5rem; }
td:not(:first-child) { padding-left: 0.5rem; }
.assumed, .assumed th, .assumed td { color: var(--muted); background: var(--panel); }
.assumed th, .assumed td { font-style: italic; }
div.assumed { padding: 0.25rem 1rem; border-left: 4px dotted var(--mark); }
.tag { color: var(--mark); font-weight: 600; }
details { margin: 0.25rem 0; }
summary { cursor: pointer; padding: 0.25rem 0; color: var(--link); }
details > details { margin-left: 1rem; }
.group { border-bottom: 1px solid var(--grid); margin: 0; }
.group > summary {
  color: inherit;
  display: flex;
  flex-wrap: wrap;
  gap: 0 1rem;
  align-items: baseline;
  padding: 0.4rem 0;
}
.group > summary::before { content: "▸"; color: var(--link); width: 0.75rem; }
.group[open] > summary::before { content: "▾"; }
.group > summary::-webkit-details-marker { display: none; }
.group .name { flex: 0 0 5.5rem; font-weight: 600; }
.group .value { flex: 1 1 11rem; font-size: 0.875rem; font-variant-numeric: tabular-nums; }
.group .value .sub { font-size: 0.8rem; }
.sum { padding-left: 1.75rem; }
.headline {
  background: var(--panel);
  border-left: 4px solid var(--edge);
  padding: 0.5rem 1rem;
  margin: 1rem 0;
}
.headline ul { padding-left: 1rem; max-width: 56rem; }
.headline li { margin: 0.35rem 0; }
.headline strong { font-weight: 650; }
footer {
  margin-top: 3rem;
  border-top: 1px solid var(--grid);
  padding-top: 0.75rem;
  color: var(--muted);
  font-size: 0.875rem;
}
@media print {
  @page { margin: 15mm; }
  :root {
    color-scheme: light;
    --page: #ffffff;
    --text: #000000;
    --muted: #4a4a4a;
    --grid: #cccccc;
    --edge: #666666;
    --panel: #f5f6f7;
    --link: #000000;
    --mark: #5c3200;
  }
  html { font-size: 10pt; }
  body { max-width: none; padding: 0; }
  figure, tr, .headline { break-inside: avoid; }
  h2, h3, caption, figcaption { break-after: avoid; }
  figure > details, nav, .skip { display: none; }
  .scroll { overflow: visible; }
  .print::details-content { content-visibility: visible; block-size: auto; }
  .print > summary::before { content: ""; }
}
`;
