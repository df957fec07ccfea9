import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { TABLES, type TraceKind } from "../../src/trace/table/tables.js";

const NAMES = {
  u8: "uint8",
  u16: "uint16",
  u32: "uint32",
  u64: "uint64",
  dict: "dictionary<int8, utf8>",
  sge: "list<struct>",
  runs: "list<struct>",
};

test.each(Object.keys(TABLES) as TraceKind[])(
  "the column table of %s in docs/trace-format.md is that of src/abi",
  (kind) => {
    const doc = readFileSync(new URL("../../docs/trace-format.md", import.meta.url), "utf8");
    const { schema, columns } = TABLES[kind];
    const rows = columns.map(
      (c) => `| \`${c.name}\` | ${NAMES[c.type]}${c.optional ? ", optional" : ""} | ${c.doc} |`,
    );
    expect(doc).toContain(`${["| column | type | meaning |", "|---|---|---|", ...rows].join("\n")}\n\n`);
    expect(doc).toContain(`\n## ${schema}\n`);
  },
);
