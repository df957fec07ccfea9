import { INSTR } from "../abi/params.js";
import { PROGRAMS } from "../abi/verbs.js";
import { compilePath } from "../path/compile.js";
import type { Path } from "../path/flatten.js";
import type { Testbed } from "../testbed/document.js";
import { type MemorySetup, memoryParameters, relinks } from "./memory/setup.js";
import { parameters } from "./parameters.js";
import { sha256 } from "./result/document.js";
import type { RunOptions } from "./run.js";

/**
 * Keys of replays. Two replays of one trace, on one testbed or on several, whose keys
 * are equal take the same time in every layer: the core is given the same
 * instructions, parameters and memory. Counting takes no time and
 * is not part of a key, so counters may differ.
 */
const COUNT = INSTR.ops.indexOf("COUNT");

/** Instructions that take time, of the programs of these verbs. */
function timing(programs: ReadonlyMap<string, Uint8Array>, verbs: readonly string[]): string {
  const parts: string[] = [];
  for (const verb of verbs) {
    const code = programs.get(verb) ?? new Uint8Array();
    parts.push(verb);
    for (let at = 0; at < code.length; at += INSTR.size)
      if (code[at + INSTR.op] !== COUNT) parts.push(code.subarray(at, at + INSTR.size).join());
  }
  return parts.join(";");
}

/** `verbs` are those that the trace can hold: what it never calls cannot matter. */
export function verbsKey(
  path: Path,
  testbed: Testbed,
  verbs: ReadonlySet<string>,
  nodes: number,
  threads: number,
  { think, peer, coupling }: RunOptions,
): string {
  const programs = compilePath(path, testbed),
    peers = peer === path ? programs : compilePath(peer, testbed);
  const parts = [
    parameters(testbed, path, nodes, threads, think).join(),
    timing(
      programs,
      PROGRAMS.filter((v) => verbs.has(v)),
    ),
    timing(peers, ["post_send"]),
    coupling ? `${memoryKey(path, coupling.memory.setup)} ${relinks(path)}` : "",
  ];
  return sha256(parts.join("|"));
}

export function memoryKey(path: Path, setup: MemorySetup): string {
  return (
    `${memoryParameters(path, setup).join()} ${setup.machine.geometry.join()} ` +
    `${relinks(path) && setup.links.ranges.length > 0}`
  );
}
