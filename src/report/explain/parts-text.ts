import type { Explanation, Holder, Part, ThreadName, Wait, Way } from "../../explain/result.js";
import { type Integer, integer } from "../../numbers.js";
import { inert } from "../bars.js";
import { hanging, type Line } from "../lines.js";
import { alike } from "./alike.js";
import { digits } from "./digits.js";

/** The longest name of a layer. */
const LAYER = 15;
/** Columns that words keep beside the numbers, however narrow the page is. */
const WORDS = 30;
/** Holders of a resource that are named one by one. */
const HOLDERS = 4;

export interface Page {
  readonly e: Explanation;
  readonly width: number;
  readonly line: Line;
  readonly columns: Columns;
}
/** Widths of the columns of numbers: those of their largest. */
export interface Columns {
  readonly start: number;
  readonly wait: number;
  readonly cost: number;
}

export function columnsOf({ completion, message }: Explanation): Columns {
  const ways = [completion, message].filter((w) => w !== null),
    parts = ways.flatMap((w) => w.parts);
  const width = (name: string, xs: readonly Integer[]): number =>
    2 + Math.max(name.length, ...xs.map((x) => digits(x).length));
  return {
    start: width(
      "start",
      ways.map((w) => w.latency_ps),
    ),
    wait: width("wait", [...parts.map((p) => p.wait_ps), ...ways.map((w) => total(w.wait))]),
    cost: width("cost", [...parts.map((p) => p.cost_ps), ...ways.map((w) => total(w.service))]),
  };
}
export const total = (ledger: Way["wait"]): Integer =>
  integer(Object.values(ledger).reduce<bigint>((n, x) => n + BigInt(x), 0n));

function nodeText({ trace }: Explanation, node: number): string {
  const name = trace.nodes[node];
  return node >= trace.nodes.length ? "simulated peer" : `node ${node}${name ? ` (${inert(name)})` : ""}`;
}
export const threadText = (e: Explanation, t: ThreadName): string =>
  `thread ${t.tid} of ${nodeText(e, t.node)}`;

/** Parts from number `from` on, under the places where they happen. */
export function table({ e, width, line, columns }: Page, way: Way, from: number): void {
  const { start, wait, cost } = columns,
    margin = start + wait + cost + 2 + LAYER + 1,
    text = (indent: number, words: string, first = ""): void =>
      hanging(first.padEnd(indent), words, Math.max(width, margin + WORDS), line),
    ps = (x: Integer, width: number): string => (Number(x) === 0 ? "–" : digits(x)).padStart(width);
  line(
    `${"start".padStart(start)}${"wait".padStart(wait)}${"cost".padStart(cost)}  ${"layer".padEnd(LAYER)} ` +
      "what happens, and what makes its cost",
  );
  let place = "";
  for (const p of alike(way.parts.slice(from))) {
    if (typeof p === "string") {
      text(margin, p);
      continue;
    }
    const here = `${nodeText(e, p.node)}, ${p.thread === null ? "HCA" : `thread ${p.thread}`}`;
    if (here !== place) line(here);
    place = here;
    const numbers = `${digits(p.start_ps).padStart(start)}${ps(p.wait_ps, wait)}${ps(p.cost_ps, cost)}`;
    told(e, p).forEach((l, i) =>
      text(
        margin + (l.startsWith(" ") ? 2 : 0),
        l.trim(),
        i === 0 ? `${numbers}  ${p.layer.padEnd(LAYER)} ` : "",
      ),
    );
  }
}
/** What a part waits for and does, a line each; how its cost is made stands under it, further in. */
function told(e: Explanation, p: Part): string[] {
  const waits = p.waits.map(
    (w) => `waits${p.waits.length > 1 ? ` ${digits(w.ps)}` : ""}: ${w.why}${holdersText(e, w)}`,
  );
  if (p.formula === null) return waits;
  if (p.stage === null) return [...waits, `${p.what}: ${p.formula}`];
  return [...waits, `${p.what}${p.resource === null ? "" : ` [${p.resource}]`}`, `  ${p.formula}`];
}
function holdersText(e: Explanation, { cause, for: holders }: Wait): string {
  const one = holders.length === 1;
  const name = ({ thread, operation, layer, ps }: Holder): string => {
    const who = thread
      ? threadText(e, thread)
      : operation === e.operation.number
        ? "this operation itself"
        : `operation ${operation}`;
    const also = [...(layer ? [layer] : []), ...(one ? [] : [digits(ps)])];
    return also.length > 0 ? `${who} (${also.join(" ")})` : who;
  };
  if (holders.length === 0) return "";
  const shown = holders.slice(0, HOLDERS).map(name).join(", ");
  if (cause !== "RESOURCE") return ` (${shown})`;
  const rest = holders.slice(HOLDERS),
    ps = rest.reduce((n, h) => n + BigInt(h.ps), 0n);
  return ` by ${shown}${rest.length > 0 ? ` and ${rest.length} more (${digits(String(ps))})` : ""}`;
}
