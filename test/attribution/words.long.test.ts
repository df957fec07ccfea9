import { describe, expect, test } from "vitest";
import { attribute, withTolerance } from "../../src/attribution/attribute.js";
import type { Attribution, MechanismShare } from "../../src/attribution/result.js";
import { verbsSession } from "../../src/replay/replay.js";
import { attributionWords } from "../../src/report/attribution-words.js";
import { attributionText } from "../../src/report/text/attribution-text.js";
import { loadTestbed } from "../../src/testbed/load.js";
import { capture } from "../support/captures.js";
import { command } from "../support/command.js";

/** An attribution of 10 µs with these shares. */
function made(
  shares: Record<string, number>,
  metric: Attribution["metric"] = { name: "time", unit: "ps" },
  from = 10_000_000,
): Attribution {
  const difference = Object.values(shares).reduce((a, b) => a + b, 0);
  const mechanisms = Object.entries(shares).map(
    ([name, share]): MechanismShare => ({
      name,
      from: "off",
      to: "on",
      share,
      exact: `${share}/1`,
      part: difference === 0 ? null : share / difference,
      half_width: null,
      add_one_in: share,
      leave_one_out: share,
      layers: {},
    }),
  );
  return {
    metric,
    difference,
    mechanisms,
    from: { path: "a", value: from },
    to: { path: "b", value: from + difference },
  } as unknown as Attribution;
}
const words = (...args: Parameters<typeof made>): string => attributionWords(made(...args));

describe("in words", () => {
  test("what removes time, largest first", () =>
    expect(words({ irq: -1_000_000, iommu: -3_000_000 })).toBe(
      "b takes 4.000 µs less than a: iommu=on removes 75.0 % of the difference, irq=on 25.0 %.",
    ));
  test("opposite signs", () => {
    expect(words({ irq: 1_000_000, iommu: -5_000_000 })).toBe(
      "b takes 4.000 µs less than a: iommu=on removes 125.0 % of the difference; irq=on adds back 25.0 %.",
    );
    expect(words({ irq: -1_000_000, iommu: 5_000_000 })).toBe(
      "b takes 4.000 µs more than a: iommu=on adds 125.0 % of the difference; irq=on takes off 25.0 %.",
    );
  });
  test("nothing, hardly anything", () =>
    expect(words({ irq: 0, guest_lock: 0, iommu: -4_000_000, kick: -100 })).toBe(
      "b takes 4.000 µs less than a: iommu=on removes 100.0 % of the difference; " +
        "kick=on hardly matters; irq=on and guest_lock=on change nothing.",
    ));
  test("no difference, since nothing acts", () =>
    expect(words({ irq: 0 })).toBe(
      "a and b have the same time, 10.00 µs: irq=on changes nothing on this trace.",
    ));
  test("no difference, since what acts cancels", () =>
    expect(words({ irq: 2_000_000, iommu: -2_000_000, kick: 0 })).toBe(
      "a and b have the same time, 10.00 µs, because what differs cancels: " +
        "irq=on +2.000 µs and iommu=on −2.000 µs; kick=on changes nothing.",
    ));
  test("no mechanism differs", () =>
    expect(words({})).toBe("a and b do not differ in any mechanism: both have time 10.00 µs."));
  test("other metrics, and a path that takes no time at all", () => {
    expect(words({ irq: 3_000_000 }, { name: "throughput", unit: "bytes/s" })).toBe(
      "b moves 3.00 MB/s more than a: irq=on adds 100.0 % of the difference.",
    );
    expect(words({ irq: -3_000_000 }, { name: "p99:message", unit: "ps" })).toBe(
      "p99:message of b is 3.000 µs less than that of a: irq=on removes 100.0 % of the difference.",
    );
    expect(words({ irq: 5 }, { name: "time", unit: "ps" }, 0)).not.toMatch(/NaN|Infinity/);
  });
  test("what is bound together", () => {
    const a = made({ irq: -4_000_000 });
    a.mechanisms[0] = { ...a.mechanisms[0]!, name: "irq+doorbell", from: "none+trapped", to: "intx+mapped" };
    expect(attributionWords(a)).toContain("irq=intx doorbell=mapped removes 100.0 %");
  });
});

describe("the report", () => {
  const trace = capture("rc-pingpong-4k"),
    session = verbsSession(trace, loadTestbed("thesis-2014"));
  test("two mechanisms make a table of four combinations", () => {
    const a = attribute(session, "virt-ib", "memlink+irq=none+bf_memtype=wc+link_madvise=off"),
      text = attributionText(a);
    const rows = text
      .slice(text.indexOf("All four combinations"))
      .split("\n")
      .slice(1, 5)
      .map((l) => l.trim().split(/ {2,}/));
    expect(rows).toEqual([
      ["memory=bounce", "memory=memlink"],
      ["doorbell=trapped", "9.873 ms", "8.517 ms"],
      ["doorbell=mapped", "6.220 ms", "4.927 ms"],
      [expect.stringContaining("interaction: ")],
    ]);
  });
  test("others make a triangle of interactions; nothing is NaN; no line moves the cursor", () => {
    const text =
      attributionText(attribute(session, "virt-ib", "memlink", { samples: 4 })) +
      attributionText(attribute(session, "virt-ib", "memlink")) +
      attributionText(attribute(session, "memlink", "memlink"));
    expect(text).toMatch(/Interactions \(Shapley/);
    expect(text).not.toMatch(/NaN|undefined|Infinity/);
    const hostile = attributionText({ ...attribute(session, "memlink", "memlink"), notes: ["a\u001b[2Jb"] });
    expect(hostile).not.toContain("\u001b");
  });
  test("with a tolerance, it names the costs", () => {
    const tolerance = {
      threshold_percent: 1,
      paths: [
        {
          path: "memlink",
          bytes_per_s: 1e9,
          window_ps: 1,
          replays: 3,
          costs: [
            {
              cost: "wire.fly",
              feeds: [],
              values: ["wire.hop"],
              critical_share: 0.5,
              holds_at: 0.02,
              falls_at: 0.021,
            },
            { cost: "vm.irq", feeds: [], values: [], critical_share: 0, holds_at: null, falls_at: null },
          ],
        },
      ],
    };
    const text = attributionText(withTolerance(attribute(session, "memlink", "memlink"), tolerance));
    expect(text).toMatch(/wire\.fly +\+2\.0 % +50\.0 % +wire\.hop/);
    expect(text).toMatch(/may grow a thousandfold: vm\.irq/);
  });
});

describe("the command", () => {
  const TRACE = "traces/write-lat-8.arrow";
  test("prints words first, JSON alone with --json", async () => {
    const text = await command("attribute", TRACE, "--from", "virt-ib", "--to", "memlink");
    expect(text.status, text.stderr).toBe(0);
    expect(text.stdout.split("\n")[3]).toMatch(
      /^memlink takes 7\.196 ms less than virt-ib: doorbell=mapped removes/,
    );
    const json = await command("attribute", TRACE, "--json");
    expect(json.stderr).toBe("");
    expect(JSON.parse(json.stdout)).toMatchObject({
      schema: "verbscope.attribution/1",
      difference: -7196065335,
    });
  });
  test.each([
    [["attribute"]],
    [["attribute", "nonsense.arrow"]],
    [["attribute", TRACE, "--from", "nonsense"]],
    [["attribute", TRACE, "--metric", "nonsense"]],
    [["attribute", TRACE, "--samples", "1"]],
    [["attribute", TRACE, "--together", "a,b"]],
    [["attribute", TRACE, "--link", "all"]],
    [["attribute", TRACE, TRACE]],
    [["attribute", TRACE, "--tolerance", "0"]],
    [["attribute", "traces/sort.arrow", "--tolerance", "1"]],
    [["attribute", TRACE, "--set", "vm.exit_heavy=x"]],
    [["attribute", TRACE, "--tolerance"]],
    [["break-even", "--sizes", "x"]],
    [["break-even", "--from", "nonsense"]],
    [["break-even", "--workload", "gups"]],
    [["break-even", "--sizes", "0"]],
  ])("%j ends with one sentence and exit code 2", async (args: string[]) => {
    const r = await command(...args);
    expect(r.status, r.stdout).toBe(2);
    expect(r.stdout).toBe("");
    expect(r.stderr.trim().split("\n"), r.stderr).toHaveLength(1);
    expect(r.stderr).not.toMatch(/internal error/);
  });
});
