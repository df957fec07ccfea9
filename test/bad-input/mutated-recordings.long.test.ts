import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { UserError } from "../../src/errors.js";
import { FORMATS } from "../../src/import/formats.js";
import { importFiles } from "../../src/import/import-files.js";
import type { Format } from "../../src/import/shared/format.js";
import { unpacked } from "../../src/import/shared/unpack.js";
import { openAnyTrace } from "../../src/trace/read.js";
import { scratch } from "../support/files.js";
import { collected } from "../support/memory/memory.js";
import { Random } from "../support/random/rng.js";

/** MUTATIONS=20000 npm run test:long -- test/bad-input tries as many of each kind, and says what they took. */
const MANY = Number(process.env.MUTATIONS ?? 100);
const SAMPLES = join(import.meta.dirname, "../import/fixtures");
/** Samples of a hundred kilobytes say no more than small ones, and take a hundred times as long. */
const SMALL = 20_000;
const { file, folder } = scratch();

/** Bytes changed, left out, repeated, or taken from elsewhere in the same file: one to four times. */
function damaged(content: Uint8Array, random: Random): Uint8Array {
  let bytes = Uint8Array.from(content);
  for (let n = random.int(1, 4); n > 0 && bytes.length > 1; n--) {
    const at = random.int(0, bytes.length - 1),
      length = random.int(1, Math.min(64, bytes.length - at)),
      piece = bytes.subarray(at, at + length);
    switch (random.int(0, 4)) {
      case 0:
        bytes[at]! ^= 1 << random.int(0, 7);
        break;
      case 1:
        bytes = Uint8Array.from([...bytes.subarray(0, at), ...bytes.subarray(at + length)]);
        break;
      case 2:
        bytes = Uint8Array.from([...bytes.subarray(0, at), ...piece, ...bytes.subarray(at)]);
        break;
      case 3:
        bytes.fill(random.int(0, 255), at, at + length);
        break;
      default:
        bytes = bytes.subarray(0, at);
    }
  }
  return bytes;
}

/** True when it is read, false when a sentence of our own refuses it. */
async function isRead(read: () => unknown): Promise<boolean> {
  try {
    await read();
    return true;
  } catch (e) {
    const { message, stack } = e as Error;
    expect(e, stack).toBeInstanceOf(UserError);
    expect(message, stack).not.toMatch(/\[object|\bNaN\b|\n/);
    return false;
  }
}
const imported = (format: Format, path: string): unknown =>
  format.kind === "memory"
    ? collected(format.read(path, {}))
    : importFiles(format, [path], join(folder, "out.arrow"));

/** Damages samples in turn, and says how many were refused, the longest answer and the peak of memory. */
async function tried(
  what: string,
  samples: readonly Uint8Array[],
  use: (path: string) => unknown,
): Promise<void> {
  let refused = 0,
    longest_ms = 0;
  for (let seed = 0; seed < MANY; seed++) {
    const path = file("damaged", damaged(samples[seed % samples.length]!, new Random(seed, 3))),
      start = performance.now();
    if (!(await isRead(() => use(path)))) refused++;
    longest_ms = Math.max(longest_ms, performance.now() - start);
  }
  const peak = process.resourceUsage().maxRSS / 1024;
  console.log(
    `${what}: ${MANY} damaged, ${refused} refused; the longest answer took ${longest_ms.toFixed(0)} ms, ` +
      `the process at most ${peak.toFixed(0)} MiB`,
  );
  expect(refused).toBeGreaterThan(0);
}
/** Unpacked: a damaged byte of a packed file is found by its checksum. */
async function samplesOf(name: string): Promise<Uint8Array[]> {
  const all: Uint8Array[] = [];
  for (const f of readdirSync(join(SAMPLES, name))) {
    if (f === "README.md") continue;
    const pieces: Uint8Array[] = [];
    for await (const piece of unpacked(join(SAMPLES, name, f), true)) pieces.push(Uint8Array.from(piece));
    all.push(new Uint8Array(Buffer.concat(pieces)));
  }
  return all.sort((x, y) => x.length - y.length).filter((content, i) => i === 0 || content.length <= SMALL);
}

describe("recordings that somebody damaged", () => {
  test.each(FORMATS.map((f) => [f.name, f] as const))("%s", async (name, format) =>
    tried(name, await samplesOf(name), (path) => imported(format, path)),
  );
});

test("traces that somebody damaged", async () => {
  const traces = await Promise.all(
    ["verbs-jsonl/write-lat.client.jsonl", "lackey", "mapping-csv"].map(async (sample) => {
      const [name, one] = sample.split("/") as [string, string?],
        format = FORMATS.find((f) => f.name === name)!,
        out = join(folder, `${name}.trace.arrow`);
      const files = one ? [one] : readdirSync(join(SAMPLES, name)).filter((f) => f !== "README.md");
      await importFiles(format, [join(SAMPLES, name, files[0]!)], out);
      return readFileSync(out);
    }),
  );
  await tried("Arrow traces", traces, (path) => openAnyTrace(path).close());
});
