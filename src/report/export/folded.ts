import { LAYERS } from "../../abi/layers.js";
import { UserError } from "../../errors.js";
import type { Result } from "../../replay/result/document.js";
import type { ReplayResult } from "../../replay/result/result.js";
import { safe } from "../safe-text.js";

/** A frame's name: no separator, nothing that a terminal would act on. */
const frame = (text: string): string => safe(text).replace(/[;\s]+/g, "_") || "_";
const stack = (layer: string): string => `${layer.slice(0, layer.indexOf("."))};${layer}`;

/**
 * Folded stacks of the critical path, `path;group;layer ps`, as flame-graph
 * tools read them. Several results: the trace is the first frame.
 */
export function foldedOf(results: readonly Result[]): string {
  const lines = results.flatMap(({ trace, replays }) => {
    const first = results.length > 1 ? `${frame(trace.file)};` : "";
    return replays.flatMap((r) =>
      LAYERS.filter((l) => r.layers[l] !== undefined).map(
        (l) => `${first}${frame(r.path)};${stack(l)} ${r.layers[l]}`,
      ),
    );
  });
  return `${lines.join("\n")}\n`;
}

/**
 * Differential folded stacks, `group;layer base other`, as difffolded writes them: of a
 * base path in the first result that has it, and another in the last.
 */
export function foldedDifference(results: readonly Result[], basePath: string, otherPath: string): string {
  const all = results.flatMap((r) => r.replays);
  const find = (option: string, path: string, among: readonly ReplayResult[]): ReplayResult => {
    const found = among.find((r) => r.path === path);
    if (!found)
      throw new UserError(
        `report: ${option} ${path} is no path of the result; ` +
          `there are ${[...new Set(all.map((r) => r.path))].join(", ")}`,
      );
    return found;
  };
  const base = find("--folded-base", basePath, all),
    other = find("--path", otherPath, [...all].reverse());
  const lines = LAYERS.filter((l) => base.layers[l] !== undefined || other.layers[l] !== undefined).map(
    (l) => `${stack(l)} ${base.layers[l] ?? 0} ${other.layers[l] ?? 0}`,
  );
  return `${lines.join("\n")}\n`;
}
