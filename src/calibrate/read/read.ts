import { UserError } from "../../errors.js";
import { isLmbench, readLmbench } from "./lmbench.js";
import { isOsu, readOsu } from "./osu.js";
import { isPerfKvm, readPerfKvm } from "./perf-kvm.js";
import { isPerftestJson, readPerftestJson } from "./perftest/perftest-json.js";
import { isPerftestText, readPerftestText } from "./perftest/perftest-text.js";
import { isPingpong, readPingpong } from "./pingpong.js";
import { joinRepeats } from "./shared/join.js";
import type { MeasuredFile } from "./shared/measurement.js";
import { Source } from "./shared/source.js";
import { isStream, readStream } from "./stream.js";

/** One kind of measured files: what it is called in messages, what tells it, and what reads it. */
interface Kind {
  readonly name: string;
  readonly is: (source: Source) => boolean;
  readonly read: (source: Source) => MeasuredFile;
}

/** The first that takes a file for its own reads it. */
const KINDS: readonly Kind[] = [
  { name: "perftest --out_json", is: isPerftestJson, read: readPerftestJson },
  { name: "perftest", is: isPerftestText, read: readPerftestText },
  { name: "osu_latency, osu_bw, osu_bibw, osu_mbw_mr", is: isOsu, read: readOsu },
  { name: "ibv_rc_pingpong", is: isPingpong, read: readPingpong },
  { name: "perf kvm stat report", is: isPerfKvm, read: readPerfKvm },
  { name: "STREAM", is: isStream, read: readStream },
  {
    name: "lmbench's lat_syscall, lat_ctx, lat_mem_rd, or bw_mem under its label",
    is: isLmbench,
    read: readLmbench,
  },
];

/**
 * Largest measured file. A row is 100 bytes, and a raw sample of perftest 10: six million of them,
 * of which perftest takes 1000 to 5000 unless it is told otherwise.
 */
export const LARGEST_BYTES = 64 * 2 ** 20;
/** Lines take memory whatever they hold. */
const MOST_LINES = 2_000_000;

/** @throws UserError for a file that no tool writes, which would take long to read or much memory */
export function refuseLarge(file: string, bytes: number): void {
  if (bytes > LARGEST_BYTES)
    throw new UserError(
      `${file}: is larger than ${LARGEST_BYTES / 2 ** 20} MiB, which no output of these tools is: ` +
        "give the lines of one run, without its raw samples",
    );
}
function refuseMany(file: string, text: string): void {
  let lines = 0;
  for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) lines++;
  if (lines > MOST_LINES)
    throw new UserError(
      `${file}: has ${lines} lines, and ${MOST_LINES} are read: ` +
        "give the lines of one run, without its raw samples",
    );
}

/**
 * Reads what a tool printed, told by its content, never by the file's name. `file` names it in messages.
 * @throws UserError, one sentence with file and line, for anything
 * that is not one of these tools' output or is damaged
 */
export function readMeasured(file: string, text: string): MeasuredFile {
  refuseLarge(file, text.length);
  refuseMany(file, text);
  const source: Source = new Source(file, text);
  const kind = text.includes("\0") ? undefined : KINDS.find((k) => k.is(source));
  if (kind === undefined)
    source.refuseAll(
      `is not a measurement that verbscope reads: give the output of ${KINDS.map((k) => k.name).join(", ")}`,
    );
  return joinRepeats(source, kind.read(source));
}
