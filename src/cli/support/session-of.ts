import { memorySession } from "../../replay/memory-replay.js";
import { verbsSession } from "../../replay/replay.js";
import type { Session } from "../../replay/session.js";
import type { Testbed } from "../../testbed/document.js";
import type { OpenTraces } from "./open-traces.js";
import { memoryOptionsOf, type ReplayArguments } from "./replay-options.js";

/** The session of the traces that a command names. */
export function sessionOf(
  command: string,
  { verbs, memory, mapping }: OpenTraces,
  testbed: Testbed,
  a: ReplayArguments,
): Session {
  const options = memoryOptionsOf(command, a, { verbs, memory, mapping });
  if (!verbs) return memorySession(memory!, testbed, { think: a.think, ...options });
  return verbsSession(verbs, testbed, {
    think: a.think,
    peer: a.peer,
    ...(memory ? { memory, memoryOptions: options } : {}),
  });
}
