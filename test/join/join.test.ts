import { copyFileSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { beforeAll, describe, expect, test } from "vitest";
import { packageUrl } from "../../src/files.js";
import { encodeMapping } from "../../src/index.js";
import type { MappingRow } from "../../src/trace/mapping/mapping.js";
import { commandIn } from "../support/command.js";
import { scratch } from "../support/files.js";
import { MEMORY_META } from "../support/memory/memory.js";
import { schemaErrors } from "../support/schemas.js";

const { file, folder } = scratch();
const cli = (...words: string[]) => commandIn(folder, ...words);
const map = (...rows: [vaddr: bigint, pages: bigint][]): Uint8Array =>
  encodeMapping(
    rows.map(
      ([vaddr, pages], i): MappingRow => ({
        vaddr,
        bytes: pages << 12n,
        leaf: "4k",
        frame: 1000n * BigInt(i + 1),
        domain: "process",
      }),
    ),
    MEMORY_META,
  );
const read = (name: string): Record<string, unknown> =>
  JSON.parse(readFileSync(join(folder, name), "utf8")) as Record<string, unknown>;

for (const name of ["rc-pingpong-4k", "sort"])
  copyFileSync(fileURLToPath(packageUrl(`traces/${name}.arrow`)), join(folder, `${name}.arrow`));
/** What sort touches: 86 pages in a few ranges. */
let touched: { start: string; pages: number }[] = [];
beforeAll(async () => {
  touched = (JSON.parse((await cli("inspect", "sort.arrow", "--json")).stdout) as { touched: typeof touched })
    .touched;
  file("all.arrow", map(...touched.map((r): [bigint, bigint] => [BigInt(r.start), BigInt(r.pages)])));
});

describe("a set of traces", () => {
  test("replays as its traces do, also from another folder", async () => {
    const made = await cli("join", "rc-pingpong-4k.arrow", "sort.arrow", "-o", "both.json");
    expect([made.status, made.stdout, made.stderr]).toEqual([
      0,
      "",
      expect.stringContaining("share no clock"),
    ]);
    expect(schemaErrors("set", read("both.json"))).toEqual([]);
    const apart = await cli("replay", "rc-pingpong-4k.arrow", "sort.arrow", "--json"),
      joined = await cli("replay", "both.json", "--json");
    expect(joined.status).toBe(0);
    expect(joined.stdout).toBe(apart.stdout);
    const elsewhere = await commandIn("/", "replay", join(folder, "both.json"), "--json"),
      makespans = (text: string): string[] =>
        (JSON.parse(text) as { replays: { makespan_ps: string }[] }).replays.map((r) => r.makespan_ps);
    expect(makespans(elsewhere.stdout)).toEqual(makespans(apart.stdout));
  });
  test("has a page map, which is --mapping", async () => {
    await cli("join", "sort.arrow", "all.arrow", "-o", "mapped.json");
    const [joined, given] = [
      await cli("replay", "mapped.json", "--json"),
      await cli("replay", "sort.arrow", "--mapping", "all.arrow", "--json"),
    ];
    expect([joined.status, joined.stdout]).toEqual([0, given.stdout]);
    const twice = await cli("replay", "mapped.json", "--mapping", "all.arrow");
    expect([twice.status, twice.stderr]).toEqual([
      2,
      expect.stringMatching(/the set has a page map, .*all\.arrow/),
    ]);
  });
  test("takes its place in attribute", async () => {
    const words = ["--from", "native", "--to", "native+memory=memlink", "--json"],
      [joined, apart] = [
        await cli("attribute", "both.json", ...words),
        await cli("attribute", "rc-pingpong-4k.arrow", "sort.arrow", ...words),
      ];
    expect([joined.status, joined.stdout]).toEqual([0, apart.stdout]);
  });
  test("says how many of the touched pages a map lacks", async () => {
    file("part.arrow", map([BigInt(touched[0]!.start), BigInt(touched[0]!.pages)]));
    await cli("join", "sort.arrow", "part.arrow", "-o", "part.json");
    expect(read("part.json").notes).toEqual([
      `the page map has ${touched[0]!.pages} of the 86 pages that are touched; the others get frames by policy (assumed)`,
    ]);
  });
});

describe("what is no set is refused in a sentence", () => {
  const refusal = async (...words: string[]): Promise<string> => {
    const { status, stdout, stderr } = await cli(...words);
    expect([status, stdout]).toEqual([2, ""]);
    return stderr;
  };
  test("traces of different runs, of one kind, alone", async () => {
    file("other.arrow", map([0x5000n, 1n]));
    expect(await refusal("join", "sort.arrow", "other.arrow", "-o", "x.json")).toMatch(
      /join: other\.arrow has none of the 86 pages that sort\.arrow touches/,
    );
    expect(await refusal("join", "sort.arrow", "sort.arrow", "-o", "x.json")).toMatch(
      /sort\.arrow and sort\.arrow are both memory traces, but a set has one of each kind: leave one out/,
    );
    expect(await refusal("join", "rc-pingpong-4k.arrow", "rc-pingpong-4k.arrow", "-o", "x.json")).toMatch(
      /make one of them with verbscope merge/,
    );
    expect(await refusal("join", "rc-pingpong-4k.arrow", "-o", "x.json")).toMatch(/there is nothing to join/);
    expect(await refusal("join", "sort.arrow", "-o", "x.json")).toMatch(/there is nothing to join/);
    expect(await refusal("join", "all.arrow", "-o", "x.json")).toMatch(/no memory trace is named/);
  });
  test("a trace that is not the one that was joined", async () => {
    file("moved.arrow", map([BigInt(touched[0]!.start), 1n]));
    await cli("join", "sort.arrow", "moved.arrow", "-o", "moved.json");
    file("moved.arrow", map([BigInt(touched[0]!.start), 2n]));
    expect(await refusal("replay", "moved.json")).toMatch(
      /moved\.json: moved\.arrow is not the mapping trace that was joined \(its digest differs\)/,
    );
  });
  test("a document that no join made", async () => {
    const set = read("both.json");
    for (const [change, sentence] of [
      [{ verbs: undefined, memory: undefined }, /has no trace to replay/],
      [{ verbs: { file: "", digest: "" } }, /verbs has no file/],
      [
        { memory: { file: "sort.arrow", digest: "sha1:12" } },
        /memory has digest "sha1:12", which is no sha256/,
      ],
      [{ memory: null }, /memory has no file/],
      [{ notes: "none" }, /has no notes, a list of sentences/],
      [{ exits: {} }, /exits has no file/],
      [{ links: {} }, /has "links", which no set has/],
    ] as const) {
      writeFileSync(join(folder, "odd.json"), JSON.stringify({ ...set, ...change }));
      expect(await refusal("replay", "odd.json")).toMatch(sentence);
    }
  });
  test("where one trace is wanted", async () =>
    expect(await refusal("explain", "both.json")).toMatch(
      /looks like a set of traces: replay it with: verbscope replay both\.json, or name one of the files/,
    ));
});
