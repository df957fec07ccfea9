/** What both kinds of SST Prospero's traces lack. */
export const PROSPERO_LOST: readonly string[] = [
  "cycles are left out: neither the clock that they count nor its frequency is in the file, " +
    "and they are no instructions either",
  "a file is of one thread, which is not named",
];
