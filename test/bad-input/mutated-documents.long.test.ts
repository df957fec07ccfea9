import { expect, test } from "vitest";
import { DOCUMENT_READERS } from "../support/document-readers.js";
import { damaged } from "../support/mutated-documents.js";

/** MUTATIONS=20000 npm run test:long -- test/bad-input tries as many of each kind, and says what they took. */
const FIRST = 300,
  MANY = Number(process.env.MUTATIONS ?? 400);

test.each(Object.keys(DOCUMENT_READERS))("%s", (name) => {
  const { refused, longest_ms } = damaged(name, FIRST, FIRST + MANY),
    peak = process.resourceUsage().maxRSS / 1024;
  console.log(
    `${name}: ${MANY} damaged, ${refused} refused; the longest answer took ${longest_ms.toFixed(0)} ms, ` +
      `the process at most ${peak.toFixed(0)} MiB`,
  );
  expect(refused).toBeGreaterThan(0);
});
