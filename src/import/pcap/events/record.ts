// An event of a port, as a record: what its program did, by the packets of one message.

/** The time in ns from the capture's origin is a double, at the start. */
export const RECORD_BYTES = 40,
  RECORD_DOUBLES = RECORD_BYTES / 8,
  RECORD_WORDS = RECORD_BYTES / 4;
/**
 * Words of a record, behind the time's two. Those two that order what is of one time come first: the flow and 1 for
 * its receiver's side; the message's number there and 1 for its completion.
 */
export const SIDE = 2,
  STEP = 3,
  OPCODE = 4,
  BYTES = 5,
  IMM = 6,
  RKEY = 7,
  LOW = 8,
  HIGH = 9;

/** Records in memory, as words and as doubles. */
export class Records {
  readonly words: Uint32Array;
  readonly doubles: Float64Array;
  readonly bytes: Uint8Array;
  readonly capacity: number;

  constructor(capacity: number) {
    this.capacity = capacity;
    const buffer = new ArrayBuffer(capacity * RECORD_BYTES);
    this.words = new Uint32Array(buffer);
    this.doubles = new Float64Array(buffer);
    this.bytes = new Uint8Array(buffer);
  }
  time(i: number): number {
    return this.doubles[i * RECORD_DOUBLES]!;
  }
  /** Whether record `a` comes before record `b`; no two of one port are alike. */
  before(a: number, b: number): boolean {
    const { doubles, words } = this,
      ta = doubles[a * RECORD_DOUBLES]!,
      tb = doubles[b * RECORD_DOUBLES]!;
    if (ta !== tb) return ta < tb;
    const i = a * RECORD_WORDS,
      j = b * RECORD_WORDS;
    if (words[i + SIDE] !== words[j + SIDE]) return words[i + SIDE]! < words[j + SIDE]!;
    return words[i + STEP]! < words[j + STEP]!;
  }
}
