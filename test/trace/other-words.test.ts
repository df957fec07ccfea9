import {
  Dictionary,
  Int8,
  Int16,
  Int32,
  LargeUtf8,
  makeData,
  makeVector,
  Uint8,
  Uint16,
  Uint32,
  Uint64,
  Utf8,
  Utf8View,
  type Vector,
  vectorFromArray,
} from "apache-arrow";
import { describe, expect, test } from "vitest";
import { openMappingSource, readMapping } from "../../src/trace/read.js";
import { END, foreignFile, messages, refusal, source } from "../support/arrow.js";

const WORDS = { leaf: ["4k", "2m", "4k"], domain: ["host", "process", "process"] };
/** Columns of a page map, its words as `text` makes them. */
function pages(text: (words: string[], id: number) => Vector): Record<string, Vector> {
  const u64 = (...values: bigint[]): Vector => vectorFromArray(values, new Uint64());
  return {
    vaddr: u64(4096n, 0x200000n, 4096n),
    bytes: u64(4096n, 0x200000n, 4096n),
    leaf: text(WORDS.leaf, 1),
    frame: u64(9n, 512n, 3n),
    domain: text(WORDS.domain, 2),
  };
}
const wordsOf = (bytes: Uint8Array): unknown => {
  const rows = readMapping(openMappingSource(source(bytes)));
  return { leaf: rows.map((r) => r.leaf), domain: rows.map((r) => r.domain) };
};

describe("words", () => {
  const INDICES = { Int8, Int16, Int32, Uint8, Uint16, Uint32 };
  for (const [name, Index] of Object.entries(INDICES)) {
    test(`as indices of ${name.toLowerCase()}`, () => {
      const bytes = foreignFile(
        "mapping",
        pages((w, id) => vectorFromArray(w, new Dictionary(new Utf8(), new Index(), id))),
      );
      expect(wordsOf(bytes)).toEqual(WORDS);
    });
  }
  test.each([
    ["utf8", new Utf8()],
    ["large_utf8", new LargeUtf8()],
    ["utf8_view", new Utf8View()],
  ])("as %s", (_, type) => {
    const bytes = foreignFile(
      "mapping",
      pages((w) => vectorFromArray(w, type)),
    );
    expect(wordsOf(bytes)).toEqual(WORDS);
  });
  test("of a category list that is shared with other columns", () => {
    const all = vectorFromArray(["x", ...WORDS.leaf.slice(0, 2), "host", "process"], new Utf8());
    const columns = pages((w, id) => {
      const data = Int32Array.from(w, (word) => [...all].indexOf(word));
      const type = new Dictionary(new Utf8(), new Int32(), id);
      return makeVector(makeData({ type, length: 3, nullCount: 0, data, dictionary: all }));
    });
    expect(wordsOf(foreignFile("mapping", columns))).toEqual(WORDS);
  });
  test.each<[string, Vector, string]>([
    [
      "another",
      vectorFromArray(["4k", "64k", "4k"], new Utf8()),
      'row 1: column leaf is "64k", which is no word of mapping/1: ' +
        "use a version of verbscope that knows it, or correct it",
    ],
    [
      "another of a dictionary",
      vectorFromArray(["4k", "4k", "64k"], new Dictionary(new Utf8(), new Int16(), 1)),
      'row 2: column leaf is "64k", which is no word of mapping/1: ' +
        "use a version of verbscope that knows it, or correct it",
    ],
    [
      "a number",
      vectorFromArray([12, 21, 12], new Int32()),
      "column leaf has type int32, but mapping/1 wants dictionary<int8, utf8>: convert it",
    ],
    [
      "a dictionary of numbers",
      vectorFromArray([12, 21, 12], new Dictionary(new Int32(), new Int16(), 1)),
      "column leaf has type dictionary<int16, int>, but mapping/1 wants dictionary<int8, utf8>: convert it",
    ],
  ])("%s is refused", (_, leaf, why) => {
    const columns = pages((w) => vectorFromArray(w, new Utf8()));
    expect(refusal(foreignFile("mapping", { ...columns, leaf }))).toBe(`t.arrow: ${why}`);
  });
});

describe("a dictionary that changes in mid-stream", () => {
  /** Page maps of one row whose leaf is the last of these words. */
  const part = (...leaves: string[]): { kind: string; bytes: Uint8Array }[] => {
    const dictionary = vectorFromArray(leaves, new Utf8()),
      type = new Dictionary(new Utf8(), new Int16(), 1),
      data = Int16Array.of(leaves.length - 1);
    const leaf = makeVector(makeData({ type, length: 1, nullCount: 0, data, dictionary }));
    const u64 = (value: bigint): Vector => vectorFromArray([value], new Uint64());
    const columns = {
      vaddr: u64(BigInt(leaves.length) << 30n),
      bytes: u64(1n << 30n),
      leaf,
      frame: u64(BigInt(leaves.length) << 18n),
      domain: vectorFromArray(["host"], new Utf8()),
    };
    return messages(foreignFile("mapping", columns, "stream"));
  };
  const following = (...parts: ReturnType<typeof part>[]): Uint8Array =>
    new Uint8Array(
      Buffer.concat([
        ...parts.flatMap((p, i) => p.filter((m) => i === 0 || m.kind !== "schema").map((m) => m.bytes)),
        END,
      ]),
    );
  test("may grow", () => {
    const rows = readMapping(
      openMappingSource(source(following(part("4k"), part("4k", "1g"), part("4k", "1g", "2m")))),
    );
    expect(rows.map((r) => r.leaf)).toEqual(["4k", "1g", "2m"]);
  });
  test.each([
    ["does not become another", part("2m")],
    ["does not shrink", part("4k")],
  ])("%s", (_, last) =>
    expect(refusal(following(part("4k", "2m"), last))).toMatch(
      new RegExp(
        String.raw`byte \d+: a dictionary is replaced by one that does not start with the same words: ` +
          String.raw`write the file with one dictionary a column, or one that only grows$`,
      ),
    ),
  );
  test("may grow by deltas", () => {
    const columns = pages((w, id) => {
      const dictionary = vectorFromArray([w[0]!], new Utf8()).concat(vectorFromArray([w[1]!], new Utf8())),
        type = new Dictionary(new Utf8(), new Int32(), id),
        data = Int32Array.from(w, (word) => (word === w[0] ? 0 : 1));
      return makeVector(makeData({ type, length: 3, nullCount: 0, data, dictionary }));
    });
    const bytes = foreignFile("mapping", columns, "stream");
    expect(messages(bytes).filter((m) => m.kind === "dictionary").length).toBe(4);
    expect(wordsOf(bytes)).toEqual(WORDS);
  });
});
