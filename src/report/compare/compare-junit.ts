import XMLBuilder from "fast-xml-builder";
import type { Comparison } from "../../compare/compare.js";
import { pairText, verdictText } from "../compare-values.js";
import { safe } from "../safe-text.js";

/** JUnit XML: a test case for each budget and pair. */
export function compareJunit(c: Comparison): string {
  const cases = c.pairs.flatMap((p) => p.budgets.map((v) => ({ p, v }))),
    failures = cases.filter(({ v }) => v.exceeded).length;
  const counts = {
    "@_tests": cases.length,
    "@_failures": failures,
    "@_errors": 0,
    "@_skipped": 0,
    "@_time": "0",
  };
  const tree = {
    "?xml": { "@_version": "1.0", "@_encoding": "UTF-8" },
    testsuites: {
      "@_name": "verbscope compare",
      ...counts,
      testsuite: {
        "@_name": safe(`${c.base.file} → ${c.new.file}`),
        ...counts,
        testcase: cases.map(({ p, v }) => ({
          "@_classname": safe(pairText(p)),
          "@_name": safe(
            v.budget === `${v.quantity}${v.budget.slice(v.budget.lastIndexOf("="))}`
              ? v.budget
              : `${v.budget}: ${v.quantity}`,
          ),
          "@_time": "0",
          ...(v.exceeded
            ? {
                failure: {
                  "@_type": "budget",
                  "@_message": safe(verdictText(v)),
                  "#text": safe(verdictText(v)),
                },
              }
            : { "system-out": safe(verdictText(v)) }),
        })),
      },
    },
  };
  return (
    `${new XMLBuilder({ ignoreAttributes: false, attributeNamePrefix: "@_", format: true, suppressBooleanAttributes: false }).build(tree).trim()}` +
    `\n`
  );
}
