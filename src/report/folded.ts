import { LAYERS } from "../abi/layers.js";
import { UserError } from "../errors.js";
import type { Result } from "../replay/document.js";
import type { ReplayResult } from "../replay/result.js";
import { safe } from "./safe-text.js";

/** A frame's name: no separator, nothing that a terminal would act on. */
const frame = (text: string): string => safe(text).replace(/[;\s]+/g, "_");
const stack = (layer: string): string => `${layer.slice(0, layer.indexOf("."))};${layer}`;

/** Folded stacks of the critical path, `path;group;layer ps`, as flame-graph tools read them. */
export function foldedOf(results: readonly Result[]): string {
  const lines = results.flatMap((r) => r.replays).flatMap((r) => LAYERS.filter((l) => r.layers[l] !== undefined).map((l) => `${frame(r.path)};${stack(l)} ${r.layers[l]}`));
  return `${lines.join("\n")}\n`;
}

/** Differential folded stacks, `group;layer base other`, of a base path and one other, as difffolded writes them. */
export function foldedDifference(results: readonly Result[], basePath: string, otherPath: string): string {
  const all = results.flatMap((r) => r.replays);
  const find = (path: string): ReplayResult => all.find((r) => r.path === path) ?? fail(path);
  const fail = (path: string): never => { throw new UserError(`--folded-base ${path}: no such path in the result; there are ${all.map((r) => r.path).join(", ")}`); };
  const base = find(basePath), other = find(otherPath);
  const lines = LAYERS.filter((l) => base.layers[l] !== undefined || other.layers[l] !== undefined).map((l) => `${stack(l)} ${base.layers[l] ?? 0} ${other.layers[l] ?? 0}`);
  return `${lines.join("\n")}\n`;
}
