import type { MeasuredFile, MeasuredRun } from "./shared/measurement.js";
import { figure, positive, whole } from "./shared/numbers.js";
import { measuredRun, type RunOptions } from "./shared/run.js";
import { type Line, quote, readPast, type Source } from "./shared/source.js";
import { row } from "./shared/table.js";

const TOOL = "osu";
const TITLE = /^# OSU ([A-Z][\w-]{0,30})\S{0,20} (.{1,60}?) Test\b/;
const WINDOW = /\[ ?pairs: ?(\d{1,6}) ?\] ?\[ ?window size: ?(\d{1,6}) ?\]/;
const HEADER = /^# Size\s/;
/** Builds for accelerators say where the buffers were. */
const ELSEWHERE = /^# .{0,40}Buffer on (?:DEVICE|MANAGED)\b/;
const ROW = /^\s*[+-]?\d/;
/** osu_bw and osu_bibw post so many messages before they wait; osu_mbw_mr prints its own. */
const WINDOW_SIZE = 64;
const PS_PER_US = 1e6,
  MB = 1e6;

interface OsuTest {
  readonly workload: "send-lat" | "send-bw";
  readonly options: RunOptions;
}
/** Tests by the name in their title. */
const TESTS = new Map<string, OsuTest>([
  ["Latency", { workload: "send-lat", options: {} }],
  ["Bandwidth", { workload: "send-bw", options: { txDepth: WINDOW_SIZE } }],
  [
    "Bi-Directional Bandwidth",
    { workload: "send-bw", options: { txDepth: WINDOW_SIZE, bidirectional: true } },
  ],
  ["Multiple Bandwidth / Message Rate", { workload: "send-bw", options: { txDepth: WINDOW_SIZE } }],
]);
/** Headers of the figures that count, without their units' brackets and spaces. */
const LATENCY = /^(?:Avg )?Lat(?:ency)? ?\(us\)$/,
  BANDWIDTH = /^(?:Bandwidth ?\(MB\/s\)|MB\/s)$/;

export const isOsu = (source: Source): boolean => source.lines.some((line) => TITLE.test(line.text));

/**
 * osu_latency, osu_bw, osu_bibw and osu_mbw_mr, as text. Their
 * sends are MPI's: what MPI itself takes is in them.
 */
export function readOsu(source: Source): MeasuredFile {
  const runs: MeasuredRun[] = [];
  let test: OsuTest | undefined,
    columns: string[] | undefined,
    bare: Line | undefined,
    others = 0;
  const complete = (): void => {
    if (bare !== undefined)
      source.refuse(
        bare,
        "begins a test that has no row of figures: " +
          "the file was cut or the test failed, give the output of a whole run",
      );
  };
  for (const line of source.lines) {
    const title = TITLE.exec(line.text);
    if (title !== null) {
      complete();
      test = testOf(source, line, title);
      columns = undefined;
      bare = line;
    } else if (ELSEWHERE.test(line.text))
      source.refuse(
        line,
        "says that a buffer was an accelerator's, but verbscope simulates buffers in the host's memory: " +
          "measure with H H",
      );
    else if (test !== undefined && WINDOW.test(line.text)) {
      const [, pairs, window] = WINDOW.exec(line.text)!;
      test = {
        ...test,
        options: {
          ...test.options,
          qps: whole(source, line, "pairs", pairs!, 1),
          txDepth: whole(source, line, "window size", window!, 1),
        },
      };
    } else if (test !== undefined && HEADER.test(line.text)) {
      columns = columnsOf(source, line, test.workload);
      bare = line;
    } else if (test !== undefined && columns !== undefined && ROW.test(line.text)) {
      runs.push(runOf(source, line, test, columns));
      bare = undefined;
    } else if (line.text.trim() !== "" && !line.text.startsWith("#")) others++;
  }
  complete();
  const notes = [
    "what MPI itself takes is in these figures: the fit counts it as the library's",
    "MPI sends large messages by rendezvous, which send-lat and send-bw do not",
  ];
  if (runs.some((r) => r.quantity === "bandwidth"))
    notes.push("osu's bandwidth tests wait for an answer after each window of messages: send-bw does not");
  if (others > 0) notes.push(readPast(others, "other output"));
  return { file: source.file, tool: TOOL, measurements: runs, notes };
}

function testOf(source: Source, line: Line, title: RegExpExecArray): OsuTest {
  if (title[1] !== "MPI")
    source.refuse(line, `the test is of ${quote(title[1]!)}: give one of MPI between hosts' memories`);
  return (
    TESTS.get(title[2]!) ??
    source.refuse(line, `the test is ${quote(title[2]!)}: give osu_latency, osu_bw, osu_bibw or osu_mbw_mr`)
  );
}

/** The header's columns: the size, the figure under the name "figure", and others. */
function columnsOf(source: Source, line: Line, workload: string): string[] {
  const columns = line.text
      .slice(1)
      .trim()
      .split(/\s{2,}|\t/),
    wanted = workload === "send-lat" ? LATENCY : BANDWIDTH;
  if (columns.filter((c) => wanted.test(c)).length !== 1)
    source.refuse(
      line,
      "the columns are not those of a " +
        `${workload === "send-lat" ? "latency" : "bandwidth"} test: ` +
        "give the tool's own output",
    );
  return columns.map((c) => (wanted.test(c) ? "figure" : c));
}

function runOf(source: Source, line: Line, test: OsuTest, columns: readonly string[]): MeasuredRun {
  const cells = row(source, line, columns);
  for (const [column, text] of cells) {
    if (column !== "Validation")
      figure(source, line, column === "figure" ? NAMES[test.workload] : column, text);
    else if (text !== "Pass")
      source.refuse(line, `the validation says ${quote(text)}: the data were wrong, measure again`);
  }
  const size = whole(
    source,
    line,
    "Size",
    cells.get("Size") ?? source.refuse(line, "has no Size: give the tool's own output"),
    0,
  );
  const value = positive(source, line, NAMES[test.workload], cells.get("figure")!);
  const latency = test.workload === "send-lat";
  return measuredRun(source, line, {
    tool: TOOL,
    workload: test.workload,
    options: { ...test.options, size },
    quantity: latency ? "latency" : "bandwidth",
    value: value * (latency ? PS_PER_US : MB),
  });
}
const NAMES = { "send-lat": "Latency", "send-bw": "Bandwidth" } as const;
