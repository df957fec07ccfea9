import { LAYERS, type Layer } from "../../abi/layers.js";
import { settingsText } from "../../attribution/players.js";
import type { Attribution } from "../../attribution/result.js";
import { signedPercent, signedValue, valueText } from "../signed.js";
import type { Column } from "./column.js";

const CELL = 15,
  NAME = 20,
  LAYER = 16,
  LONGEST = 60;

type Mechanism = Attribution["mechanisms"][number];

/** What each mechanism has part in the difference. */
export function shareColumns({ metric, method }: Attribution): Column<Mechanism>[] {
  const signed = (name: "share" | "add_one_in" | "leave_one_out", head: string): Column<Mechanism> => ({
    name,
    head,
    width: CELL,
    unit: "count",
    value: (m) => m[name],
    text: (m) => signedValue(Number(m[name]), metric.unit),
  });
  const within: Column<Mechanism> = {
    name: "half_width",
    head: "±",
    width: CELL,
    unit: "count",
    value: (m) => m.half_width,
    text: ({ half_width: h }) =>
      h === null ? "" : Number(h) === 0 ? "0" : valueText(Number(h), metric.unit),
  };
  return [
    {
      name: "mechanism",
      head: "mechanism",
      width: NAME,
      unit: "text",
      value: (m) => `${settingsText({ name: m.name, to: m.from })} → ${m.to}`.slice(0, LONGEST),
    },
    signed("share", "share"),
    ...(method.kind === "sampled" ? [within] : []),
    {
      name: "part",
      head: "of the whole",
      width: CELL,
      unit: "share",
      value: (m) => m.part,
      text: (m) => (m.part === null ? "–" : signedPercent(m.part)),
    },
    signed("add_one_in", "changed first"),
    signed("leave_one_out", "changed last"),
  ];
}

/** What each mechanism changes in a layer; the last column is what all of them do. */
export function changeColumns({ mechanisms, layers }: Attribution): Column<Layer>[] {
  const acting = mechanisms.filter((m) => Object.keys(m.layers).length > 0);
  const change = (name: string, of: Mechanism["layers"]): Column<Layer> => ({
    name,
    head: name,
    width: Math.max(CELL, name.length + 2),
    unit: "±ps",
    value: (layer) => of[layer] ?? 0,
  });
  return [
    { name: "layer", head: "layer", width: LAYER, unit: "text", value: (layer) => layer },
    ...acting.map((m) => change(m.name, m.layers)),
    change("together", layers),
  ];
}
/** Layers that a mechanism changes. */
export const changedLayers = ({ mechanisms }: Attribution): Layer[] =>
  LAYERS.filter((l) => mechanisms.some((m) => m.layers[l] !== undefined));
