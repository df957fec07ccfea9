import { VERBS_COLUMNS } from "../abi/columns.js";
import type { FieldOrigin, VerbsMetadata } from "../trace/table/metadata.js";
import { VerbsBuilder } from "../trace/verbs/columns-builder.js";
import { bandwidth } from "./bandwidth.js";
import { oneSidedLatency, sendLatency, writeLatency } from "./latency.js";
import { Machine } from "./machine.js";
import { type VerbsOptions, type VerbsWorkload, withDefaults } from "./options.js";
import { pingpong } from "./pingpong.js";
import { Random } from "./random.js";
import type { Side } from "./side.js";

export { VERBS_WORKLOADS, type VerbsOptions, type VerbsWorkload, withDefaults } from "./options.js";

const PROGRAMS: Record<VerbsWorkload, (m: Machine, client: boolean) => Side> = {
  "rc-pingpong": pingpong,
  "send-lat": sendLatency,
  "send-bw": bandwidth("SEND"),
  "write-lat": writeLatency,
  "write-bw": bandwidth("RDMA_WRITE"),
  "read-lat": oneSidedLatency("RDMA_READ"),
  "read-bw": bandwidth("RDMA_READ"),
  "atomic-lat": oneSidedLatency("ATOMIC_FETCH_AND_ADD"),
};

/**
 * Writes the complete programs of both sides: node 0 is the server,
 * node 1 the client. The same options give the same rows.
 */
export function generate(
  workload: VerbsWorkload,
  given: Partial<VerbsOptions> = {},
  batchRows?: number,
): { builder: VerbsBuilder; metadata: VerbsMetadata } {
  const options = withDefaults(workload, given);
  const builder = new VerbsBuilder(batchRows);
  const random = new Random(options.seed);
  const sides = [false, true].map((client) =>
    PROGRAMS[workload](new Machine(client ? 1 : 0, builder, options, random), client),
  );
  alternate(sides[0]!, sides[1]!);
  for (const side of sides) side.tearDown();
  const fields: Record<string, FieldOrigin> = Object.fromEntries(
    VERBS_COLUMNS.map((c) => [c.name, "assumed"]),
  );
  return {
    builder,
    metadata: {
      source: { format: "generate", workload, options },
      clock: "none",
      fields,
      emulated: true,
      notes: [
        "the trace is generated: it has no times, and polls return as many completions as the options say",
      ],
      nodes: [{ name: "server" }, { name: "client" }],
    },
  };
}

/** Runs both sides; the one that has handled fewer messages goes on, the client first. */
function alternate(server: Side, client: Side): void {
  const a = { steps: client.run(server), handled: 0, done: false };
  const b = { steps: server.run(client), handled: 0, done: false };
  for (;;) {
    const next = a.done || (!b.done && b.handled < a.handled) ? b : a;
    if (next.done) return;
    const step = next.steps.next();
    if (step.done) next.done = true;
    else next.handled = step.value;
  }
}
