import { LAYER_GROUPS } from "../../abi/layers.js";
import type { ReplayResult } from "../../replay/result/result.js";
import { percent } from "../bars.js";
import { operationClasses } from "./charts/chart-latency.js";
import type { Cell, Table } from "./parts/chart.js";
import { details, table } from "./parts/elements.js";
import { type Markup, markup, NOTHING } from "./parts/markup.js";
import { operationName, sameClass, sum, sumOf, time } from "./parts/values.js";

/** Groups of layers that open to their layers, and these to what operations spent in them. */
export function layerTable(replays: readonly ReplayResult[]): Markup {
  const groups = Object.entries(LAYER_GROUPS)
    .map(([name, layers]) => ({
      name,
      layers: layers.filter((l) =>
        replays.some(
          (r) =>
            r.layers[l] !== undefined ||
            r.operations.some((o) => o.service[l] !== undefined || o.wait[l] !== undefined),
        ),
      ),
    }))
    .filter((g) => g.layers.length > 0);
  const totals = values(replays, (r) => sum(Object.values(r.layers)), false);
  return markup`<h3>Layers</h3><p class="note">Time of the critical path by layer group; open a group for its
    layers and for what operations spent there.</p>${groups.map((g) => group(g.name, g.layers, replays))}
    <div class="group"><p class="sum sub">The layers of a path sum to its makespan: ${totals}</p></div>`;
}

const share = (ps: bigint, r: ReplayResult): string =>
  Number(r.makespan_ps) > 0 ? percent(Number(ps) / Number(r.makespan_ps)) : "–";
function values(
  replays: readonly ReplayResult[],
  of: (r: ReplayResult) => bigint,
  blocks: boolean,
): Markup[] {
  return replays.map((r, i) => {
    const ps = of(r),
      q = time(String(ps));
    return blocks
      ? markup`<span class="value"><span class="sub">${r.path}
        </span> ${
          ps === 0n
            ? "–"
            : markup`<data value="${q.exact}">${q.text}</data> <span class="sub">
        ${share(ps, r)}</span>`
        }</span>`
      : markup`${i > 0 ? ", " : ""}${r.path} <data value="${q.exact}">${q.text}</data>`;
  });
}

function group(name: string, layers: readonly string[], replays: readonly ReplayResult[]): Markup {
  const rows = layers.map((l): Cell[] => [
    l,
    ...replays.flatMap((r): Cell[] =>
      r.layers[l] === undefined ? ["–", "–"] : [time(r.layers[l]), share(BigInt(r.layers[l]), r)],
    ),
  ]);
  const operations = ledgers(name, layers, replays);
  const inside =
    operations.rows.length > 0 ? details("Service and wait of operations", table(operations)) : NOTHING;
  return details(
    markup`<span class="name">${name}</span>${values(replays, (r) => sumOf(r.layers, layers), true)}`,
    [
      table({
        caption: `Layers of group ${name}`,
        head: ["layer", ...replays.flatMap((r) => [r.path, "of makespan"])],
        rows,
      }),
      inside,
    ],
    "group print",
  );
}

/** Sums over all operations of a class: what layers took for it, and what it waited for there. */
function ledgers(name: string, layers: readonly string[], replays: readonly ReplayResult[]): Table {
  const rows = operationClasses(replays).flatMap((o) =>
    layers.flatMap((l): Cell[][] => {
      const found = replays.map((r) => r.operations.find((x) => sameClass(x, o)));
      if (found.every((x) => x?.service[l] === undefined && x?.wait[l] === undefined)) return [];
      return [
        [
          operationName(o),
          l,
          ...found.flatMap((x): Cell[] =>
            [x?.service[l], x?.wait[l]].map((ps) => (ps === undefined ? "–" : time(ps))),
          ),
        ],
      ];
    }),
  );
  return {
    caption: `Group ${name}: sums over all operations of a class`,
    head: ["operation", "layer", ...replays.flatMap((r) => [`${r.path}: service`, `${r.path}: wait`])],
    rows,
  };
}
