import { describe, expect, test } from "vitest";
import { readMeasured } from "../../../src/calibrate/read/read.js";
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

describe("perf's own lines", () => {
  const EXITS = measured("perf-kvm-pvm.txt").measurements;
  test("of an exit without a name are read past", () => {
    expect(EXITS).toMatchObject([
      { values: ["vm.exit_heavy", "vmm.dispatch"], at: { line: 7 } },
      { values: ["vm.ept_violation"], at: { line: 8 } },
    ]);
    expect(measured("perf-kvm-pvm.txt").notes).toEqual([
      SCOPE,
      "rows that no testbed value stands for: UNKNOWN",
      "1 line of what perf says between its rows was read past",
      "1 line of other output was read past",
    ]);
  });
  test.each([
    "Warning:",
    "Check IO/CPU overload!",
    "[ perf record: Woken up 12 times to write data ]",
    "[ perf record: Captured and wrote 3.102 MB perf.data.guest (27549 samples) ]",
    "[=========>        ]  50%",
    "Processing events...",
    "1234567 VM 812, vcpu 3: HLT event took 1663159usec",
  ])("%s is read past", (said) => {
    const text = changed(
        fixture("perf-kvm-pvm.txt"),
        "      IO_INSTRUCTION",
        `${said}\n      IO_INSTRUCTION`,
      ),
      read = readMeasured("m", text);
    expect(read.measurements.map((m) => m.at.line)).toEqual([8, 9]);
    expect(read.notes).toContain("2 lines of what perf says between its rows were read past");
  });
  test.each([
    ["Processed 41230 events and lost 7 chunks!\n      IO_INSTRUCTION", "      IO_INSTRUCTION"],
    ["Lost events: 12\n\nTotal Samples", "Total Samples"],
    ["Total Samples:1\n\nLost events: 12\nTotal Samples", "Total Samples"],
  ])("of lost events are said: %s", (by, piece) =>
    expect(readMeasured("m", changed(TEXT, piece, by)).notes).toContain(
      "perf lost events: some of its times may be of several exits, record with larger buffers (-m)",
    ),
  );
});

describe("the columns of the interactive table, in ns", () => {
  const BROWSER = fixture("perf-kvm-tui.txt");
  test("are read, without an error of the average, which they do not have", () => {
    const { measurements } = measured("perf-kvm-tui.txt");
    expect(measurements).toMatchObject([
      { values: ["vm.exit_heavy", "vmm.dispatch"], value_ps: 6.02e6, at: { line: 2 } },
      { values: ["vm.ept_violation"], value_ps: 2.48e6, at: { line: 3 } },
    ]);
    for (const m of measurements) expect(m).not.toHaveProperty("spread");
  });
  test.each<[string, string, string]>([
    [
      "an average outside its extremes",
      changed(changed(BROWSER, " 6020", "  602"), "91022400", " 9102240"),
      "m: line 2: Mean Time (ns) is 602, which is not within Min Time (ns) and Max Time (ns): give perf's own output",
    ],
    [
      "a sum that is not one",
      changed(BROWSER, "91022400", "91022499999"),
      "m: line 2: Time (ns) is 91022499999, which is not Samples times Mean Time (ns): give perf's own output",
    ],
    [
      "a cut row",
      BROWSER.slice(0, BROWSER.indexOf("        2480")),
      "m: line 3: is not a whole row of the table: the file was cut or damaged, give all of it",
    ],
  ])("%s is refused", (_name, text, message) => expect(refusal(text)).toBe(message));
});

test("exits of an ARM guest are named in the refusal", () =>
  expect(refusal(fixture("refused/perf-kvm-arm64.txt"))).toBe(
    "m: has no row that a testbed value stands for, but DABT_LOW, IRQ, WFx, IABT_LOW, exits of an ARM processor, " +
      "where one abort is a device's registers or a missing page: record on x86 until " +
      "IO_INSTRUCTION, EPT_VIOLATION, io, npf or one of them occurs",
  ));
test.each(["constructor", "toString", "valueOf", "hasOwnProperty"])("an exit may be called %s", (name) =>
  expect(readMeasured("m", changed(TEXT, "HLT", name)).notes).toContain(
    `rows that no testbed value stands for: ${name}, MSR_WRITE`,
  ),
);

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
      "m: has no row that a testbed value stands for, but hlt: " +
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
