import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { VERBS_COLUMNS } from "../../src/abi/columns.js";

const TYPES = { u8: "uint8", u16: "uint16", u32: "uint32", u64: "uint64", dict: "dictionary<int8, utf8>", sge: "list<struct>", runs: "list<struct>" };

test("the column table of docs/trace-format.md is VERBS_COLUMNS", () => {
  const doc = readFileSync(new URL("../../docs/trace-format.md", import.meta.url), "utf8");
  const table = ["| column | type | meaning |", "|---|---|---|", ...VERBS_COLUMNS.map((c) => `| \`${c.name}\` | ${TYPES[c.type]} | ${c.doc} |`)].join("\n");
  expect(doc).toContain(`${table}\n\n`);
});
