import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { tableFromIPC } from "apache-arrow";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { operationsTable } from "../../src/cli/support/replay-again.js";
import type { Result } from "../../src/replay/result/document.js";
import { csvOf, type ExportTable, tablesOf } from "../../src/report/export/tables.js";
import { arrowFile } from "../../src/trace/table/write-table.js";
import { resultOf } from "../compare/results.js";
import { refused } from "../support/refused.js";
import { type Database, databaseOf } from "./duckdb.js";

const folder = mkdtempSync(join(tmpdir(), "verbscope-"));
const PATHS = ["native", "virt-ib", "virt-ib-forward", "memlink"];
const results = [resultOf([], PATHS), resultOf([], PATHS, "send-bw-srq")],
  [result] = results as [Result, Result];
const tables: ExportTable[] = [...tablesOf(results), operationsTable(result)];
const file = (name: string): string => join(folder, `${name}.arrow`);
let db: Database;
beforeAll(async () => {
  for (const t of tables) writeFileSync(file(t.name), arrowFile(t.columns));
  db = await databaseOf(tables.map((t) => file(t.name)));
});
afterAll(() => {
  db.close();
  rmSync(folder, { recursive: true });
});
const plain = (x: unknown): unknown => (typeof x === "bigint" ? Number(x) : x);
const rows = async (sql: string): Promise<unknown[][]> =>
  (await db.query(sql)).map((r) => Object.values(r).map(plain));

describe("Arrow", () => {
  test("tables and columns", () =>
    expect(
      tables.map((t) => [
        t.name,
        tableFromIPC(readFileSync(file(t.name)))
          .schema.fields.map((f) => `${f.name} ${String(f.type)}`)
          .join(", "),
      ]),
    ).toMatchInlineSnapshot(`
    [
      [
        "replays",
        "result Int64, path Utf8, trace Utf8, testbed Utf8, makespan_ps Int64, data_path_start_ps Int64, data_path_end_ps Int64, bytes Int64, bytes_per_s Float64, ops_per_s Float64",
      ],
      [
        "layers",
        "result Int64, path Utf8, layer Utf8, group Utf8, ps Int64",
      ],
      [
        "counters",
        "result Int64, path Utf8, counter Utf8, value Int64",
      ],
      [
        "operations",
        "result Int64, path Utf8, verb Utf8, opcode Utf8, size_class Utf8, count Int64, bytes Int64, min_ps Int64, mean_ps Int64, p50_ps Int64, p90_ps Int64, p99_ps Int64, p999_ps Int64, max_ps Int64",
      ],
      [
        "operation_layers",
        "result Int64, path Utf8, verb Utf8, opcode Utf8, size_class Utf8, layer Utf8, service_ps Int64, wait_ps Int64",
      ],
      [
        "operation_latencies",
        "path Utf8, node Int64, qp Int64, operation Int64, opcode Utf8, bytes Int64, start_ps Int64, latency_ps Int64",
      ],
    ]
  `));
  test.each(tables.map((t) => [t.name, t] as const))("%s reads back as it was", (name, t) => {
    const read = tableFromIPC(readFileSync(file(name)));
    for (const c of t.columns)
      expect(Array.from(read.getChild(c.name)!, String), c.name).toEqual(c.values.map(String));
  });
  test("numbers beyond 2^53 are exact, and a table may be empty", () => {
    const big = (1n << 63n) - 1n,
      large = arrowFile([
        { name: "a", type: "i64", values: [String(big), 5, 7n] },
        { name: "b", type: "i64", values: [-1, "-9007199254740993", 0n] },
      ]);
    expect(
      tableFromIPC(large)
        .toArray()
        .map((r) => [r.a, r.b]),
    ).toEqual([
      [big, -1n],
      [5n, -9007199254740993n],
      [7n, 0n],
    ]);
    expect(
      tableFromIPC(
        arrowFile([
          { name: "a", type: "text", values: [] },
          { name: "b", type: "i64", values: [] },
        ]),
      ).numRows,
    ).toBe(0);
  });
  test.each(["9223372036854775808", "-9223372036854775809"])("%s is refused, not wrapped", (value) =>
    expect(refused(() => arrowFile([{ name: "a", type: "i64", values: [value] }]))).toMatch(
      /column a.*not a number of 64 bits/,
    ),
  );
});

describe("DuckDB", () => {
  test("layers sum to the makespan of their path", async () => {
    const sums = await rows(
      "SELECT result, path, sum(ps) AS ps FROM layers GROUP BY result, path ORDER BY result, path",
    );
    expect(sums).toEqual(await rows("SELECT result, path, makespan_ps FROM replays ORDER BY result, path"));
    expect(sums).toEqual(
      results
        .flatMap((r, i) => r.replays.map((p) => [i, p.path, p.makespan_ps]))
        .sort((a, b) => (String(a) < String(b) ? -1 : 1)),
    );
  });
  test("differences may be negative", async () => {
    const of = (path: string, layer: string): number =>
      Number(result.replays.find((r) => r.path === path)!.layers[layer] ?? 0);
    const rest = await rows(
      "SELECT o.layer, o.ps - n.ps FROM layers o JOIN layers n USING (result, " +
        "layer) WHERE result = 0 AND o.path = 'memlink' AND n.path = 'native'",
    );
    expect(rest.some(([, more]) => Number(more) < 0)).toBe(true);
    for (const [layer, more] of rest)
      expect(more).toBe(of("memlink", String(layer)) - of("native", String(layer)));
  });
  test("each layer, by group", async () => {
    const groups = await rows(
      'SELECT path, "group", sum(ps) AS ps FROM layers WHERE result = 0 GROUP BY ALL',
    );
    for (const [path, group, ps] of groups) {
      const { layers } = result.replays.find((r) => r.path === path)!;
      expect(ps).toBe(
        Object.entries(layers)
          .filter(([l]) => l.startsWith(`${String(group)}.`))
          .reduce((n, [, v]) => n + Number(v), 0),
      );
    }
  });
  test("service and wait of a class sum to its latencies, up to the rounding of their mean", async () => {
    const wrong = await rows(`
      SELECT * FROM (
        SELECT result, path, verb, opcode, size_class, any_value(count) AS n, any_value(mean_ps) AS mean, sum(service_ps + wait_ps) AS ps
        FROM operations JOIN operation_layers USING (result, path, verb, opcode, size_class) GROUP BY ALL)
      WHERE NOT (ps >= mean * n AND ps < (mean + 1) * n)`);
    expect(wrong).toEqual([]);
    expect(await rows("SELECT count(*) FROM operations WHERE mean_ps > 0")).toEqual(
      await rows("SELECT count(DISTINCT (result, path, verb, opcode, size_class)) FROM operation_layers"),
    );
  });
  test("quantiles over every operation are those of the result within a bucket (1/128)", async () => {
    const classes = await rows(`
      SELECT path, opcode,
        CASE WHEN bytes = 0 THEN '0'
             ELSE CAST(CAST(pow(2, ceil(log2(bytes))) AS BIGINT) AS VARCHAR) END AS size_class,
        count(*), min(latency_ps), max(latency_ps), quantile_disc(latency_ps, 0.5),
        quantile_disc(latency_ps, 0.99), sum(latency_ps) // count(*)
      FROM operation_latencies GROUP BY ALL`);
    expect(classes.length).toBeGreaterThanOrEqual(PATHS.length);
    for (const [path, opcode, size, count, min, max, p50, p99, mean] of classes) {
      const o = result.replays
          .find((r) => r.path === path)!
          .operations.find((x) => x.verb === "post_send" && x.opcode === opcode && x.size_class === size)!,
        l = o.latency_ps;
      expect([count, min, max, mean]).toEqual([o.count, l.min, l.max, l.mean]);
      for (const [kept, exact] of [
        [l.p50, p50],
        [l.p99, p99],
      ] as [number, number][]) {
        expect(kept).toBeGreaterThanOrEqual(exact);
        expect(kept).toBeLessThanOrEqual(exact * (1 + 1 / 128));
      }
    }
  });
  test("CSV, read by DuckDB's own reader, is the same table", async () => {
    for (const t of tables) {
      const csv = join(folder, `${t.name}.csv`),
        columns = t.columns.map((c) => `"${c.name}"`).join(", ");
      writeFileSync(csv, csvOf(t));
      const other =
        "SELECT " +
        `${t.columns
          .map(
            (c) =>
              `CAST("${c.name}" AS ` +
              `${{ text: "VARCHAR", i64: "BIGINT", f64: "DOUBLE" }[c.type]}) ` +
              `AS "${c.name}"`,
          )
          .join(", ")} ` +
        `FROM read_csv('${csv}', header = true, all_varchar = true)`;
      expect(
        await rows(
          `(SELECT ${columns} FROM ${t.name} EXCEPT ALL (${other})) UNION ALL ` +
            `((${other}) EXCEPT ALL SELECT ${columns} FROM ${t.name})`,
        ),
        t.name,
      ).toEqual([]);
    }
  });
});

describe("CSV", () => {
  const csv = (...values: string[]): string[] =>
    csvOf({
      name: "x",
      columns: [
        { name: "a", type: "text", values },
        { name: "n", type: "i64", values: values.map(() => -5n) },
      ],
    }).split("\r\n");
  test("what has a comma or a quote is quoted, lines end with CRLF", () =>
    expect(csv("plain", "a,b", 'say "no"', "ü")).toEqual([
      "a,n",
      "plain,-5",
      '"a,b",-5',
      '"say ""no""",-5',
      "ü,-5",
      "",
    ]));
  test.each(["=1+1", "+1", "-1", "@SUM(A1)", " =1", "＝1", '=HYPERLINK("http://x","y")'])(
    "%j is no formula",
    (value) => expect(csv(value)[1]).toMatch(/^"?'/),
  );
  test("control characters are dots: a row is a line", () =>
    expect(csv("a\r\nb\u0000\u001b[2J\u202e", "\t=1").slice(1, 3)).toEqual(["a··b··[2J·,-5", "·=1,-5"]));
  test("numbers stay numbers", () => expect(csv("x")[1]).toBe("x,-5"));
});
