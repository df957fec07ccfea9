import {
  bandwidthPoint,
  contextSwitch,
  copyRate,
  dram,
  latencyPoint,
  MAX_LATENCY_LINES,
  type Point,
} from "./lmbench-blocks.js";
import { conflict } from "./shared/join.js";
import type { MeasuredFile, MeasuredValue } from "./shared/measurement.js";
import { positive } from "./shared/numbers.js";
import { type Line, quote, readPast, type Source } from "./shared/source.js";

export const TOOL = "lmbench";
const SYSCALL = /^Simple (syscall|read|write|stat|fstat|open\/close): (\S{1,40})(?: (\S{1,20}))?\s*$/,
  SYSCALL_LIKE = /^Simple (?:syscall|read|write|f?stat|open)/;
const CONTEXT = /^"size=(\d{1,9})k ovr=(\S{1,30})\s*$/,
  STRIDE = /^"stride=(\d{1,9})\s*$/,
  COPY = /^"libc bcopy (?:un)?aligned\s*$/;
/** Any other block: a name in quotes or of a bandwidth, then pairs. */
const BLOCK = /^"[A-Za-z]|^Memory .{1,40} bandwidth\s*$/;
const PAIR = /^\s*([+-]?\d\S{0,30})\s+(\S{1,40})\s*$/,
  DIGIT = /^\s*[+-]?\d/;
/** Values that several blocks of one run may give. */
const BY_BLOCKS: readonly string[] = ["mem.dram", "cpu.memcpy"];
const PS_PER_US = 1e6;

export const isLmbench = (source: Source): boolean =>
  source.lines.some(
    ({ text }) => SYSCALL_LIKE.test(text) || CONTEXT.test(text) || STRIDE.test(text) || COPY.test(text),
  );

/** A block of pairs that may stand for a value. */
interface Block {
  readonly line: Line;
  readonly kind: "context" | "stride" | "copy" | "other";
  readonly number: number;
  readonly points: Point[];
}

/**
 * lmbench's lines on standard error, one program's or a whole results file:
 * lat_syscall, lat_ctx, lat_mem_rd, and bw_mem under its label.
 */
export function readLmbench(source: Source): MeasuredFile {
  const measurements: MeasuredValue[] = [],
    notes = new Set<string>();
  let block: Block | undefined,
    unused = 0,
    others = 0;
  const found = (
    line: Line,
    values: readonly string[],
    value_ps: number,
    more: Pick<MeasuredValue, "spread" | "note"> = {},
  ): void => {
    measurements.push({
      kind: "value",
      at: { file: source.file, line: line.number },
      tool: TOOL,
      values,
      value_ps,
      ...more,
    });
  };
  const complete = (): void => {
    if (block === undefined || block.kind === "other") return;
    if (block.points.length === 0)
      source.refuse(
        block.line,
        "begins a block without a pair of figures: " +
          "the file was cut or the program failed, give the output of a whole " +
          "run",
      );
    const taken =
      block.kind === "context"
        ? contextSwitch(block.number, block.points)
        : block.kind === "stride"
          ? dram(block.number, block.points)
          : copyRate(block.points);
    if (taken.value === undefined) notes.add(taken.why);
    else found(taken.line, [taken.name], taken.value, taken.more);
  };
  const begin = (line: Line, kind: Block["kind"], number = 0): void => {
    complete();
    block = { line, kind, number, points: [] };
  };
  for (const line of source.lines) {
    const syscall = SYSCALL.exec(line.text),
      context = CONTEXT.exec(line.text),
      stride = STRIDE.exec(line.text),
      pair = PAIR.exec(line.text);
    if (syscall !== null) {
      if (syscall[3] !== "microseconds")
        source.refuse(
          line,
          `Simple ${syscall[1]} is in ${quote(syscall[3] ?? "")}, ` +
            "not in microseconds: the file was cut, give all of it",
        );
      const value = positive(source, line, `Simple ${syscall[1]}`, syscall[2]!);
      if (syscall[1] === "syscall") found(line, ["cpu.syscall"], value * PS_PER_US);
      else unused++;
    } else if (SYSCALL_LIKE.test(line.text))
      source.refuse(line, "is not a whole line of lat_syscall: the file was cut or damaged, give all of it");
    else if (context !== null) begin(line, "context", Number(context[1]));
    else if (stride !== null) begin(line, "stride", Number(stride[1]));
    else if (COPY.test(line.text)) begin(line, "copy");
    else if (BLOCK.test(line.text)) begin(line, "other");
    else if (block !== undefined && block.kind !== "other" && DIGIT.test(line.text)) {
      if (pair === null || (source.isOpen(line) && !/\.\d{2,}$/.test(pair[2]!)))
        source.refuse(line, "is not a pair of figures: the file was cut or damaged, give all of it");
      if (block.points.length === MAX_LATENCY_LINES)
        source.refuse(line, `is the ${MAX_LATENCY_LINES + 1}th pair of its block: give lmbench's own output`);
      block.points.push(
        block.kind === "stride"
          ? latencyPoint(source, line, pair[1]!, pair[2]!)
          : bandwidthPoint(source, line, block.kind, pair[1]!, pair[2]!),
      );
    } else if (line.text.trim() !== "") others++;
    else if (block !== undefined && block.points.length > 0) {
      complete();
      block = undefined;
    }
  }
  complete();
  const used = withoutConflicts(measurements, notes);
  if (used.length === 0)
    source.refuseAll(
      `has no figure that a testbed value stands for${[...notes].map((n) => ` (${n})`).join("")}: ` +
        "run lat_syscall null, lat_ctx -s 0 2, or lat_mem_rd -t over several times the caches",
    );
  if (unused > 0) notes.add(readPast(unused, "system calls that do more than enter and leave the kernel"));
  if (others > 0) notes.add(readPast(others, "other output"));
  return { file: source.file, tool: TOOL, measurements: used, notes: [...notes] };
}

/**
 * Sweeps of several strides, and copies of several alignments, are not repeats
 * of one thing: where they differ, none says what the value is.
 */
function withoutConflicts(measurements: readonly MeasuredValue[], notes: Set<string>): MeasuredValue[] {
  const left = BY_BLOCKS.filter((name) =>
    conflict(measurements.filter((m) => m.values[0] === name).map((m) => m.value_ps)),
  );
  for (const name of left)
    notes.add(`${name} is not used: blocks of several strides or alignments differ by more than half`);
  return measurements.filter((m) => !left.includes(m.values[0]!));
}
