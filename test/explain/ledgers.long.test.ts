import { afterAll, describe, expect, test } from "vitest";
import { OPCODES } from "../../src/abi/verbs.js";
import type { Ledger } from "../../src/explain/charges.js";
import { loadPath } from "../../src/path/load.js";
import { verbsSession } from "../../src/replay/replay.js";
import { document } from "../../src/replay/result/document.js";
import type { OperationResult } from "../../src/replay/result/result.js";
import { loadTestbed } from "../../src/testbed/load.js";
import { CAPTURES, capture } from "../support/captures.js";
import { faults, followed, teller } from "../support/followed.js";

const PATHS = ["native", "virt-ib", "memlink"];
type Class = Pick<OperationResult, "count" | "bytes" | "service" | "wait"> & { sum: number };

const opcodeOf = ({ of }: Ledger): string => OPCODES[of.kind === "OPERATION" ? of.what : of.what >> 8]!;
const sizeClass = (n: number): string => (n === 0 ? "0" : String(2 ** Math.ceil(Math.log2(n))));

/** Ledgers added up by class, as the core adds up what it accounts. */
function classesOf(ledgers: readonly Ledger[]): Map<string, Class> {
  const classes = new Map<string, Class>();
  for (const l of ledgers) {
    const verb = l.of.kind === "OPERATION" ? "post_send" : "message",
      key = `${verb} ${opcodeOf(l)} ${sizeClass(l.of.bytes)}`,
      c = classes.get(key) ?? { count: 0, bytes: 0, service: {}, wait: {}, sum: 0 };
    classes.set(key, c);
    c.count++;
    c.bytes = Number(c.bytes) + l.of.bytes;
    for (const { wait, layer, start_ps, end_ps } of l.charges) {
      const to = wait ? c.wait : c.service,
        ps = Number(end_ps - start_ps);
      to[layer] = Number(to[layer] ?? 0) + ps;
      c.sum += ps;
    }
  }
  return classes;
}

describe.each(CAPTURES)("%s", (name) => {
  const trace = capture(name),
    session = verbsSession(trace, loadTestbed("thesis-2014"));
  afterAll(() => trace.close());
  describe.each(PATHS.map(loadPath))("on $label", (path) => {
    const plain = session.replay(path),
      { ledgers, result } = followed(session, path);
    const sized = plain.operations.filter(
      (o) => o.verb === "message" || (o.verb === "post_send" && o.size_class !== "none"),
    );

    test("the result is that of an ordinary replay, digest and all", () => {
      expect(result).toEqual(plain);
      const digest = (r: typeof plain): string => document(session.testbed, session.trace([r]), [r]).digest;
      expect(digest(result)).toBe(digest(plain));
    });

    test("parts of all operations sum to their classes, layer by layer", () => {
      const classes = classesOf(ledgers);
      expect([...classes.keys()].sort()).toEqual(
        sized.map((o) => `${o.verb} ${o.opcode} ${o.size_class}`).sort(),
      );
      for (const o of sized) {
        const c = classes.get(`${o.verb} ${o.opcode} ${o.size_class}`)!;
        expect({ ...c, sum: Math.floor(c.sum / c.count) }).toEqual({
          count: o.count,
          bytes: o.bytes,
          service: o.service,
          wait: o.wait,
          sum: o.latency_ps.mean,
        });
      }
    });

    test("every cost follows from its formula, every way is without gaps and sums to its latency", () => {
      const tell = teller(trace, session, path);
      expect(ledgers.flatMap((l) => faults(l, tell(l)))).toEqual([]);
      expect(ledgers.length).toBe(sized.reduce((n, o) => n + o.count, 0));
    });
  });
});
