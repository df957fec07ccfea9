import { describe, expect, test } from "vitest";
import { changed, fixture, measured, refusal } from "../../support/calibrate/measured.js";

const TEXT = fixture("perf-kvm.txt"),
  OLD = fixture("perf-kvm-old.txt");
const SCOPE =
  "perf counts from the exit's tracepoint to the entry's: " +
  "the processor's own part of an exit is not in its figures, " +
  "the tracepoints' cost is";

test("exits that stand for testbed values; the rest is named", () => {
  expect(measured("perf-kvm.txt")).toEqual({
    file: "m",
    tool: "perf kvm stat",
    notes: [
      SCOPE,
      "rows that no testbed value stands for: HLT, MSR_WRITE",
      "1 line of other output was read past",
    ],
    measurements: [
      {
        kind: "value",
        at: { file: "m", line: 8 },
        tool: "perf kvm stat",
        values: ["vm.exit_heavy", "vmm.dispatch"],
        value_ps: 6.02e6,
        spread: 0.0042,
        note: "holds where the guest's port accesses are kicks that QEMU serves, not an ioeventfd",
      },
      {
        kind: "value",
        at: { file: "m", line: 10 },
        tool: "perf kvm stat",
        values: ["vm.ept_violation"],
        value_ps: 2.48e6,
        spread: 0.0325,
        note: "holds where the faults found their pages in memory",
      },
    ],
  });
});
test("an old version without shortest and longest times, on AMD; one sample has no spread", () => {
  const { measurements } = measured("perf-kvm-old.txt");
  expect(measurements).toMatchObject([
    {
      values: ["vm.exit_heavy", "vmm.dispatch"],
      value_ps: expect.closeTo(5.61e6, 3) as number,
      spread: expect.closeTo(0.0061, 9) as number,
    },
    { values: ["vm.ept_violation"], value_ps: expect.closeTo(9.1e6, 3) as number },
  ]);
  expect(measurements[1]).not.toHaveProperty("spread");
});

describe("what cannot be used is refused", () => {
  const CUT = "is not a whole row of the table: the file was cut or damaged, give all of it";
  test.each<[string, string, string]>([
    [
      "zero",
      changed(TEXT, "6.02us", "0.00us"),
      'm: line 8: Avg time is "0.00": it must be above 0: measure again',
    ],
    [
      "comma",
      changed(TEXT, "6.02us", "6,02us"),
      'm: line 8: Avg time is "6,02": it has a comma, ' +
        "and whether that ends the whole part is not known: " +
        "run the tool with LC_ALL=C",
    ],
    [
      "nan",
      changed(TEXT, "0.42%", "-nan%"),
      'm: line 8: +- is "-nan": it is no number, as when nothing was measured: measure again',
    ],
    [
      "out of range",
      changed(TEXT, "6.02us", "1.02us"),
      "m: line 8: Avg time is 1.02us, which is not within Min Time and Max Time: give perf's own output",
    ],
    [
      "samples",
      changed(TEXT, "15120 ", "0 "),
      'm: line 8: Samples is "0": it must be a whole number of at least 1: give the tool\'s own output',
    ],
    [
      "unused rows too",
      changed(TEXT, "512.40us", "5x2.40us"),
      'm: line 7: Avg time is "5x2.40": it is not a decimal number: give the tool\'s own output',
    ],
    ["cut row", TEXT.slice(0, TEXT.indexOf("2.36us")), `m: line 9: ${CUT}`],
    [
      "no row",
      TEXT.slice(0, TEXT.indexOf("                 HLT")),
      "m: line 5: begins a table without a row: " +
        "nothing was recorded or the file was cut, " +
        "record while the guest runs",
    ],
    [
      "nothing recorded",
      TEXT.replace(/( {11} *HLT[^]*3\.25% \)\n)/, ""),
      "m: line 5: begins a table without a row: " +
        "nothing was recorded or the file was cut, " +
        "record while the guest runs",
    ],
    [
      "nothing of use",
      OLD.replace(/.*(?:io|npf) .*\n/g, ""),
      "m: has no row that a testbed value stands for: " +
        "record until IO_INSTRUCTION, EPT_VIOLATION, io, " +
        "npf or one of them occurs",
    ],
    [
      "another table",
      changed(TEXT, "VM-EXIT ", "MMIO Access "),
      'm: line 5: the table is of "MMIO Access": give perf kvm stat report --event=vmexit',
    ],
    ["a name to beware of", changed(TEXT, "MSR_WRITE", "\u001b[2J"), `m: line 9: ${CUT}`],
  ])("%s", (_name, text, message) => expect(refusal(text)).toBe(message));
});
