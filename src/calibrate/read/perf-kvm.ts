import { type ExitRow, exitRow, type Table } from "./perf-kvm-row.js";
import { EXIT_VALUES, type ExitValues } from "./shared/exit-values.js";
import type { MeasuredFile, MeasuredValue } from "./shared/measurement.js";
import { type Line, quote, readPast, type Source } from "./shared/source.js";

const TOOL = "perf kvm stat";
const HEADER =
  /^\s*(VM-EXIT|MMIO Access|IO Port Access|Event name)\s+Samples\s+Samples%\s+Time%\s+(?:Min Time\s+Max Time\s+)?Avg time\s*$/;
/** Of perf since 6.3, whose interactive table has more columns, in ns. */
const BROWSER_HEADER =
  /^\s*Event name\s+Samples\s+Sample%\s+Time \(ns\)\s+Time%\s+Max Time \(ns\)\s+Min Time \(ns\)\s+Mean Time \(ns\)\s*$/;
const END = /^\s*Total Samples:/;
/** What perf says when its buffers overflowed. */
const LOST = /^\s*Lost events:|\blost \d{1,12} (?:chunks|events)\b/i;
const PS_PER_US = 1e6;

/** Aborts of an ARM guest: of its data and instructions. */
const ARM = ["DABT_LOW", "IABT_LOW"];
/** Rows that a refusal names. */
const MOST_NAMED = 6;

export const isPerfKvm = (source: Source): boolean =>
  source.lines.some(({ text }) => HEADER.test(text) || BROWSER_HEADER.test(text));

/**
 * The table of `perf kvm stat report`: from an exit's tracepoint to
 * the next entry's, what QEMU does in between included.
 */
export function readPerfKvm(source: Source): MeasuredFile {
  const measurements: MeasuredValue[] = [],
    unused = new Set<string>();
  let table: Line | undefined,
    kind: Table = "report",
    rows = 0,
    lost = false,
    own = 0,
    others = 0;
  const complete = (): void => {
    if (table !== undefined && rows === 0)
      source.refuse(
        table,
        "begins a table without a row: nothing was recorded or the file was cut, record while the guest runs",
      );
  };
  for (const line of source.lines) {
    const header = HEADER.exec(line.text),
      browser = BROWSER_HEADER.test(line.text);
    lost ||= LOST.test(line.text);
    if (header !== null || browser) {
      complete();
      if (!browser && header![1] !== "VM-EXIT")
        source.refuse(
          line,
          `the table is of ${quote(header![1]!)}: give perf kvm stat report --event=vmexit`,
        );
      table = line;
      kind = browser ? "browser" : "report";
      rows = 0;
    } else if (END.test(line.text)) {
      complete();
      table = undefined;
    } else if (line.text.trim() === "") continue;
    else if (table === undefined) others++;
    else {
      const row = exitRow(source, line, kind);
      if (row === undefined) own++;
      else {
        rows++;
        const exit = EXIT_VALUES.get(row.name);
        if (exit === undefined) unused.add(row.name);
        else measurements.push(measured(source, line, exit, row));
      }
    }
  }
  complete();
  if (measurements.length === 0) source.refuseAll(nothingOfUse([...unused]));
  const notes = [
    "perf counts from the exit's tracepoint to the entry's: " +
      "the processor's own part of an exit is not in its figures, " +
      "the tracepoints' cost is",
  ];
  if (unused.size > 0) notes.push(`rows that no testbed value stands for: ${[...unused].join(", ")}`);
  if (lost)
    notes.push(
      "perf lost events: some of its times may be of several exits, record with larger buffers (-m)",
    );
  if (own > 0) notes.push(readPast(own, "what perf says between its rows"));
  if (others > 0) notes.push(readPast(others, "other output"));
  return { file: source.file, tool: TOOL, measurements, notes };
}

function nothingOfUse(names: readonly string[]): string {
  const arm = ARM.some((name) => names.includes(name)),
    more = names.length > MOST_NAMED ? ", …" : "";
  return (
    `has no row that a testbed value stands for, but ${names.slice(0, MOST_NAMED).join(", ")}${more}` +
    (arm ? ", exits of an ARM processor, where one abort is a device's registers or a missing page" : "") +
    `: record${arm ? " on x86" : ""} until ${[...EXIT_VALUES.keys()].join(", ")} or one of them occurs`
  );
}

function measured(source: Source, line: Line, { values, note }: ExitValues, row: ExitRow): MeasuredValue {
  return {
    kind: "value",
    at: { file: source.file, line: line.number },
    tool: TOOL,
    values,
    value_ps: row.average_us * PS_PER_US,
    // Of one sample perf prints an error of 0, which it is not.
    ...(row.samples > 1 && row.error_percent !== undefined && { spread: row.error_percent / 100 }),
    note,
  };
}
