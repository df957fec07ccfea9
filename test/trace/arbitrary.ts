import fc from "fast-check";
import { VERBS_COLUMNS, WIDTH } from "../../src/abi/columns.js";
import { OPCODES, VERBS } from "../../src/abi/verbs.js";
import type { VerbsMetadata } from "../../src/trace/table/metadata.js";
import type { VerbsRow } from "../../src/trace/table/rows.js";

export const META: VerbsMetadata = {
  source: { format: "test" },
  clock: "ns",
  fields: { t: "recorded", await_writes: "inferred" },
  notes: ["a note"],
  emulated: true,
  nodes: Array.from({ length: 4 }, (_, i) => ({ name: `node${i}` })),
};

const u = (bits: number): fc.Arbitrary<number> => fc.integer({ min: 0, max: 2 ** bits - 1 });
const u64 = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n });

/** Any row that verbs/1 can hold. */
export const rowArbitrary: fc.Arbitrary<VerbsRow> = fc.record(
  Object.fromEntries(
    VERBS_COLUMNS.map(({ name, type }) => {
      if (name === "node") return [name, fc.integer({ min: 0, max: 3 })];
      if (type === "dict")
        return [name, name === "verb" ? fc.constantFrom(...VERBS) : fc.constantFrom(...OPCODES)];
      if (type === "u64") return [name, u64];
      if (type === "sge")
        return [name, fc.array(fc.record({ addr: u64, length: u(32), lkey: u(32) }), { maxLength: 3 })];
      if (type === "runs")
        return [name, fc.array(fc.record({ page: u64, frame: u64, count: u(32) }), { maxLength: 3 })];
      return [name, u(8 * WIDTH[type])];
    }),
  ),
) as unknown as fc.Arbitrary<VerbsRow>;
