export const MIB = 2 ** 20;
/**
 * What a copy or a load is measured beyond, in bytes, to be of memory: no last-level cache that one processor
 * uses is larger than half of this.
 */
export const BEYOND_CACHES = 64 * MIB;
