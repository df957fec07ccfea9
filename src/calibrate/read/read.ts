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
 * Reads what a tool printed, told by its content, never by the file's name. `file` names it in messages.
 * @throws UserError, one sentence with file and line, for anything
 * that is not one of these tools' output or is damaged
 */
export function readMeasured(file: string, text: string): MeasuredFile {
  const source: Source = new Source(file, text);
  const kind = text.includes("\0") ? undefined : KINDS.find((k) => k.is(source));
  if (kind === undefined)
    source.refuseAll(
      `is not a measurement that verbscope reads: give the output of ${KINDS.map((k) => k.name).join(", ")}`,
    );
  source.checkLengths();
  return joinRepeats(source, kind.read(source));
}
