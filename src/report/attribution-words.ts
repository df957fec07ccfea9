import { settingsText } from "../attribution/players.js";
import type { Attribution, MechanismShare } from "../attribution/result.js";
import { timeText } from "./bars.js";
import { signedValue, valueText } from "./signed.js";

/** Below this part of the difference, a share is called hardly anything. */
const HARDLY = 0.0005;
const list = (words: readonly string[]): string =>
  words.length < 2 ? words.join("") : `${words.slice(0, -1).join(", ")} and ${words[words.length - 1]!}`;
const percent = (x: number): string => `${(100 * Math.abs(x)).toFixed(1)} %`;

/** What a path does more or less of, and what other metrics are called in a sentence. */
const DOES: Record<string, string> = { time: "takes", throughput: "moves" };
const CALLED: Record<string, string> = {
  "data-path": "the data path",
  steady: "the memory time without first touches",
};

/** The result in one or two sentences. */
export function attributionWords(a: Attribution): string {
  const { from, to, metric, mechanisms } = a,
    difference = Number(a.difference),
    unit = metric.unit;
  const value = valueText(Number(from.value), unit),
    named = (m: MechanismShare): string => settingsText(m);
  if (mechanisms.length === 0)
    return `${from.path} and ${to.path} do not differ in any mechanism: both have ${metric.name} ${value}.`;
  const acting = mechanisms.filter((m) => Number(m.share) !== 0),
    idle = mechanisms.filter((m) => Number(m.share) === 0);
  const nothing =
    idle.length > 0 ? `${list(idle.map(named))} change${idle.length === 1 ? "s" : ""} nothing` : "";
  if (difference === 0) {
    if (acting.length === 0)
      return `${from.path} and ${to.path} have the same ${metric.name}, ${value}: ${nothing} on this trace.`;
    return (
      `${from.path} and ${to.path} have the same ${metric.name}, ${value}, ` +
      "because what differs cancels: " +
      `${list(acting.map((m) => `${named(m)} ${signedValue(Number(m.share), unit)}`))}` +
      `${nothing === "" ? "" : `; ${nothing}`}.`
    );
  }
  const size = unit === "ps" ? timeText(Math.abs(difference)) : valueText(Math.abs(difference), unit),
    way = difference < 0 ? "less" : "more";
  const lead =
    DOES[metric.name] === undefined
      ? `${CALLED[metric.name] ?? metric.name} of ${to.path} is ${size} ${way} than that of ${from.path}`
      : `${to.path} ${DOES[metric.name]!} ${size} ${way} than ${from.path}`;
  const part = (m: MechanismShare): number => m.part ?? 0;
  const sorted = [...acting].sort((x, y) => Math.abs(part(y)) - Math.abs(part(x)));
  const along = sorted.filter((m) => part(m) >= HARDLY),
    against = sorted.filter((m) => part(m) <= -HARDLY),
    hardly = sorted.filter((m) => Math.abs(part(m)) < HARDLY);
  const verb = difference < 0 ? "removes" : "adds",
    opposite = difference < 0 ? "adds back" : "takes off";
  const parts = [
    along.length > 0
      ? `${named(along[0]!)} ${verb} ${percent(part(along[0]!))} of the difference${along
          .slice(1)
          .map((m) => `, ${named(m)} ${percent(part(m))}`)
          .join("")}`
      : "",
    against.length > 0 ? `${list(against.map((m) => `${named(m)} ${opposite} ${percent(part(m))}`))}` : "",
    hardly.length > 0 ? `${list(hardly.map(named))} hardly matter${hardly.length === 1 ? "s" : ""}` : "",
    nothing,
  ].filter((s) => s !== "");
  return `${lead}: ${parts.join("; ")}.`;
}
