import { coreModule } from "../../core/module.node.js";
import { generate } from "../../generate/generate.js";
import { type VerbsOptions, withDefaults } from "../../generate/options.js";
import type { Path } from "../../path/flatten.js";
import { type LogReader, logKinds } from "../../replay/log/log.js";
import { type Prepared, prepare } from "../../replay/prepare/prepare.js";
import { run } from "../../replay/run.js";
import type { Testbed } from "../../testbed/document.js";
import { bytesSource } from "../../trace/container/source.js";
import { openSource } from "../../trace/read.js";
import type { VerbsBuilder } from "../../trace/verbs/columns-builder.js";
import { encodeVerbs } from "../../trace/verbs/write.js";
import type { MeasuredRun } from "../read/shared/measurement.js";

/** Messages of one direction, in the order in which programs come to them. */
interface Window {
  readonly warm: number;
  readonly counted: number;
  readonly options: VerbsOptions;
}

/** Verbs that are called again and again while a workload runs. */
export const STEADY_VERBS = [
  "post_send",
  "post_recv",
  "poll_cq",
  "get_cq_event",
  "ack_cq_events",
  "req_notify_cq",
] as const;
/**
 * One message at a time: caches are warm after the first exchanges, and receives are posted again by then.
 */
const LATENCY_MESSAGES = 8;

/**
 * A short run of the same steady state. A measured run has thousands of messages, of
 * which ramps and cold caches are a small part; here they are left out:
 * some messages warm up, a whole number of rounds of posting and polling is
 * counted, and receives are posted again until after those.
 */
function windowOf({ workload, options }: MeasuredRun): Window {
  const given = withDefaults(workload, options);
  if (!workload.endsWith("-bw")) {
    // rc-pingpong refills its queue when one receive is left
    const rxDepth = Math.min(given.rxDepth, LATENCY_MESSAGES + (workload === "rc-pingpong" ? 1 : 0));
    return {
      warm: LATENCY_MESSAGES,
      counted: LATENCY_MESSAGES,
      options: { ...given, rxDepth, iters: 3 * LATENCY_MESSAGES },
    };
  }
  const round = given.cqMod * Math.ceil(given.pollBatch / given.cqMod),
    rounds = (messages: number): number => round * Math.ceil(messages / round);
  const rxDepth = Math.min(given.rxDepth, 2 * given.txDepth),
    receives = workload === "send-bw" ? rxDepth : 0;
  const warm = rounds(given.txDepth),
    counted = rounds(2 * given.txDepth);
  return { warm, counted, options: { ...given, rxDepth, iters: warm + counted + rounds(receives) } };
}

/** Sets how many READs a queue pair may have in flight, where the program sets it at all. */
function allowReads({ batches }: VerbsBuilder, reads: number): void {
  for (const { rows, fixed } of batches)
    for (let i = 0; i < rows; i++) if (fixed.max_rd_atomic[i]! > 0) fixed.max_rd_atomic[i] = reads;
}

/** A workload that can be asked, on one testbed after the other, what a message takes. */
export class SteadyRun {
  private readonly prepared: Prepared;
  private readonly path: Path;
  private readonly from: number;
  private readonly to: number;

  constructor(measured: MeasuredRun, path: Path) {
    const { workload } = measured,
      { warm, counted, options } = windowOf(measured);
    const { builder, metadata } = generate(workload, options);
    if (measured.outstandingReads !== undefined) allowReads(builder, measured.outstandingReads);
    this.path = path;
    this.prepared = prepare(openSource(bytesSource(workload, encodeVerbs(builder, metadata))));
    const oneSided = workload === "read-lat" || workload === "atomic-lat";
    const senders = workload.endsWith("-bw") ? (options.bidirectional ? 2 : 1) : oneSided ? 1 : 2;
    this.from = warm * options.qps * senders;
    this.to = (warm + counted) * options.qps * senders;
  }

  /**
   * ps from one message's end to the next one's, of both directions together, averaged
   * over the steady state. Where one message is in flight at a time that is
   * half a round trip of programs that answer, and the whole operation of READs
   * and atomics: what perftest prints (docs/measured-files.md).
   */
  messagePs(testbed: Testbed): number {
    const sent: bigint[] = [],
      received: bigint[] = [];
    const log: LogReader = {
      kinds: logKinds("OPERATION", "POLLED"),
      take: ({ kind, what, end_ps }) => {
        if (kind === "OPERATION") sent.push(end_ps);
        else if ((what & 1) === 1) received.push(end_ps);
        return true;
      },
      lost: (n) => {
        throw new Error(`the log lost ${n} records; this is a defect of verbscope`);
      },
    };
    run(coreModule(), this.prepared, this.path, testbed, { think: false, peer: this.path, log });
    // Where the receiver is slower, the sender would be held back in the end; the model lets it run ahead.
    return Math.max(this.period(sent), received.length >= this.to ? this.period(received) : 0);
  }
  private period(ends: bigint[]): number {
    ends.sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
    return Number(ends[this.to - 1]! - ends[this.from - 1]!) / (this.to - this.from);
  }
}
