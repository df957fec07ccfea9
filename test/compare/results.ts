import { loadPath } from "../../src/path/load.js";
import { replay } from "../../src/replay/replay.js";
import type { Result } from "../../src/replay/result/document.js";
import { loadTestbed } from "../../src/testbed/load.js";
import { capture } from "../support/captures.js";

export const PATHS = ["native", "virt-ib", "memlink"];

/** A result of the bundled ping-pong, as it comes out of its JSON. */
export function resultOf(
  set: readonly string[] = [],
  paths: readonly string[] = PATHS,
  trace: Parameters<typeof capture>[0] = "rc-pingpong-4k",
): Result {
  const open = capture(trace);
  try {
    return JSON.parse(
      JSON.stringify(replay(open, paths.map(loadPath), loadTestbed("thesis-2014", set))),
    ) as Result;
  } finally {
    open.close();
  }
}
/** vm.exit_heavy (cycles), 5 % more. */
export const DEARER = ["vm.exit_heavy=5551.35"];
