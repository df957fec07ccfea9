import { UserError } from "../errors.js";
import {
  generate,
  VERBS_WORKLOADS,
  type VerbsOptions,
  type VerbsWorkload,
  withDefaults,
} from "../generate/generate.js";
import {
  generateMemory,
  MEMORY_WORKLOADS,
  type MemoryOptions,
  type MemoryWorkload,
  memoryOptionsOf,
} from "../generate/memory/memory.js";
import type { Path } from "../path/flatten.js";
import { memorySession } from "../replay/memory-replay.js";
import { verbsSession } from "../replay/replay.js";
import type { ReplayResult } from "../replay/result/result.js";
import type { Testbed } from "../testbed/document.js";
import { bytesSource } from "../trace/container/source.js";
import { encodeMemory } from "../trace/memory/memory-write.js";
import { openMemorySource, openSource } from "../trace/read.js";
import { encodeVerbs } from "../trace/verbs/write.js";
import type { GeneratedWorkload } from "./points.js";

/**
 * What of a workload is replayed: everything is counted between the end of the
 * shorter run and that of the longer, so that start and end cancel.
 */
export interface Runs {
  readonly short: ReplayResult | undefined;
  readonly long: ReplayResult;
  readonly iterations: number;
}
export interface Runner {
  replay(path: Path): Runs;
}

const isVerbs = (name: string): name is VerbsWorkload =>
  (VERBS_WORKLOADS as readonly string[]).includes(name);
const isMemory = (name: string): name is MemoryWorkload =>
  (MEMORY_WORKLOADS as readonly string[]).includes(name);

/** A generated workload on one testbed, ready to be replayed on several paths. */
export function runner(workload: GeneratedWorkload, testbed: Testbed): Runner {
  const { generate: name, ...options } = workload;
  if (isVerbs(name)) return verbsRunner(name, options, testbed);
  if (isMemory(name)) return memoryRunner(name, options, testbed);
  throw new UserError(
    `no workload "${name}"; there are ${[...VERBS_WORKLOADS, ...MEMORY_WORKLOADS].join(", ")}`,
  );
}

function known(name: string, options: Record<string, unknown>, names: readonly string[]): void {
  const odd = Object.keys(options).find((o) => !names.includes(o));
  if (odd !== undefined)
    throw new UserError(`workload ${name} has no option "${odd}"; it takes ${names.join(", ")}`);
}

function verbsRunner(name: VerbsWorkload, options: Partial<VerbsOptions>, testbed: Testbed): Runner {
  known(name, options, Object.keys(withDefaults(name)));
  const { iters } = withDefaults(name, options);
  const session = (iters: number) => {
    const { builder, metadata } = generate(name, { ...options, iters });
    return verbsSession(openSource(bytesSource(`${name}.arrow`, encodeVerbs(builder, metadata))), testbed);
  };
  const short = session(iters),
    long = session(2 * iters);
  return { replay: (path) => ({ short: short.replay(path), long: long.replay(path), iterations: iters }) };
}

function memoryRunner(name: MemoryWorkload, options: Partial<MemoryOptions>, testbed: Testbed): Runner {
  known(name, options, memoryOptionsOf(name));
  const session = memorySession(
    openMemorySource(bytesSource(`${name}.arrow`, encodeMemory(generateMemory(name, options)))),
    testbed,
  );
  return { replay: (path) => ({ short: undefined, long: session.replay(path), iterations: session.rows }) };
}
