import { Keys } from "./keys.js";
import { type AddressKind, LID, V4 } from "./layers.js";

/** Kind, and the address's bytes in words. */
const WORDS = 5;

/** Numbers the ports of a capture in the order in which they first come. */
export class Ports {
  private readonly keys = new Keys(WORDS);

  /** The number of the port whose address is at `at`. */
  number(kind: AddressKind, bytes: Uint8Array, at: number): number {
    const { key } = this.keys;
    key[0] = kind;
    key[1] = key[2] = key[3] = key[4] = 0;
    if (kind === LID) key[1] = (bytes[at]! << 8) | bytes[at + 1]!;
    else
      for (let word = 1, from = at; from < at + kind; word++, from += 4)
        key[word] =
          (bytes[from]! << 24) | (bytes[from + 1]! << 16) | (bytes[from + 2]! << 8) | bytes[from + 3]!;
    return this.keys.add();
  }
  /** What people call it. */
  name(number: number): string {
    const [kind, ...words] = Array.from({ length: WORDS }, (_, i) => this.keys.word(number, i)),
      first = words[0]!;
    if (kind === LID) return `LID ${first}`;
    if (kind === V4) return [24, 16, 8, 0].map((by) => (first >>> by) & 255).join(".");
    return words.map((w) => w.toString(16).padStart(8, "0")).join("");
  }
}
