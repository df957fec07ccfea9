/** An event of a tracepoint as a line has it. */
export interface KernelEvent {
  /** Thread that was running. */
  tid: number;
  time_ns: bigint;
  /** Times have nine digits behind the point, not six. */
  fine: boolean;
  /** Group of the tracepoint; perf prints it, trace-cmd and ftrace do not. */
  group: string | undefined;
  name: string;
  /** What is behind the event's name. */
  text: string;
}

const TIME = String.raw`(\d{1,10})\.(\d{9}|\d{6})`;
/** Name, process and thread, CPU, flags, time, a sample's weight, group and name of the event (perf script). */
const PERF = new RegExp(
  String.raw`^\s*\S.{0,31}?\s+(?:\d{1,10}/)?(\d{1,10})\s+(?:(?=\d*[^\s\d])[^\s[:]{3,8}\s+)?(?:\[\d{1,5}\]\s+)?` +
    String.raw`${TIME}:\s+(?:\d{1,20}\s+)?([a-z]\w*):(\w+):\s*(.*)$`,
);
/** Name-thread, process, CPU, flags, time, name of the event (trace-cmd report, tracefs). */
const FTRACE = new RegExp(
  String.raw`^\s*\S.{0,31}?-(\d{1,10})\s+(?:\(\s*[\d-]{1,10}\)\s+)?\[\d{1,5}\]\s+(?:\S{3,9}\s+)?` +
    String.raw`${TIME}:\s+(\w+):\s*(.*)$`,
);

/** The event of a line, if it is one. */
export function kernelEvent(line: string): KernelEvent | undefined {
  const perf = PERF.exec(line);
  if (perf !== null) return event(perf[1]!, perf[2]!, perf[3]!, perf[4], perf[5]!, perf[6]!);
  const f = FTRACE.exec(line);
  return f === null ? undefined : event(f[1]!, f[2]!, f[3]!, undefined, f[4]!, f[5]!);
}

function event(
  tid: string,
  seconds: string,
  fraction: string,
  group: string | undefined,
  name: string,
  text: string,
): KernelEvent {
  return {
    tid: Number(tid),
    time_ns: BigInt(seconds + fraction.padEnd(9, "0")),
    fine: fraction.length === 9,
    group,
    name,
    text,
  };
}

/** What tracefs, trace-cmd and perf print in place of events that found no room. */
const LOST = [
  /^CPU:\d{1,5} \[LOST (\d{1,15} )?EVENTS\]$/,
  /^CPU:\d{1,5} \[(\d{1,15} )?EVENTS DROPPED\]$/,
  /\bPERF_RECORD_LOST(?:_SAMPLES)? lost (\d{1,15})\b/,
  /^(?:Warning: )?Processed \d{1,15} events and lost (\d{1,15}) (?:chunks|samples)/,
];

/** How many events were lost before a line that says so, 0 where it does not say how many. */
export function lostEvents(line: string): number | undefined {
  for (const pattern of LOST) {
    const found = pattern.exec(line);
    if (found !== null) return Number(found[1] ?? 0);
  }
  return undefined;
}

/** Lines between events that say nothing of them: empty ones, heads of tracefs, trace-cmd and perf. */
export const isHead = (line: string): boolean => /^\s*(?:#.*|cpus=\d+|version = \S+)?$/.test(line);
