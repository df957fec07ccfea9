import { attribute } from "../../src/attribution/attribute.js";
import { checkAttribution } from "../../src/attribution/read.js";
import { checkWholeResult } from "../../src/cli/support/whole-result.js";
import { checkResult } from "../../src/compare/read-result.js";
import { packageText } from "../../src/files.js";
import { compilePath } from "../../src/path/compile.js";
import { checkPathDocument } from "../../src/path/document.js";
import { chainOf, flatten } from "../../src/path/flatten.js";
import { loadPath, loadPathDocument } from "../../src/path/load.js";
import { parameters } from "../../src/replay/parameters.js";
import { replay, verbsSession } from "../../src/replay/replay.js";
import { digestOf, type Result } from "../../src/replay/result/document.js";
import { htmlReport } from "../../src/report/html/page.js";
import { textReport } from "../../src/report/text/text.js";
import { checkTestbed } from "../../src/testbed/document.js";
import { loadTestbed } from "../../src/testbed/load.js";
import { checkPoints } from "../../src/validate/points.js";
import { capture } from "./captures.js";

const json = (file: string): unknown => JSON.parse(packageText(file));
const testbed = loadTestbed("thesis-2014"),
  native = loadPath("native"),
  virtIb = loadPath("virt-ib");
const plain = <T>(x: T): T => JSON.parse(JSON.stringify(x)) as T;
const result = plain(replay(capture("write-lat-8"), [native, virtIb], testbed));
const attribution = plain(attribute(verbsSession(capture("write-lat-8"), testbed), "virt-ib", "memlink"));

/** Every kind of document that a user hands in: good ones, and what the product does with one. */
export const DOCUMENT_READERS: Readonly<
  Record<string, { good: readonly unknown[]; use: (doc: unknown) => unknown }>
> = {
  path: {
    good: ["common", "virt-ib", "memlink", "vhost"].map((n) => json(`paths/${n}.json`)),
    use: (doc) => {
      const chain = chainOf(checkPathDocument(doc, "p.json"), (name) => loadPathDocument(name));
      compilePath(flatten(chain, {}, "p"), testbed);
    },
  },
  testbed: {
    good: ["thesis-2014", "modern"].map((n) => json(`testbeds/${n}.json`)),
    use: (doc) => {
      const read = checkTestbed(doc, "t.json");
      compilePath(virtIb, read);
      parameters(read, virtIb, 2, 2, false);
    },
  },
  points: { good: [json("points/published.json")], use: (doc) => checkPoints(doc, "p.json") },
  "result as it was damaged": { good: [result], use: (doc) => checkResult(doc, "r.json") },
  "result whose digest was made to fit": {
    good: [result],
    use: (doc) => {
      const own = doc as Result;
      try {
        own.digest = digestOf(own);
      } catch {
        // of what is no result there is none
      }
      const whole = checkWholeResult(doc, "r.json");
      textReport(whole, 80);
      htmlReport([whole]);
    },
  },
  attribution: {
    good: [attribution],
    use: (doc) => htmlReport([result], { attribution: checkAttribution(doc, "a.json") }),
  },
};
