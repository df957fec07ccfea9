import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { UserError } from "../../src/errors.js";
import { detectFormat } from "../../src/import/detect.js";
import { FORMATS } from "../../src/import/formats.js";
import { importFiles } from "../../src/import/import-files.js";
import type { Format } from "../../src/import/shared/format.js";
import { ExitColumns } from "../../src/trace/exits/exit-columns.js";
import { encodeExits } from "../../src/trace/exits/exits-write.js";
import { encodeMapping } from "../../src/trace/mapping/mapping-write.js";
import type { MemoryColumn } from "../../src/trace/memory/memory-rows.js";
import { encodeMemory } from "../../src/trace/memory/memory-write.js";
import { readAccesses } from "../../src/trace/memory/read-accesses.js";
import { type AnyTrace, openAnyTrace, readExits, readMapping } from "../../src/trace/read.js";
import type { TraceMetadata } from "../../src/trace/table/metadata.js";
import { VerbsBuilder } from "../../src/trace/verbs/columns-builder.js";
import { readRows } from "../../src/trace/verbs/read-rows.js";
import { encodeVerbs } from "../../src/trace/verbs/write.js";
import { scratch } from "../support/files.js";
import { described } from "../support/import/described.js";
import { SAMPLES } from "../support/import/samples.js";
import { collected } from "../support/memory/memory.js";
import { Random } from "../support/random/rng.js";
import { refusedLater } from "../support/refused.js";

// Every format of src/import/formats.ts has a folder of samples here, named as it is, and passes all of this.
const FIXTURES = join(import.meta.dirname, "fixtures"),
  GOLDEN = join(import.meta.dirname, "golden");
const { file, folder } = scratch();
const noise = Buffer.from(Array.from({ length: 4096 }, (_, i) => new Random(i, 1).int(0, 255)));

const samplesOf = (name: string): string[] =>
  readdirSync(join(FIXTURES, name)).filter((f) => f !== "README.md");

/** The import, or undefined where a sentence refused it; anything else that is thrown fails the test. */
async function taken(format: Format, path: string): Promise<TraceMetadata | undefined> {
  try {
    // Batches of the usual size, hundreds of times, would take most of the time.
    if (format.kind === "memory") return (await collected(format.read(path, {}))).metadata;
    return (await importFiles(format, [path], join(folder, "taken.arrow"))).metadata;
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    expect(error.message.startsWith(`${path}: `), error.message).toBe(true);
    // The reader of verbs calls a field that is not there undefined.
    expect(error.message).not.toMatch(
      format.kind === "verbs" ? /\n|NaN|\[object/ : /\n|undefined|NaN|\[object/,
    );
    return undefined;
  }
}

function writtenAgain(trace: AnyTrace): Uint8Array {
  if (trace.kind === "memory")
    return encodeMemory(
      (rows) => {
        for (const row of readAccesses(trace)) rows.addRow(row);
        return trace.metadata;
      },
      { columns: [...trace.columns] as MemoryColumn[] },
    );
  if (trace.kind === "mapping") return encodeMapping(readMapping(trace), trace.metadata);
  if (trace.kind === "exits") {
    const exits = new ExitColumns();
    for (const row of readExits(trace)) exits.addRow(row);
    return encodeExits(exits, trace.metadata);
  }
  const builder = new VerbsBuilder();
  for (const row of readRows(trace)) builder.add(row);
  return encodeVerbs(builder, trace.metadata);
}

describe.each(FORMATS.map((f) => [f.name, f] as const))("%s", (name, format) => {
  const samples = samplesOf(name);
  test("has samples, and says where they are from", () => {
    expect(samples.length).toBeGreaterThan(0);
    expect(readFileSync(join(FIXTURES, name, "README.md"), "utf8").length).toBeGreaterThan(40);
  });

  test.each(samples)("%s becomes the trace that was reviewed", async (sample) => {
    const out = join(folder, "golden.arrow");
    await importFiles(format, [join(FIXTURES, name, sample)], out);
    const trace = openAnyTrace(out);
    if (format.kind !== "arrow") expect(trace.kind).toBe(format.kind);
    expect(trace.metadata.source.format).toBe(name);
    for (const column of Object.keys(trace.metadata.fields)) expect(trace.columns).toContain(column);
    await expect(described(trace)).toMatchFileSnapshot(join(GOLDEN, name, `${sample}.txt`));
    expect(Buffer.from(writtenAgain(trace)).equals(readFileSync(out))).toBe(true);
    trace.close();
  });

  test.each(samples)("%s is found by its content", async (sample) => {
    expect((await detectFormat([join(FIXTURES, name, sample)])).name).toBe(name);
    const content = readFileSync(join(FIXTURES, name, sample));
    for (const other of FORMATS)
      if (other !== format) expect(other.sniff(content.subarray(0, 1 << 16)), other.name).toBeLessThan(0.85);
  });

  test.each(samples)("%s, cut anywhere, is refused or its loss is said", async (sample) => {
    const content = readFileSync(join(FIXTURES, name, sample)),
      text = !content.includes(0);
    for (let sixteenth = 1; sixteenth < 16; sixteenth++) {
      const part = content.subarray(0, Math.floor((content.length * sixteenth) / 16));
      const path = file("part", part);
      const done = await taken(format, path);
      if (done && text && part.at(-1) !== 10 && !TAKES_LAST.has(name))
        expect(done.notes.join("\n"), `${sixteenth}/16`).toMatch(/cut off|has no end|dropped/);
    }
  });

  test.each(samples)("%s with a byte changed is taken or refused, and breaks nothing", async (sample) => {
    const content = readFileSync(join(FIXTURES, name, sample)),
      random = new Random(7);
    for (let i = 0; i < 24; i++) {
      const damaged = Uint8Array.from(content),
        at = i < 8 ? i : random.int(0, content.length - 1);
      damaged[at % damaged.length]! ^= 1 << random.int(0, 7);
      const path = file("damaged", damaged);
      await taken(format, path);
      await detectFormat([path]).catch((error: unknown) => expect(error).toBeInstanceOf(UserError));
    }
  });

  test.each([
    ["an empty file", "empty", Buffer.alloc(0)],
    ["noise", "noise", noise],
    ["a packed file that was cut", "cut.gz", gzipSync(noise).subarray(0, 1000)],
  ])("refuses %s", async (_, input, content) => {
    expect(await taken(format, file(input, content))).toBeUndefined();
  });
  test("refuses a file that is not there", async () =>
    expect(await refusedLater(importFiles(format, ["nowhere"], join(folder, "x")))).toMatch(
      /^nowhere: .*ENOENT/,
    ));
});
/** Formats whose last line counts without an end, when it is whole. */
const TAKES_LAST: ReadonlySet<string> = new Set(["memory-csv", "mapping-csv"]);

test.each(Object.entries(SAMPLES))("%s is what its writer makes", (path, make) =>
  expect(readFileSync(join(FIXTURES, path)).equals(make())).toBe(true),
);

test("no folder of samples is left over", () =>
  expect(readdirSync(FIXTURES).sort()).toEqual(FORMATS.map((f) => f.name).sort()));
