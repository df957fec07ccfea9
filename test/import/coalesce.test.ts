import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Coalescer } from "../../src/import/memory/coalesce.js";

/** `again`: the instruction is that of the row before, once more. */
type Row = [kind: number, addr: bigint, size: number, gap: number, again?: boolean];
const L = 0,
  S = 1,
  M = 2;

function coalesce(
  rows: readonly Row[],
  named = true,
): { out: Row[]; movs: Coalescer["movs"]; stos: Coalescer["stos"] } {
  const out: Row[] = [];
  const c = new Coalescer(
    (low, high, size, kind, gap) => out.push([kind, (BigInt(high) << 32n) | BigInt(low), size, gap]),
    named,
  );
  for (const [kind, addr, size, gap, again = false] of rows)
    c.add(Number(addr & 0xffffffffn), Number(addr >> 32n), size, kind, gap, again);
  c.flush();
  return { out, movs: c.movs, stos: c.stos };
}
/** `n` elements of rep movs as valgrind shows them. */
const movs = (from: bigint, to: bigint, n: number, size = 1, step = 1, gap = 1): Row[] =>
  Array.from({ length: n }, (_, i) => BigInt(step * i * size)).flatMap((at, i): Row[] => [
    [L, from + at, size, i === 0 ? gap : 1, i > 0],
    [S, to + at, size, 0, i > 0],
  ]);
const stos = (to: bigint, n: number, gap = 1): Row[] =>
  Array.from({ length: n }, (_, i): Row => [S, to + BigInt(i), 1, i === 0 ? gap : 1, i > 0]);
/** Rows as they come out: nothing is known of their instructions any more. */
const plain = (rows: readonly Row[]): Row[] => rows.map(([k, a, s, g]) => [k, a, s, g]);

describe("rep movs", () => {
  test("becomes pieces that do not cross a line of the load, each with its store", () => {
    const { out, movs: seen } = coalesce(movs(0x1030n, 0x2001n, 100, 1, 1, 9));
    expect(out).toEqual([
      [L, 0x1030n, 16, 9],
      [S, 0x2001n, 16, 0],
      [L, 0x1040n, 64, 0],
      [S, 0x2011n, 64, 0],
      [L, 0x1080n, 20, 0],
      [S, 0x2051n, 20, 0],
    ]);
    expect(seen).toEqual({ runs: 1, before: 200, after: 6 });
  });
  test("with the direction flag set, from the top down", () => {
    expect(coalesce(movs(0x1048n, 0x2048n, 12, 8, -1)).out).toEqual([
      [L, 0x1040n, 16, 1],
      [S, 0x2040n, 16, 0],
      [L, 0x1000n, 64, 0],
      [S, 0x2000n, 64, 0],
      [L, 0xff0n, 16, 0],
      [S, 0x1ff0n, 16, 0],
    ]);
  });
  test("two pairs are enough, one is not", () => {
    expect(coalesce(movs(0n, 64n, 2, 4)).out).toEqual([
      [L, 0n, 8, 1],
      [S, 64n, 8, 0],
    ]);
    const one = movs(0n, 64n, 1, 4);
    expect(coalesce(one).out).toEqual(plain(one));
  });
  test("runs one after the other stay apart", () => {
    expect(
      coalesce([
        ...movs(0n, 0x100n, 4),
        ...movs(0x40n, 0x200n, 4, 1, 1, 3),
        [L, 0x44n, 1, 1],
        [L, 0x45n, 8, 2],
      ]).out,
    ).toEqual([
      [L, 0n, 4, 1],
      [S, 0x100n, 4, 0],
      [L, 0x40n, 4, 3],
      [S, 0x200n, 4, 0],
      [L, 0x44n, 1, 1],
      [L, 0x45n, 8, 2],
    ]);
  });
  test("across the border of 2^32", () => {
    expect(coalesce(movs(0x1fffffff8n, 0x2fffffffcn, 4, 4)).out).toEqual([
      [L, 0x1fffffff8n, 8, 1],
      [S, 0x2fffffffcn, 8, 0],
      [L, 0x200000000n, 8, 0],
      [S, 0x300000004n, 8, 0],
    ]);
  });
});

describe("rep stos", () => {
  test("stores of a byte by one instruction that repeats are a run", () => {
    expect(coalesce(stos(0x103cn, 16, 5)).out).toEqual([
      [S, 0x103cn, 4, 5],
      [S, 0x1040n, 12, 0],
    ]);
    expect(coalesce(stos(0x103cn, 2, 5)).out).toEqual([[S, 0x103cn, 2, 5]]);
    expect(coalesce(stos(0x103cn, 1, 5)).out).toEqual([[S, 0x103cn, 1, 5]]);
  });
  test("stores of as many instructions, as an unrolled loop has them, are not", () => {
    const rows = plain(stos(0x1000n, 64));
    const { out, stos: seen } = coalesce(rows);
    expect(out).toEqual(rows);
    expect(seen.runs).toBe(0);
  });
  test("stores that are wider, further apart or of more instructions are not", () => {
    for (const rows of [
      stos(0n, 40).map(([k, a, , g, again]): Row => [k, a * 8n, 8, g, again]),
      stos(0n, 40).map(([k, a, s, g, again]): Row => [k, a * 2n, s, g, again]),
      stos(0n, 40).map(([k, a, s, , again]): Row => [k, a, s, 2, again]),
    ])
      expect(coalesce(rows).out).toEqual(plain(rows));
  });
});

describe("where instructions are not named", () => {
  test("stores stay apart", () => {
    const rows = stos(0x1000n, 64);
    expect(coalesce(rows, false).out).toEqual(plain(rows));
  });
  test("an instruction that loads and stores is rep movs when addresses go up, perhaps a push when down", () => {
    expect(coalesce(plain(movs(0n, 0x100n, 4)), false).out).toEqual([
      [L, 0n, 4, 1],
      [S, 0x100n, 4, 0],
    ]);
    const pushes = plain(movs(0x40n, 0x140n, 4, 8, -1));
    expect(coalesce(pushes, false).out).toEqual(pushes);
  });
});

test("pairs of as many instructions, as pushes of a struct have them, stay apart", () => {
  const rows = plain(movs(0x40n, 0x140n, 4, 8, -1));
  expect(coalesce(rows).out).toEqual(rows);
});

test("anything else stays as it is", () => {
  const rows: Row[] = [
    [L, 1n, 8, 1],
    [S, 9n, 8, 1],
    [M, 3n, 8, 4],
    [L, 0n, 1, 0],
    [S, 1n, 1, 0],
    [S, 2n, 1, 1],
    [L, 8n, 32, 1],
    [S, 9n, 32, 0],
    [L, 40n, 32, 1],
    [S, 41n, 32, 0],
  ];
  expect(coalesce(rows).out).toEqual(rows);
});

const base = fc.constantFrom(0x1000n, 0x1020n, 0x103fn, 0xfffffff0n, 0x7fff00000000n, 0xffff800000000000n);
const near = fc.tuple(base, fc.bigInt({ min: 0n, max: 70n })).map(([b, d]) => b + d);
const piece: fc.Arbitrary<Row[]> = fc.oneof(
  fc
    .tuple(
      near,
      near,
      fc.integer({ min: 1, max: 90 }),
      fc.constantFrom(1, 2, 4, 8),
      fc.constantFrom(1, -1),
      fc.integer({ min: 0, max: 3 }),
    )
    .map(([a, b, n, size, step, gap]) => movs(a + 0x1000n, b + 0x1000n, n, size, step, gap)),
  fc
    .tuple(near, fc.integer({ min: 1, max: 90 }), fc.integer({ min: 0, max: 3 }))
    .map(([a, n, gap]) => stos(a, n, gap)),
  fc
    .tuple(fc.constantFrom(L, S, M), near, fc.constantFrom(1, 2, 4, 8, 64), fc.integer({ min: 0, max: 2 }))
    .map((row): Row[] => [row]),
);

test("coalescing keeps the bytes that are loaded and stored, each as often as before", () => {
  const bytes = (rows: readonly Row[]): Map<string, number> => {
    const touched = new Map<string, number>();
    for (const [kind, addr, size] of rows)
      for (let i = 0; i < size; i++) {
        const key = `${kind} ${addr + BigInt(i)}`;
        touched.set(key, (touched.get(key) ?? 0) + 1);
      }
    return touched;
  };
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 6 }), fc.boolean(), (pieces, named) => {
      const rows = pieces.flat(),
        { out, movs: m, stos: s } = coalesce(rows, named);
      expect(bytes(out)).toEqual(bytes(rows));
      expect(rows.length - out.length).toBe(m.before - m.after + s.before - s.after);
    }),
    { numRuns: 300 },
  );
});
