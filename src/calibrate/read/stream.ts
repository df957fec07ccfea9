import { BEYOND_CACHES, MIB } from "./shared/caches.js";
import type { MeasuredFile } from "./shared/measurement.js";
import { positive, whole } from "./shared/numbers.js";
import { type Line, readPast, type Source } from "./shared/source.js";

const TOOL = "STREAM";
const HEADER = /^\s*Function\s+(?:Best )?Rate \(?MB\/s\)?\s+(?:Avg|RMS) time\s+Min time\s+Max time\s*$/;
const ROW = /^\s*(Copy|Scale|Add|Triad):\s+(\S{1,30})\s+(\S{1,30})\s+(\S{1,30})\s+(\S{1,30})\s*$/,
  ROW_LIKE = /^\s*(?:Copy|Scale|Add|Triad):/;
/** In C, in Fortran, and of the version for MPI. */
const THREADS =
    /^\s*(?:Number of Threads(?: requested| counted)?\s*=\s*|Data is distributed across )(\S{1,30})(?: MPI ranks)?\s*$/,
  EACH_THREAD = /^\s*Printing one line per active thread/;
const ELEMENT = /(?:uses|Assuming)\s+(\d{1,4}) bytes per/,
  ARRAY = /^\s*Array size(?: per MPI rank)?\s*=\s*(\d{1,15})\b/;
/** Where no line says the size of an element: that of a double. */
const ELEMENT_BYTES = 8;
const FAILED = /Failed Validation/;
/** What STREAM prints besides. */
const FRAME = new RegExp(
  [
    String.raw`^\s*-*\s*$`,
    String.raw`STREAM [Vv]ersion`,
    String.raw`This system uses`,
    String.raw`Array size`,
    String.raw`Memory per array`,
    String.raw`Total memory`,
    String.raw`will be executed`,
    String.raw`The \*best\*`,
    String.raw`will be used`,
    String.raw`Your clock`,
    String.raw`Each test below`,
    String.raw`clock ticks`,
    String.raw`Increase the size`,
    String.raw`you are not getting`,
    String.raw`WARNING -- The above`,
    String.raw`For best results`,
    String.raw`precision of your`,
    String.raw`Solution Validates`,
    String.raw`Printing one line`,
    String.raw`Double precision appears`,
    String.raw`Assuming \d`,
    String.raw`Offset  `,
    String.raw`memory requirement`,
    String.raw`You are running`,
    String.raw`EXCLUDING`,
    String.raw`Each test is run`,
  ].join("|"),
);
const MB = 1e6,
  PS_PER_S = 1e12;
/** Expected range of ten samples in standard deviations: STREAM runs each test ten times. */
const RANGE_OF_TEN = 3.08;

export const isStream = (source: Source): boolean => source.lines.some((line) => HEADER.test(line.text));

/**
 * STREAM's Copy on one thread. It counts bytes read and bytes written, so that a byte copied counts twice.
 */
export function readStream(source: Source): MeasuredFile {
  let header: number | undefined,
    copy: MeasuredFile["measurements"][number] | undefined,
    element_bytes = ELEMENT_BYTES,
    array: { line: Line; elements: number } | undefined,
    threadLines = 0,
    others = 0;
  for (const line of source.lines) {
    const threads = THREADS.exec(line.text),
      m = ROW.exec(line.text);
    const element = ELEMENT.exec(line.text),
      elements = ARRAY.exec(line.text);
    if (element !== null) element_bytes = whole(source, line, "bytes of an element", element[1]!, 1);
    if (elements !== null) array = { line, elements: whole(source, line, "Array size", elements[1]!, 1) };
    if (
      (threads !== null && whole(source, line, "Number of Threads", threads[1]!, 1) > 1) ||
      (EACH_THREAD.test(line.text) && ++threadLines > 1)
    )
      source.refuse(
        line,
        "several threads copied at once, but cpu.memcpy is one " +
          "processor's: run STREAM with OMP_NUM_THREADS=1",
      );
    if (FAILED.test(line.text))
      source.refuse(line, "says that the results were wrong: build STREAM anew and measure again");
    if (HEADER.test(line.text)) {
      if (header !== undefined)
        source.refuse(
          line,
          `begins a second table, the first being at line ${header}: give a file for each run`,
        );
      header = line.number;
    } else if (header !== undefined && m !== null) {
      if (source.isOpen(line) && !/\.\d{4,}$/.test(m[5]!))
        source.refuse(line, "ends within Max time: the file was cut, give all of it");
      const [rate, average, min, max] = [
        positive(source, line, "Rate", m[2]!),
        positive(source, line, "Avg time", m[3]!),
        positive(source, line, "Min time", m[4]!),
        positive(source, line, "Max time", m[5]!),
      ];
      if (average < min || average > max)
        source.refuse(
          line,
          `Avg time is ${m[3]!}, which is not within Min time and Max time: give STREAM's own output`,
        );
      if (m[1] !== "Copy") continue;
      copy = {
        kind: "value",
        at: { file: source.file, line: line.number },
        tool: TOOL,
        values: ["cpu.memcpy"],
        value_ps: PS_PER_S / ((rate / 2) * MB),
        spread: (max - min) / RANGE_OF_TEN / average,
        note: "the best of its runs, and with the stores that the compiler chose",
      };
    } else if (ROW_LIKE.test(line.text))
      source.refuse(
        line,
        "is not a whole row of STREAM's table: the file was cut or damaged, give all of it",
      );
    else if (threads === null && elements === null && !FRAME.test(line.text)) others++;
  }
  if (copy === undefined)
    source.refuse(header!, "begins a table without the row of Copy: the file was cut, give all of it");
  if (array !== undefined && array.elements * element_bytes < BEYOND_CACHES)
    source.refuse(
      array.line,
      `the arrays are of ${((array.elements * element_bytes) / MIB).toFixed(1)} MiB, which a cache may hold, ` +
        "but cpu.memcpy is of memory: " +
        `build STREAM with arrays of ${BEYOND_CACHES / MIB} MiB or more (-DSTREAM_ARRAY_SIZE)`,
    );
  const notes = ["of STREAM only Copy is used; half of its rate, as it counts each byte read and written"];
  if (array === undefined)
    notes.push("the file does not say how large the arrays are: they were taken for larger than the caches");
  if (others > 0) notes.push(readPast(others, "other output"));
  return { file: source.file, tool: TOOL, measurements: [copy], notes };
}
