import { Random } from "./random/rng.js";

/** Names that every object of JavaScript answers to, and some that look like places in lists. */
const NAMES = ["toString", "constructor", "__proto__", "hasOwnProperty", "valueOf", "", "length", "0"];
const WILD: readonly unknown[] = [
  null,
  0,
  -1,
  1e308,
  -0.5,
  2 ** 53,
  "",
  "toString",
  "__proto__",
  "1e999",
  "2*pages",
  "9".repeat(30),
  "x".repeat(5000),
  "a\u001b[2J\u202eb",
  [],
  {},
  [[]],
  [null],
  { a: 1 },
  true,
];

/** A copy of a JSON document with one to three things in it left out, replaced, added or exchanged. */
export function mutated(doc: unknown, seed: number): unknown {
  const random = new Random(seed),
    copy = structuredClone(doc);
  const wild = (): unknown => structuredClone(random.pick(WILD));
  for (let n = random.int(1, 3); n > 0; n--) {
    const owner = random.pick(objects(copy)) as Record<string, unknown>,
      keys = Object.keys(owner);
    if (keys.length === 0) continue;
    const key = random.pick(keys),
      list = Array.isArray(owner);
    switch (random.int(0, 4)) {
      case 0:
        if (list) owner.splice(Number(key), 1);
        else delete owner[key];
        break;
      case 1:
      case 2:
        owner[key] = wild();
        break;
      case 3:
        if (list) owner.push(wild());
        else set(owner, random.pick(NAMES), random.int(0, 1) ? structuredClone(owner[key]) : wild());
        break;
      default: {
        const other = random.pick(keys);
        [owner[key], owner[other]] = [owner[other], owner[key]];
      }
    }
  }
  return copy;
}

/** Also `__proto__` becomes a key of its own, as JSON.parse makes it. */
const set = (owner: object, key: string, value: unknown): void =>
  void Object.defineProperty(owner, key, { value, enumerable: true, configurable: true, writable: true });

function objects(x: unknown, out: object[] = []): object[] {
  if (typeof x !== "object" || x === null) return out;
  out.push(x);
  for (const v of Object.values(x)) objects(v, out);
  return out;
}
