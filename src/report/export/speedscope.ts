import { LAYERS } from "../../abi/layers.js";
import type { Integer } from "../../numbers.js";
import type { Result } from "../../replay/result/document.js";
import { safe } from "../safe-text.js";

interface Profile {
  type: "sampled";
  name: string;
  unit: "nanoseconds";
  startValue: number;
  endValue: number;
  samples: number[][];
  weights: number[];
}

/**
 * A speedscope file (https://www.speedscope.app/file-format-schema.json): for each path
 * its critical path by layer, and its operations by service and wait.
 */
export function speedscopeOf(results: readonly Result[], version: string): string {
  const frames: { name: string }[] = [],
    index = new Map<string, number>();
  const frame = (name: string): number => {
    let i = index.get(name);
    if (i === undefined) index.set(name, (i = frames.push({ name }) - 1));
    return i;
  };
  const profile = (name: string, rows: readonly { stack: string[]; ps: Integer }[]): Profile => {
    const kept = rows.filter((r) => Number(r.ps) > 0),
      weights = kept.map((r) => Number(r.ps) / 1000);
    return {
      type: "sampled",
      name,
      unit: "nanoseconds",
      startValue: 0,
      endValue: weights.reduce((a, b) => a + b, 0),
      samples: kept.map((r) => r.stack.map(frame)),
      weights,
    };
  };
  const group = (layer: string): string => layer.slice(0, layer.indexOf("."));
  const profiles = results.flatMap((result) =>
    result.replays.flatMap((r) => {
      const of = safe(results.length > 1 ? `${result.trace.file}: ${r.path}` : r.path);
      const critical = profile(
        `${of}: critical path`,
        LAYERS.map((l) => ({ stack: [group(l), l], ps: r.layers[l] ?? 0 })),
      );
      const operations = profile(
        `${of}: operations, all together`,
        r.operations.flatMap((o) => {
          const name = safe(
            [
              o.verb,
              o.opcode === "NONE" ? "" : o.opcode,
              o.size_class === "none" ? "" : `≤ ${o.size_class} B`,
            ]
              .filter((s) => s !== "")
              .join(" "),
          );
          return (["service", "wait"] as const).flatMap((kind) =>
            LAYERS.map((l) => ({ stack: [name, kind, l], ps: o[kind][l] ?? 0 })),
          );
        }),
      );
      return operations.samples.length > 0 ? [critical, operations] : [critical];
    }),
  );
  return (
    `${JSON.stringify({ $schema: "https://www.speedscope.app/file-format-schema.json", name: safe(results.map((r) => r.trace.file).join(", ")), exporter: `verbscope@${version}`, activeProfileIndex: 0, shared: { frames }, profiles })}` +
    `\n`
  );
}
