import type { MeasuredFile, MeasuredRun } from "./shared/measurement.js";
import { positive, rounding, whole } from "./shared/numbers.js";
import { measuredRun } from "./shared/run.js";
import { type Line, quote, readPast, type Source } from "./shared/source.js";

const TOOL = "ibv_rc_pingpong";
const BYTES = /^\s*(\S{1,40}) bytes in (\S{1,40}) seconds = (\S{1,40}) Mbit\/sec\s*$/,
  ITERS = /^\s*(\S{1,40}) iters in (\S{1,40}) seconds = (\S{1,40}) usec\/iter\s*$/;
const STARTED = /bytes in|iters in/,
  FRAME = /^\s*(?:local|remote) address:|^\s*$/;
/** ibv_ud_pingpong puts a colon between PSN and GID, the others a comma. */
const UD = /^\s*(?:local|remote) address: .{0,60}PSN 0x[0-9a-f]{1,8}: GID /,
  LOCAL = /^\s*local address:/;
const PS_PER_US = 1e6;

export const isPingpong = (source: Source): boolean =>
  source.lines.some((line) => BYTES.test(line.text) || ITERS.test(line.text));

/**
 * ibv_rc_pingpong's two lines. The seconds have two digits after the point and are
 * not used: the time of an iteration, a whole round trip, is exact to
 * 0.005 us. Both rates come from one clock reading, so they must agree.
 */
export function readPingpong(source: Source): MeasuredFile {
  const runs: MeasuredRun[] = [];
  let bytes: { line: Line; count: number; rate: number; error: number } | undefined,
    pairs = 0,
    others = 0;
  const incomplete: (line: Line) => never = (line) =>
    source.refuse(line, "is one of the two lines that belong together: the file was cut, give both");
  for (const line of source.lines) {
    const refuseOther = (program: string): never =>
      source.refuse(
        line,
        `is as ibv_${program}_pingpong prints it, which no workload of verbscope stands for: ` +
          "give the output of ibv_rc_pingpong",
      );
    if (UD.test(line.text)) refuseOther("ud");
    if (LOCAL.test(line.text) && ++pairs > 1) refuseOther("srq");
    const first = BYTES.exec(line.text),
      second = ITERS.exec(line.text);
    if (first !== null) {
      if (bytes !== undefined) incomplete(bytes.line);
      bytes = {
        line,
        count: whole(source, line, "bytes", first[1]!, 1),
        rate: positive(source, line, "Mbit/sec", first[3]!),
        error: rounding(first[3]!),
      };
    } else if (second !== null) {
      if (bytes === undefined) incomplete(line);
      runs.push(runOf(source, line, second, bytes));
      bytes = undefined;
      pairs = 0;
    } else if (STARTED.test(line.text))
      source.refuse(
        line,
        "is not a whole line of ibv_rc_pingpong: the file was cut or damaged, give all of it",
      );
    else if (!FRAME.test(line.text)) others++;
  }
  if (bytes !== undefined) incomplete(bytes.line);
  const notes = ["ibv_uc_pingpong prints the same lines: these were taken for those of ibv_rc_pingpong"];
  if (others > 0) notes.push(readPast(others, "other output"));
  return { file: source.file, tool: TOOL, measurements: runs, notes };
}

function runOf(
  source: Source,
  line: Line,
  [, itersText, , perIterText]: RegExpExecArray,
  bytes: { count: number; rate: number; error: number },
): MeasuredRun {
  const iters = whole(source, line, "iters", itersText!, 1),
    perIter = positive(source, line, "usec/iter", perIterText!);
  // Each side sends a message in an iteration.
  const size = bytes.count / (2 * iters);
  if (!Number.isInteger(size))
    source.refuse(
      line,
      `iters is ${quote(itersText!)}, but ${bytes.count} bytes are not so many ` +
        "round trips of a whole size: give the output of one run",
    );
  const bits = bytes.rate * perIter,
    expected = 16 * size;
  const tolerance = bytes.rate * rounding(perIterText!) + perIter * bytes.error + 1e-4 * expected;
  if (Math.abs(bits - expected) > tolerance)
    source.refuse(
      line,
      `usec/iter is ${quote(perIterText!)}, which contradicts the Mbit/sec ` +
        "of the line before: give the output of one run",
    );
  return measuredRun(source, line, {
    tool: TOOL,
    workload: "rc-pingpong",
    options: { size, iters },
    quantity: "latency",
    value: (perIter * PS_PER_US) / 2,
  });
}
