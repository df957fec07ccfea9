import { Keys } from "./keys.js";
import { type AddressKind, LID, V4 } from "./layers.js";

/** Numbers the ports of a capture in the order in which they first come. */
export class Ports {
  private readonly keys = new Keys();

  /** The number of the port whose address is at `at`. */
  number(kind: AddressKind, bytes: Uint8Array, at: number): number {
    if (kind === LID) return this.keys.add(kind, (bytes[at]! << 8) | bytes[at + 1]!);
    if (kind === V4) return this.keys.add(kind, word(bytes, at));
    return this.keys.add(
      kind,
      word(bytes, at),
      word(bytes, at + 4),
      word(bytes, at + 8),
      word(bytes, at + 12),
    );
  }
  /** What people call it. */
  name(number: number): string {
    const [kind, ...words] = this.keys.key(number),
      first = words[0]!;
    if (kind === LID) return `LID ${first}`;
    if (kind === V4) return [24, 16, 8, 0].map((by) => (first >>> by) & 255).join(".");
    return words.map((w) => w.toString(16).padStart(8, "0")).join("");
  }
}

const word = (b: Uint8Array, at: number): number =>
  (b[at]! << 24) | (b[at + 1]! << 16) | (b[at + 2]! << 8) | b[at + 3]!;
