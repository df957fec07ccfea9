import type { MeasuredFile, MeasuredValue } from "./shared/measurement.js";
import { figure, positive, whole } from "./shared/numbers.js";
import { type Line, quote, readPast, type Source } from "./shared/source.js";

const TOOL = "perf kvm stat";
const HEADER =
  /^\s*(VM-EXIT|MMIO Access|IO Port Access|Event name)\s+Samples\s+Samples%\s+Time%\s+(?:Min Time\s+Max Time\s+)?Avg time\s*$/;
/** Name, samples, two shares, two times unless it is an old version, the average and its error. */
const ROW =
  /^\s*([A-Za-z][\w-]{0,39})\s+(\S{1,30})\s+(\S{1,30})%\s+(\S{1,30})%\s+(?:(\S{1,30})us\s+(\S{1,30})us\s+)?(\S{1,30})us\s*\(\s*\+-\s*(\S{1,30})%\s*\)\s*$/;
const END = /^\s*Total Samples:/;
const PS_PER_US = 1e6;

/**
 * Exits whose handling stands for values of a testbed: names as KVM's
 * tracepoints give them, Intel's in capitals, AMD's in small letters.
 */
const EXITS: Record<string, { values: readonly string[]; note: string }> = {
  IO_INSTRUCTION: {
    values: ["vm.exit_heavy", "vmm.dispatch"],
    note: "holds where the guest's port accesses are kicks that QEMU serves, not an ioeventfd",
  },
  EPT_VIOLATION: { values: ["vm.ept_violation"], note: "holds where the faults found their pages in memory" },
};
EXITS["io"] = EXITS["IO_INSTRUCTION"]!;
EXITS["npf"] = EXITS["EPT_VIOLATION"]!;

export const isPerfKvm = (source: Source): boolean => source.lines.some((line) => HEADER.test(line.text));

/**
 * The table of `perf kvm stat report`: from an exit's tracepoint to
 * the next entry's, what QEMU does in between included.
 */
export function readPerfKvm(source: Source): MeasuredFile {
  const measurements: MeasuredValue[] = [],
    unused = new Set<string>();
  let table: Line | undefined,
    rows = 0,
    others = 0;
  const complete = (): void => {
    if (table !== undefined && rows === 0)
      source.refuse(
        table,
        "begins a table without a row: nothing was recorded or the file was cut, record while the guest runs",
      );
  };
  for (const line of source.lines) {
    const header = HEADER.exec(line.text);
    if (header !== null) {
      complete();
      if (header[1] !== "VM-EXIT")
        source.refuse(line, `the table is of ${quote(header[1]!)}: give perf kvm stat report --event=vmexit`);
      table = line;
      rows = 0;
    } else if (END.test(line.text)) {
      complete();
      table = undefined;
    } else if (table === undefined || line.text.trim() === "") others += line.text.trim() === "" ? 0 : 1;
    else {
      const [name, value] = rowOf(source, line);
      rows++;
      if (value === undefined) unused.add(name);
      else measurements.push(value);
    }
  }
  complete();
  if (measurements.length === 0)
    source.refuseAll(
      "has no row that a testbed value stands for: " +
        `record until ${Object.keys(EXITS).join(", ")} or one of them occurs`,
    );
  const notes = [
    "perf counts from the exit's tracepoint to the entry's: " +
      "the processor's own part of an exit is not in its figures, " +
      "the tracepoints' cost is",
  ];
  if (unused.size > 0) notes.push(`rows that no testbed value stands for: ${[...unused].join(", ")}`);
  if (others > 0) notes.push(readPast(others, "other output"));
  return { file: source.file, tool: TOOL, measurements, notes };
}

/** A row's name, and its figure where a testbed value stands for it. */
function rowOf(source: Source, line: Line): [string, MeasuredValue | undefined] {
  const m = ROW.exec(line.text);
  if (m === null)
    return source.refuse(
      line,
      "is not a whole row of the table: the file was cut or damaged, give all of it",
    );
  const [, name, samplesText, , , minText, maxText, averageText, errorText] = m;
  const samples = whole(source, line, "Samples", samplesText!, 1),
    average = positive(source, line, "Avg time", averageText!),
    error = figure(source, line, "+-", errorText!);
  for (const [column, text] of [
    ["Samples%", m[3]!],
    ["Time%", m[4]!],
  ] as const)
    figure(source, line, column, text);
  if (minText !== undefined) {
    const min = figure(source, line, "Min Time", minText),
      max = figure(source, line, "Max Time", maxText!);
    if (average < min || average > max)
      source.refuse(
        line,
        `Avg time is ${averageText}us, which is not within Min Time and Max Time: give perf's own output`,
      );
  }
  const exit = EXITS[name!];
  if (exit === undefined) return [name!, undefined];
  // Of one sample perf prints an error of 0, which it is not.
  return [
    name!,
    {
      kind: "value",
      at: { file: source.file, line: line.number },
      tool: TOOL,
      values: exit.values,
      value_ps: average * PS_PER_US,
      ...(samples > 1 && { spread: error / 100 }),
      note: exit.note,
    },
  ];
}
