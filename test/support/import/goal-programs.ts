import { Random } from "../random/rng.js";

/** What a random program sends: messages and bytes by `source>target`. */
export interface Sent {
  messages: Map<string, number>;
  bytes: Map<string, number>;
}

/**
 * A random schedule that comes to its end, and how long each of its ranks calculates, ns. Operations are made in
 * one order, and wait for earlier ones of their rank only. Messages under a tag that is used again begin in that
 * order on both sides, so that none overtakes.
 */
export function randomProgram(
  seed: number,
  cpus = 1 + (seed % 3),
): { text: string; sent: Sent; calc_ns: number[] } {
  const random = new Random(seed, 11),
    ranks = random.int(2, 6),
    calc_ns = new Array<number>(ranks).fill(0),
    lines: string[][] = Array.from({ length: ranks }, () => []),
    ops = new Array<number>(ranks).fill(0),
    lastOf = new Map<string, string>(),
    sent: Sent = { messages: new Map(), bytes: new Map() };
  const add = (rank: number, what: string, queue?: string): void => {
    const label = `l${ops[rank]!++}`;
    lines[rank]!.push(`${label}: ${what} cpu ${random.int(0, cpus - 1)}`);
    for (let n = random.int(0, 2); n > 0 && ops[rank]! > 1; n--)
      lines[rank]!.push(
        `${label} ${random.chance(0.7) ? "" : "i"}requires l${random.int(0, ops[rank]! - 2)}`,
      );
    if (queue === undefined) return;
    const before = lastOf.get(queue);
    if (before !== undefined) lines[rank]!.push(`${label} irequires ${before}`);
    lastOf.set(queue, label);
  };
  for (let n = random.int(20, 200), tag = 100; n > 0; n--) {
    const from = random.int(0, ranks - 1),
      to = random.int(0, ranks - 1);
    if (random.chance(0.3)) {
      const ns = random.int(0, 5000);
      calc_ns[from]! += ns;
      add(from, `calc ${ns}`);
      continue;
    }
    const bytes = random.chance(0.1) ? 0 : random.magnitude(60_000),
      again = random.chance(0.5),
      under = again ? 7 : tag++;
    add(from, `send ${bytes}b to ${to} tag ${under}`, again ? `send ${from} ${to}` : undefined);
    add(to, `recv ${bytes}b from ${from} tag ${under}`, again ? `recv ${from} ${to}` : undefined);
    if (from === to) continue;
    const pair = `${from}>${to}`;
    sent.messages.set(pair, (sent.messages.get(pair) ?? 0) + 1);
    sent.bytes.set(pair, (sent.bytes.get(pair) ?? 0) + bytes);
  }
  const text = lines.map((of, rank) => `rank ${rank} {\n${of.map((l) => `${l}\n`).join("")}}\n`);
  return { text: `num_ranks ${ranks}\n${text.join("")}`, sent, calc_ns };
}
