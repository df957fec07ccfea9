import { type Result, rowsLeftOut } from "../../replay/result/document.js";
import { leftOutSentences } from "../left-out.js";
import type { Cell, Table } from "./parts/chart.js";
import { bullets, details, table } from "./parts/elements.js";
import { type Markup, markup } from "./parts/markup.js";
import { count, plural } from "./parts/values.js";

const inferred = (source: string): boolean => source.includes("inferred");
const tag = (word: string): Markup => markup`<span class="tag">${word}</span>`;

/** The loss report: what was not recorded, what was left out, and which machine figures nobody measured. */
export function assumptions({ trace: t, testbed }: Result): Markup {
  const fields = Object.entries(t.fields),
    assumed = fields.filter(([, origin]) => origin !== "recorded"),
    values = Object.entries(testbed.values),
    guessed = values.filter(([, v]) => inferred(v.source)),
    set = values.filter(([, v]) => v.source === "--set");
  const accesses = t.memory_trace,
    origins = accesses ? Object.entries(accesses.fields) : [];
  const rows =
    `Every row is accounted for: ${count(t.rows)} = ${count(t.replayed)} replayed + ` +
    `${count(t.spin)} spin (empty polls that a replay makes itself) + ${count(t.refused)} ` +
    `refused${t.left_out ? ` + ${count(rowsLeftOut(t))} left out` : ""}${
      accesses
        ? `; of the memory trace ${count(accesses.rows)} = ` +
          `${count(accesses.replayed)} replayed + ${count(accesses.refused)} refused`
        : ""
    }.`;
  const items = [
    markup`${
      assumed.length === 0
        ? "every field of the trace is recorded"
        : markup`${tag("not recorded")}: ${assumed.map(
            ([name, origin], i) => markup`${i > 0 ? ", " : ""}${name} (${origin})`,
          )}`
    }`,
    ...(t.emulated || accesses?.emulated
      ? [
          markup`${tag("emulated")}: devices or machine were emulated in software when the trace was recorded,
            so its times say nothing about hardware`,
        ]
      : []),
    ...(t.peer === undefined ? [] : [`peers that the trace lacks run on path ${t.peer}`]),
    `think time (gaps between calls, or instructions between accesses): ${t.think}`,
    ...leftOutSentences(t).map((s) => markup`${tag("left out")}: ${s}`),
    ...t.notes,
    markup`${tag("inferred")}: ${guessed.length} of ${plural(values.length, "testbed value")}, with a range
      each${set.length > 0 ? `; ${plural(set.length, "value")} set by --set` : ""}`,
  ];
  const missing = assumed.length + origins.filter(([, o]) => o !== "recorded").length;
  const all = `Fields of the trace: ${plural(fields.length + origins.length, "field")}, ${missing} not recorded`;
  return markup`<h3>What rests on what</h3><p>${rows}</p><div class="assumed">${bullets(items)}</div>
    ${details(all, fieldTables(fields, origins))}
    ${testbedValues(testbed.name, values, guessed.length)}`;
}

function fieldTables(fields: readonly [string, string][], accesses: readonly [string, string][]): Markup {
  const made = (caption: string, rows: readonly [string, string][]): Markup =>
    table({ caption, head: ["field", "origin"], rows }, (i) => (rows[i]![1] === "recorded" ? "" : "assumed"));
  return markup`${made("Where each field of the trace comes from", fields)}
    ${accesses.length > 0 ? made("Where each field of the memory trace comes from", accesses) : ""}`;
}

function testbedValues(
  name: string,
  values: readonly [string, Result["testbed"]["values"][string]][],
  guessed: number,
): Markup {
  const rows = values.map(([key, v]): Cell[] => [
    key,
    String(v.value),
    v.unit,
    `${v.low} to ${v.high}`,
    v.source,
  ]);
  const t: Table = {
    caption: `Values of testbed ${name}; greyed: inferred, not measured`,
    head: ["value", "is", "unit", "range", "source"],
    rows,
  };
  return details(
    `Testbed ${name}: ${plural(values.length, "value")}, ${guessed} inferred`,
    table(t, (i) => (inferred(values[i]![1].source) ? "assumed" : "")),
    "print",
  );
}
