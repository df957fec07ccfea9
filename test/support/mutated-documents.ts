import { expect } from "vitest";
import { UserError } from "../../src/errors.js";
import { DOCUMENT_READERS } from "./document-readers.js";
import { mutated } from "./mutate.js";

/**
 * Hands damaged documents of seeds `from` to before `to` to a reader: each is read, or refused in a sentence of
 * our own. Says how many were refused, and how long the slowest took.
 */
export function damaged(name: string, from: number, to: number): { refused: number; longest_ms: number } {
  const { good, use } = DOCUMENT_READERS[name]!;
  let refused = 0,
    longest_ms = 0;
  for (let seed = from; seed < to; seed++) {
    const doc = mutated(good[seed % good.length], seed),
      start = performance.now();
    try {
      use(doc);
    } catch (e) {
      const told = `seed ${seed}: ${String((e as Error).stack)}`,
        { message } = e as Error;
      expect(e, told).toBeInstanceOf(UserError);
      expect(message, told).not.toMatch(/\bundefined\b|\[object|\bNaN\b|[\u0000-\u001f]/);
      expect(message.length, told).toBeLessThanOrEqual(2001);
      refused++;
    }
    longest_ms = Math.max(longest_ms, performance.now() - start);
  }
  return { refused, longest_ms };
}
