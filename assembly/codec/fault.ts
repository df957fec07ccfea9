// What a decoder returns: 0, or why it stopped. The host has the sentences (src/core/codec.ts), in this order.
export const FINE: u32 = 0;
export const CUT_OFF: u32 = 1;
/** More data than the output has room for. */
export const TOO_LONG: u32 = 2;
/** A match from before the start. */
export const OUTSIDE: u32 = 3;
export const NOT_A_FRAME: u32 = 4;
/** A frame that needs a dictionary. */
export const DICTIONARY: u32 = 5;
/** A field has a value that the format reserves. */
export const RESERVED: u32 = 6;
/** Codes of a table do not add up. */
export const TABLE: u32 = 7;
/** A stream of bits has too few or too many of them. */
export const BITS: u32 = 8;
/** Literals that are missing. */
export const LITERALS: u32 = 9;
export const CHECKSUM: u32 = 10;
