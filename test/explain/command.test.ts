import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import type { VerbsRow } from "../../src/trace/table/rows.js";
import { VerbsBuilder } from "../../src/trace/verbs/columns-builder.js";
import { readRows } from "../../src/trace/verbs/read-rows.js";
import { encodeVerbs } from "../../src/trace/verbs/write.js";
import { capture } from "../support/captures.js";
import { command } from "../support/command.js";
import { schemaErrors } from "../support/schemas.js";

const TRACE = "traces/rc-pingpong-4k.arrow";
const folder = mkdtempSync(join(tmpdir(), "verbscope-explain-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** The rows of the ping-pong that `change` keeps, as a file. */
function part(name: string, change: (row: VerbsRow) => VerbsRow | undefined): string {
  const file = join(folder, `${name}.arrow`),
    trace = capture("rc-pingpong-4k"),
    rows = [...readRows(trace)].flatMap((r) => change(r) ?? []),
    nodes = trace.metadata.nodes.slice(0, Math.max(...rows.map((r) => r.node)) + 1),
    builder = new VerbsBuilder();
  for (const r of rows) builder.add(r);
  writeFileSync(file, encodeVerbs(builder, { ...trace.metadata, nodes }));
  trace.close();
  return file;
}

describe("what is printed", () => {
  test("the first data operation, where none is named, and that it is so", async () => {
    const r = await command("explain", TRACE);
    expect(r.status, r.stderr).toBe(0);
    expect(r.stdout).toMatch(/^operation 0 \(row \d+ of the trace\): SEND of 4 096 bytes/m);
    expect(r.stdout).toContain(
      "the first data operation after set-up, since neither --op nor --row names one",
    );
  });
  test("an operation on another path and testbed, both ways to its end, values and steps", async () => {
    const r = await command(
      "explain",
      TRACE,
      "--path",
      "virt-ib",
      "--op",
      "3",
      "--set",
      "vm.exit_heavy=3000",
    );
    expect(r.status, r.stderr).toBe(0);
    for (const word of [
      /on path virt-ib, testbed thesis-2014$/m,
      /vq\.kick: 1 \(doorbell \+ blueflame\) × vm\.exit_heavy \(3000 cycles\)$/m,
      /^ +vm\.exit_heavy +3000 cycles +3000 to 6500 +--set/m,
      /t_cpl\(4096\) = 4096 \+ 20·⌈4096\/256⌉ bytes at 3584\.5 MB\/s$/m,
      /under post_send\.$/m,
      /under message\.$/m,
      /waits: pcie\.up is held by this operation itself \(hca\.wqe-fetch\)$/m,
      /^ {2}post_send +vq\.kick +read: /m,
    ])
      expect(r.stdout).toMatch(word);
  });
  test("JSON alone, by the schema", async () => {
    const r = await command("explain", TRACE, "--row", "1026", "--json"),
      e = JSON.parse(r.stdout) as { operation: { number: number; row: number } };
    expect(r.stderr).toBe("");
    expect(schemaErrors("explanation", e)).toEqual([]);
    expect(e.operation).toMatchObject({ number: 3, row: 1026 });
  });
});

describe("what cannot be explained is said in a sentence", () => {
  test.each([
    [["--op", "5000"], /--op 5000: the last operation on native is 999; operations count from 0/],
    [["--op", "-1"], /--op -1: operations have whole numbers from 0/],
    [["--op", "1.5"], /--op 1.5: operations have whole numbers/],
    [["--op", "x"], /--op is "x": give a number/],
    [["--row", "999999"], /--row 999999: the trace has rows 0 to 5796/],
    [
      ["--row", "0"],
      /--row 0: is a row of open_device, not an accepted work request.*next one is --row 1017$/,
    ],
    [["--row", "5796"], /--row 5796: is a row of \w+, not an accepted work request.*there is none after it$/],
    [["--op", "1", "--row", "1026"], /--op and --row both name an operation; give one of them/],
    [["--path", "nonsense"], /nonsense/],
  ])("%j", async (args, sentence) => {
    const r = await command("explain", TRACE, ...args);
    expect(r.status).toBe(2);
    expect(r.stdout).toBe("");
    expect(r.stderr.trim().split("\n")).toHaveLength(1);
    expect(r.stderr.trim()).toMatch(sentence);
  });
  test("the arm of a req_notify_cq", async () => {
    const r = await command("explain", "traces/rc-pingpong-events.arrow", "--op", "0");
    expect(r.status).toBe(2);
    expect(r.stderr).toMatch(/--op 0: is no work request but the arm of a req_notify_cq.*the nearest/);
  });
  test("a refused work request", async () => {
    let row = -1,
      refused = -1;
    const file = part("refused", (r) => {
      if (r.verb.startsWith("poll_")) return undefined;
      row++;
      if (r.verb !== "post_send" || refused >= 0) return r;
      refused = row;
      return { ...r, status: 12 };
    });
    const r = await command("explain", file, "--row", String(refused));
    expect(r.status).toBe(2);
    expect(r.stderr).toMatch(
      /was refused \(status 12\), not an accepted work request of a post_send; the next/,
    );
  });
  test("a trace without work requests", async () => {
    const file = part("set-up", (r) => (/^(post|poll)_/.test(r.verb) ? undefined : r));
    const r = await command("explain", file);
    expect(r.status).toBe(2);
    expect(r.stderr).toMatch(/no work request of it completes on native, so there is nothing to explain/);
  });
  test("a memory trace", async () => {
    const r = await command("explain", "traces/sort.arrow");
    expect(r.status).toBe(2);
    expect(r.stderr).toMatch(/is a memory trace .* but a verbs trace .* is wanted here/);
  });
});
