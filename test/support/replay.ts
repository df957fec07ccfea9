import type { Counter } from "../../src/abi/counters.js";
import { coreModule } from "../../src/core/module.node.js";
import type { Path } from "../../src/path/flatten.js";
import { loadPath } from "../../src/path/load.js";
import { prepare } from "../../src/replay/prepare/prepare.js";
import { type ReplayResult, readReplay } from "../../src/replay/result/result.js";
import { run } from "../../src/replay/run.js";
import { type Testbed, withSettings } from "../../src/testbed/document.js";
import { loadTestbed } from "../../src/testbed/load.js";
import type { VerbsTrace } from "../../src/trace/read.js";

export interface Replayed extends ReplayResult {
  counters: Record<Counter, number>;
}
export interface Settings {
  testbed?: string;
  set?: readonly string[];
  think?: boolean;
}

const paths = new Map<string, Path>(),
  testbeds = new Map<string, Testbed>();
function once<T>(map: Map<string, T>, name: string, load: (name: string) => T): T {
  let value = map.get(name);
  if (!value) map.set(name, (value = load(name)));
  return value;
}

/** One replay, without what `verbscope replay` says around it. */
export function replayOn(
  trace: VerbsTrace,
  label: string,
  { testbed = "thesis-2014", set = [], think = false }: Settings = {},
): Replayed {
  const path = once(paths, label, loadPath),
    prepared = prepare(trace);
  const core = run(coreModule(), prepared, path, withSettings(once(testbeds, testbed, loadTestbed), set), {
    think,
    peer: path,
  });
  return readReplay(core, prepared, path).result as Replayed;
}
export function operation(
  result: ReplayResult,
  verb: string,
  opcode = "NONE",
  sizeClass?: string,
): ReplayResult["operations"][number] {
  const found = result.operations.find(
    (o) => o.verb === verb && o.opcode === opcode && (sizeClass === undefined || o.size_class === sizeClass),
  );
  if (!found)
    throw new Error(
      `no ${verb} ${opcode} among ` +
        `${result.operations.map((o) => `${o.verb} ${o.opcode} ${o.size_class}`).join(", ")}`,
    );
  return found;
}
