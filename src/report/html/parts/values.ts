import type { Integer } from "../../../numbers.js";
import { type OperationResult, type ReplayResult, windowOf } from "../../../replay/result/result.js";
import { rateText, timeText } from "../../bars.js";
import { signedTime } from "../../signed.js";
import type { Quantity } from "./chart.js";

const grouped = new Intl.NumberFormat("en-US");
export const count = (n: Integer): string => grouped.format(Number(n));
export const times = (x: number): string => `${x.toFixed(x < 10 ? 2 : 1)}×`;
export const plural = (n: number, one: string, many = `${one}s`): string =>
  `${count(n)} ${n === 1 ? one : many}`;
/** a, b and c. */
export const list = (words: readonly string[]): string =>
  words.length < 2 ? words.join("") : `${words.slice(0, -1).join(", ")} and ${words.at(-1)!}`;

export const time = (ps: Integer): Quantity => ({ text: timeText(Number(ps)), exact: ps });
export const difference = (ps: Integer): Quantity => ({ text: signedTime(Number(ps)), exact: ps });
export const rate = (bytesPerSecond: number): Quantity => ({
  text: rateText(bytesPerSecond),
  exact: bytesPerSecond,
});
export const counted = (n: Integer): Quantity => ({ text: count(n), exact: n });

/** Sum of whole numbers of which some may be decimal strings. */
export const sum = (values: readonly Integer[]): bigint => values.reduce<bigint>((n, v) => n + BigInt(v), 0n);
export const sumOf = (ledger: Readonly<Record<string, Integer>>, layers: readonly string[]): bigint =>
  sum(layers.map((l) => ledger[l] ?? 0));

/** A sentence whose numbers are not parted from their units where a line ends. */
export const joined = (words: string): string =>
  words.replace(/(\d|≤) (?=%|[pnµm]?s\b|[kMG]?B\b|\d)/g, "$1\u00a0");

/** A class of operations as people say it: a post_send may be the work that it posts, or the call alone. */
export function operationName({
  verb,
  opcode,
  size_class,
}: Pick<OperationResult, "verb" | "opcode" | "size_class">): string {
  if (verb === "post_send" && opcode === "NONE") return "post_send call";
  return [
    verb,
    ...(opcode === "NONE" ? [] : [opcode]),
    ...(size_class === "none" ? [] : [size_class === "0" ? "0 B" : `≤ ${size_class} B`]),
  ].join(" ");
}
export const sameClass = (a: OperationResult, b: OperationResult): boolean =>
  a.verb === b.verb && a.opcode === b.opcode && a.size_class === b.size_class;
export const meanSize = (o: OperationResult): number => (o.count > 0 ? Number(o.bytes) / o.count : 0);

/** What others are compared with: native where it was replayed, or else the first path. */
export const referenceOf = (replays: readonly ReplayResult[]): ReplayResult | undefined =>
  replays.find((r) => r.path === "native") ?? replays[0];
export const dataPath = (r: ReplayResult): number => Number(windowOf(r));
