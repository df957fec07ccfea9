import { readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { packageUrl } from "../../src/files.js";
import { loadTestbed } from "../../src/testbed/load.js";
import { openAnyTrace, openTrace } from "../../src/trace/read.js";
import { readRows } from "../../src/trace/verbs/read-rows.js";
import { documents } from "../support/random/differ.js";
import { compare } from "./compare.js";

/** The bundled captures; CAPTURES names another folder of traces to compare on. */
const folder = process.env.CAPTURES ?? fileURLToPath(packageUrl("traces/"));
const PATHS: [string, Record<string, string>][] = [
  ["native", {}],
  ["virt-ib", {}],
  ["virt-ib-forward", {}],
  ["memlink", {}],
  ["virt-ib", { memory: "memlink" }],
  ["sr-iov", { mtt_policy: "optimal" }],
];

/** The verbs traces among them. */
const traces = readdirSync(folder)
  .filter((f) => f.endsWith(".arrow"))
  .filter((file) => {
    const trace = openAnyTrace(`${folder}/${file}`);
    trace.close();
    return trace.kind === "verbs";
  });

describe.each(traces)("core against oracle on %s", (file) => {
  const trace = openTrace(`${folder}/${file}`);
  const rows = [...readRows(trace)];
  it.each(PATHS)(
    "%s %o",
    (path, overrides) => {
      expect(
        compare(
          trace,
          rows as never,
          { documents, path, overrides },
          loadTestbed(path === "memlink" ? "modern" : "thesis-2014"),
          false,
        ),
      ).toEqual([]);
    },
    120_000,
  );
});
