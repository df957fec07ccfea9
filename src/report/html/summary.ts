import type { Result } from "../../replay/result/document.js";
import type { ReplayResult } from "../../replay/result/result.js";
import { percent, rateText, timeText } from "../bars.js";
import { pageTable } from "../columns/column.js";
import { MEMORY_COLUMNS, MEMORY_NOTE, withMemory } from "../columns/memory.js";
import { REPLAY_COLUMNS, REPLAY_NOTE, replayRow } from "../columns/replays.js";
import { largestMessageClass } from "../main-class.js";
import { signedTime } from "../signed.js";
import { layerDifferences } from "./charts/chart-difference.js";
import { bullets, table } from "./parts/elements.js";
import { type Markup, markup } from "./parts/markup.js";
import { count, dataPath, joined, list, operationName, referenceOf, times } from "./parts/values.js";

const NAMED = 3;
const note = (text: string): Markup => markup`<p class="note">${text}</p>`;

/** What the result says, in words and then in numbers. */
export function summary(result: Result): Markup {
  const { replays } = result,
    reference = referenceOf(replays),
    memory = withMemory(replays),
    verbs = result.trace.schema === "verbs/1";
  const sentences = replays.map(
    (r) =>
      markup`<strong>${r.path}</strong> ${joined(
        [
          ...(verbs ? verbsWords(r, reference) : []),
          ...(r.memory ? memoryWords(r) : []),
          ...whereWords(r, reference),
        ].join(" "),
      )}`,
  );
  const paths = pageTable(
      REPLAY_COLUMNS,
      replays.map((r) => replayRow(r)),
    ),
    accesses = pageTable(MEMORY_COLUMNS, memory);
  return markup`<div class="headline">${bullets(sentences)}</div>
    ${verbs ? [table({ caption: "Paths", ...paths }), note(REPLAY_NOTE)] : ""}
    ${memory.length > 0 ? [table({ caption: "Memory accesses", ...accesses }), note(MEMORY_NOTE)] : ""}`;
}

function verbsWords(r: ReplayResult, reference: ReplayResult | undefined): string[] {
  const main = largestMessageClass(r),
    base = reference && reference !== r ? reference : undefined;
  const baseClass =
    base && main
      ? base.operations.find(
          (o) => o.verb === main.verb && o.opcode === main.opcode && o.size_class === main.size_class,
        )
      : undefined;
  if (!main) return [`runs for ${timeText(Number(r.makespan_ps))} and sends no messages.`];
  const of =
    base && base.data_path.bytes_per_s > 0
      ? ` (${percent(r.data_path.bytes_per_s / base.data_path.bytes_per_s)} of ${base.path})`
      : "";
  const against =
    baseClass && Number(baseClass.latency_ps.p50) > 0
      ? `, ${ratioWords(Number(main.latency_ps.p50) / Number(baseClass.latency_ps.p50), "that", base!.path)}`
      : "";
  const window =
    base && dataPath(base) > 0
      ? ` Its data path takes ${ratioWords(dataPath(r) / dataPath(base), "the time", base.path)}.`
      : "";
  return [
    `moves ${rateText(r.data_path.bytes_per_s)}${of}; the median ${operationName(main)} ` +
      `takes ${timeText(Number(main.latency_ps.p50))}${against}.${window}`,
  ];
}
/** 1.00× is the same to a reader. */
const ratioWords = (x: number, what: string, path: string): string =>
  times(x) === "1.00×"
    ? `as long as on ${path}`
    : `${times(x)} ${what}${what === "that" ? ` on ${path}` : ""}`;

function memoryWords(r: ReplayResult): string[] {
  const m = r.memory!,
    a = m.against_native,
    slower =
      a && r.path !== "native"
        ? `, ${a.access_ratio.toFixed(3)}× native ` +
          `(${a.steady_ratio.toFixed(3)}× without first touches, ` +
          "which come once)"
        : "";
  return [
    `${r.operations.length > 0 ? "Its memory accesses take" : "takes"} ` +
      `${timeText(Number(m.access_ps))} for ${count(m.accesses)} memory accesses${slower}: ` +
      `${timeText(m.access_ps_mean)} an access, ${timeText(m.translation_ps_mean)} of it translation.`,
  ];
}
/** Where the difference to the reference lies. */
function whereWords(r: ReplayResult, reference: ReplayResult | undefined): string[] {
  if (!reference || reference === r) return [];
  const rows = layerDifferences(reference, [r]).map((w) => [w.layer, Number(w.deltas[0])] as const),
    whole = Number(r.makespan_ps) - Number(reference.makespan_ps);
  if (rows.length === 0) return [`Every layer takes as long as on ${reference.path}.`];
  const named = rows.slice(0, NAMED),
    added = rows.reduce((n, [, d]) => n + Math.max(0, d), 0),
    ofAdded = named.reduce((n, [, d]) => n + Math.max(0, d), 0);
  const part =
    added > 0 && named.every(([, d]) => d > 0)
      ? `; together ${percent(ofAdded / added)} of all that is added`
      : "";
  return [
    "The whole run takes " +
      (whole === 0
        ? `as long as on ${reference.path}`
        : `${timeText(Math.abs(whole))} ${whole > 0 ? "more" : "less"} than on ${reference.path}`) +
      ". " +
      `Where the difference lies: ${list(named.map(([l, d]) => `${l} ${signedTime(d)}`))}${part}.`,
  ];
}
