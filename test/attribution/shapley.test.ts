import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { nearest, rationalText, wholeShares } from "../../src/attribution/rational.js";
import { factorial, type Game, interactions, shapley } from "../../src/attribution/shapley.js";

const texts = (n: number, v: Game): string[] =>
  shapley(n, v).map((num) => rationalText({ num, den: factorial(n) }));
const has = (mask: number, ...players: number[]): boolean => players.every((p) => (mask >> p) & 1);

describe("games with known values", () => {
  test("additive: each player has what it adds, and nobody interacts", () => {
    const worth = [5n, -7n, 0n, 1_000_000_000_000_000_000_000n];
    const v: Game = (mask) => 3n + worth.reduce((sum, w, i) => sum + (has(mask, i) ? w : 0n), 0n);
    expect(texts(4, v)).toEqual(worth.map((w) => `${w}/1`));
    expect(interactions(4, v).every(({ num }) => num === 0n)).toBe(true);
  });
  test("a pair that only works together shares by halves, and its interaction is the whole", () => {
    const v: Game = (mask) => (has(mask, 0, 2) ? 9n : 0n);
    expect(texts(3, v)).toEqual(["9/2", "0/1", "9/2"]);
    expect(
      interactions(3, v).map(({ i, j, num }) => [i, j, rationalText({ num, den: factorial(2) })]),
    ).toEqual([
      [0, 1, "0/1"],
      [0, 2, "9/1"],
      [1, 2, "0/1"],
    ]);
  });
  test("gloves: the one left glove is worth 4/6, each of two right ones 1/6", () => {
    expect(texts(3, (mask) => (has(mask, 0) && (has(mask, 1) || has(mask, 2)) ? 1n : 0n))).toEqual([
      "2/3",
      "1/6",
      "1/6",
    ]);
  });
  test("airport: a runway's parts are paid by those who need them", () => {
    const needs = [1n, 2n, 6n];
    expect(
      texts(3, (mask) => needs.reduce((most, n, i) => (has(mask, i) && n > most ? n : most), 0n)),
    ).toEqual(["1/3", "5/6", "29/6"]);
  });
  test("unanimity of three: the interaction index of each pair is a half", () => {
    expect(
      interactions(3, (mask) => (mask === 7 ? 1n : 0n)).map(({ num }) =>
        rationalText({ num, den: factorial(2) }),
      ),
    ).toEqual(["1/2", "1/2", "1/2"]);
  });
  test("no player, one player", () => {
    expect(shapley(0, () => 5n)).toEqual([]);
    expect(texts(1, (mask) => (mask === 1 ? -3n : 4n))).toEqual(["-7/1"]);
  });
});

const game = fc
  .integer({ min: 1, max: 5 })
  .chain((n) =>
    fc.tuple(
      fc.constant(n),
      fc.array(fc.bigInt(-(10n ** 20n), 10n ** 20n), { minLength: 2 ** n, maxLength: 2 ** n }),
    ),
  );
/** The definition: mean step over all orders. */
function byOrders(n: number, v: Game): bigint[] {
  const sums = Array.from({ length: n }, () => 0n);
  const go = (mask: number, left: number): void => {
    for (let i = 0; i < n; i++) {
      if (has(mask, i)) continue;
      // The rest of the order can follow in so many ways.
      sums[i] = sums[i]! + factorial(left - 1) * (v(mask | (1 << i)) - v(mask));
      go(mask | (1 << i), left - 1);
    }
  };
  go(0, n);
  return sums;
}

describe("properties", () => {
  test("they are mean steps over all orders, and sum to the whole difference", () => {
    fc.assert(
      fc.property(game, ([n, values]) => {
        const v: Game = (mask) => values[mask]!,
          nums = shapley(n, v);
        expect(nums).toEqual(byOrders(n, v));
        expect(nums.reduce((a, b) => a + b, 0n)).toBe(factorial(n) * (v(2 ** n - 1) - v(0)));
      }),
    );
  });
  test("the order of the players changes nothing, not even the rounding", () => {
    fc.assert(
      fc.property(game, fc.infiniteStream(fc.nat()), ([n, values], random) => {
        const order = Array.from({ length: n }, (_, i) => ({ i, key: random.next().value as number }))
          .sort((a, b) => a.key - b.key)
          .map(({ i }) => i);
        const back = (mask: number): number =>
          order.reduce((m, player, place) => m | (((mask >> place) & 1) << player), 0);
        const plain = shapley(n, (mask) => values[mask]!),
          shuffled = shapley(n, (mask) => values[back(mask)]!);
        const name = (i: number): string => `player ${i}`,
          whole = (nums: [string, bigint][]): [string, bigint][] =>
            [...wholeShares(new Map(nums), factorial(n))].sort();
        expect(whole(order.map((player, place) => [name(player), shuffled[place]!]))).toEqual(
          whole(plain.map((num, i) => [name(i), num])),
        );
      }),
    );
  });
});

describe("whole numbers", () => {
  test("largest remainder: the sum is kept, each is its fraction rounded, what is whole stays", () => {
    expect([
      ...wholeShares(
        new Map([
          ["b", 5n],
          ["a", 5n],
          ["c", -1n],
          ["d", 9n],
        ]),
        6n,
      ),
    ]).toEqual([
      ["b", 1n],
      ["a", 1n],
      ["c", 0n],
      ["d", 1n],
    ]);
    fc.assert(
      fc.property(
        fc.array(fc.bigInt(-(10n ** 25n), 10n ** 25n), { minLength: 1, maxLength: 12 }),
        fc.bigInt(1n, 10n ** 9n),
        (nums, den) => {
          const rest = nums.reduce((a, b) => a + b, 0n) % den,
            all = [...nums, -rest];
          const shares = wholeShares(new Map(all.map((num, i) => [String(i).padStart(2, "0"), num])), den);
          expect([...shares.values()].reduce((a, b) => a + b, 0n) * den).toBe(
            all.reduce((a, b) => a + b, 0n),
          );
          [...shares.values()].forEach((share, i) => {
            const off = share * den - all[i]!;
            expect(off < den && off > -den && (all[i]! % den !== 0n || off === 0n)).toBe(true);
          });
        },
      ),
    );
  });
  test("nearest rounds halves upwards", () =>
    expect(
      [
        [5n, 2n],
        [-5n, 2n],
        [4n, 3n],
        [-4n, 3n],
      ].map(([num, den]) => nearest({ num: num!, den: den! })),
    ).toEqual([3n, -2n, 1n, -1n]));
  test("fractions are in lowest terms", () =>
    expect([rationalText({ num: -6n, den: 4n }), rationalText({ num: 0n, den: 24n })]).toEqual([
      "-3/2",
      "0/1",
    ]));
});
