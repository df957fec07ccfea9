import { ExitColumns } from "../../src/trace/exits/exit-columns.js";
import { encodeExits } from "../../src/trace/exits/exits-write.js";
import type { ExitsMetadata } from "../../src/trace/table/metadata.js";

export const EXITS_META: ExitsMetadata = {
  source: { format: "test" },
  clock: "ns",
  fields: { t: "recorded", vcpu: "recorded", tid: "recorded", reason: "recorded", duration_ps: "inferred" },
  notes: [],
  emulated: false,
  nodes: [{ name: "host" }],
};
/** A table of exits of one vCPU, a reason and a duration in ns each, 10 us apart from `from_ns` on. */
export function exitsOf(
  exits: readonly (readonly [reason: string, ns: number | undefined])[],
  { from_ns = 1_000_000_000n, ...meta }: Partial<ExitsMetadata> & { from_ns?: bigint } = {},
): Uint8Array {
  const columns = new ExitColumns();
  exits.forEach(([reason, ns], i) =>
    columns.addRow({
      t: from_ns + 10_000n * BigInt(i),
      vcpu: 0,
      tid: 71,
      reason,
      duration_ps: ns === undefined ? undefined : 1000n * BigInt(ns),
    }),
  );
  return encodeExits(columns, { ...EXITS_META, ...meta });
}
