import { UserError } from "../../errors.js";
import { eachLine, quote } from "../shared/lines.js";
import { isHead, type KernelEvent, kernelEvent, lostEvents } from "./line.js";

const TEXT = new TextDecoder();

/** What is wanted of a recording of tracepoints. */
export interface Wanted {
  /** Whether the event is read: its line is damaged where `take` says so. */
  takes(event: KernelEvent): boolean;
  /** A line that looks like one of its, in whatever state it is. */
  looks: RegExp;
  /** Takes an event; false where its text is damaged. */
  take(event: KernelEvent, line: number): boolean;
  /** Events before the next are missing. */
  missing(): void;
}

/** What was read past, for the loss report. */
export class Past {
  lost = 0;
  /** Places where events were lost without a number. */
  uncounted = 0;
  damaged = 0;
  /** Events of other tracepoints. */
  others = 0;
  /** Lines that are none of an event. */
  foreign = 0;
  cut = false;
  /** Events dated before the one above. */
  back = 0;
  /** Times had six digits behind the point, nine. */
  coarse = false;
  fine = false;
  firstDamaged = "";

  notes(): string[] {
    const { lost, uncounted } = this;
    return [
      ...(lost + uncounted > 0
        ? [
            `events that the recorder lost: ${lost}` +
              `${uncounted > 0 ? `, and more in ${uncounted} places that do not say how many` : ""}: ` +
              "record with larger buffers (perf record -m, trace-cmd record -b)",
          ]
        : []),
      ...(this.damaged > 0
        ? [`damaged lines that were dropped: ${this.damaged}, the first is ${this.firstDamaged}`]
        : []),
      ...(this.cut ? ["the last line has no end and was dropped"] : []),
      ...(this.others > 0 ? [`events of other tracepoints that were left out: ${this.others}`] : []),
      ...(this.foreign > 0 ? [`lines that are no event were left out: ${this.foreign}`] : []),
    ];
  }
}

/**
 * Reads the events of a text that perf script, trace-cmd report or tracefs printed.
 * @throws UserError for a clock that does not count seconds, and for lines of both kinds of printers
 */
export async function readKernelEvents(path: string, wanted: Wanted): Promise<Past> {
  const past = new Past();
  let last = 0n,
    byPerf: boolean | undefined;
  await eachLine(path, (bytes, from, to, line, whole) => {
    if (!whole) {
      past.cut = true;
      return false;
    }
    const text = TEXT.decode(bytes.subarray(from, to)),
      event = kernelEvent(text);
    if (event === undefined) {
      const lost = lostEvents(text);
      if (lost !== undefined) {
        past.lost += lost;
        if (lost === 0) past.uncounted++;
        wanted.missing();
      } else if (wanted.looks.test(text)) {
        if (!past.coarse && !past.fine) refuseClock(path, line, text, quote(bytes, from, to));
        damaged(line, bytes, from, to);
      } else if (!isHead(text)) past.foreign++;
      return false;
    }
    const perfs = event.group !== undefined;
    if (perfs !== (byPerf ??= perfs))
      throw new UserError(
        `${path}: line ${line}: is printed by ${printer(perfs)}, but lines above by ${printer(!perfs)}: ` +
          "their clocks may differ, give each recording as a file of its own",
      );
    if (!wanted.takes(event)) {
      past.others++;
      return false;
    }
    if (!wanted.take(event, line)) {
      damaged(line, bytes, from, to);
      return false;
    }
    if (event.time_ns < last) past.back++;
    last = event.time_ns;
    if (event.fine) past.fine = true;
    else past.coarse = true;
    return false;
  });
  return past;

  function damaged(line: number, bytes: Uint8Array, from: number, to: number): void {
    if (past.damaged++ === 0) past.firstDamaged = `line ${line}, ${quote(bytes, from, to)}`;
    wanted.missing();
  }
}

const printer = (perf: boolean): string => (perf ? "perf script" : "trace-cmd or tracefs");

/** Clocks of tracefs that count ticks or events print a number without a point. */
const TICKS = /\]\s+(?:\S{3,9}\s+)?\d{6,20}:\s+\w+:/;
function refuseClock(path: string, line: number, text: string, quoted: string): void {
  if (TICKS.test(text))
    throw new UserError(
      `${path}: line ${line}: is ${quoted}, whose time is no seconds with six or nine digits behind the point: ` +
        "record with a clock of seconds (echo local > trace_clock)",
    );
}
