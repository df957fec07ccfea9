import { whole } from "../shared/numbers.js";
import type { RunOptions, VerbsWorkload } from "../shared/run.js";
import { type Line, quote, type Source } from "../shared/source.js";
import { refuseElsewhere } from "./elsewhere.js";

/** What perftest says of a run before its figures. */
export interface Test {
  readonly workload: VerbsWorkload;
  readonly options: RunOptions;
  /** READs or atomics that a queue pair may have in flight. */
  readonly outstandingReads?: number;
}

/** Titles as src/perftest_parameters.c of linux-rdma/perftest puts them together; underscores in JSON. */
const TITLE =
  /^(Send|RDMA_Write|RDMA_Read|Atomic)[ _]((?:CMP_AND_SWAP|FETCH_AND_ADD)[ _])?(Bidirectional[ _])?(Post[ _]List[ _])?(BW|Latency)[ _]Test$/;
/**
 * Any other test of perftest: with immediate data, multicast, raw Ethernet, MAC forwarding, flow steering.
 */
const ANY_TITLE = /^[A-Za-z][\w ]{0,80}[ _](?:BW|Latency|rate)[ _](?:[A-Za-z]+[ _]){0,2}Test$/;
const VERBS = new Map([
  ["Send", "send"],
  ["RDMA_Write", "write"],
  ["RDMA_Read", "read"],
  ["Atomic", "atomic"],
]);
const WORKLOADS: readonly string[] = [
  "send-lat",
  "send-bw",
  "write-lat",
  "write-bw",
  "read-lat",
  "read-bw",
  "atomic-lat",
] satisfies VerbsWorkload[];

export const isTitle = (text: string): boolean => TITLE.test(text) || ANY_TITLE.test(text);

/**
 * The test that a title names; one that no workload stands for is
 * refused. What is taken for something else goes to `notes`.
 */
export function testOf(source: Source, line: Line, title: string, notes: Set<string>): Test {
  const m = TITLE.exec(title);
  const workload = m === null ? "" : `${VERBS.get(m[1]!)!}-${m[5] === "BW" ? "bw" : "lat"}`;
  if (m === null || !WORKLOADS.includes(workload))
    source.refuse(
      line,
      `the test is ${quote(title)}, which no workload of verbscope stands for: ` +
        `give one of ${WORKLOADS.map((w) => `ib_${w.replace("-", "_")}`).join(", ")}`,
    );
  if (m[2]?.startsWith("CMP") === true) notes.add("atomic compare-and-swap is taken as fetch-and-add");
  return { workload: workload as VerbsWorkload, options: m[3] === undefined ? {} : { bidirectional: true } };
}

/** Options by the name that text and JSON give them, in lower case with single spaces. */
const NUMBERS = new Map<string, [keyof RunOptions, number]>([
  ["number of qps", ["qps", 1]],
  ["tx depth", ["txDepth", 1]],
  ["rx depth", ["rxDepth", 1]],
  ["post list", ["postList", 1]],
  ["cq moderation", ["cqMod", 1]],
  ["mtu", ["mtu", 1]],
  ["max inline data", ["inline", 0]],
]);
/** max_rd_atomic of verbs is a number of eight bits. */
const MOST_READS = 255;
const TRANSPORTS = ["RC", "UC", "UD"] as const;

/**
 * The test with what a member of its description says; one that
 * means nothing for the figures changes nothing.
 */
export function describe(
  source: Source,
  line: Line,
  test: Test,
  name: string,
  text: string,
  notes: Set<string>,
): Test {
  const key = name.trim().toLowerCase().replace(/[_ ]+/g, " "),
    value = text.trim().replace(/\[B\]$/, "");
  const set = (more: RunOptions): Test => ({ ...test, options: { ...test.options, ...more } });
  refuseElsewhere(source, line, name.trim(), key, value);
  const number = NUMBERS.get(key);
  if (number !== undefined) return set({ [number[0]]: whole(source, line, name.trim(), value, number[1]) });
  if (key === "outstand reads") {
    const outstandingReads = whole(source, line, name.trim(), value, 1);
    return outstandingReads <= MOST_READS
      ? { ...test, outstandingReads }
      : source.refuse(
          line,
          `${name.trim()} is ${quote(value)}: it must be at most ${MOST_READS}, measure again`,
        );
  }
  if (key === "link type" && value === "Ethernet")
    notes.add(
      "the link is Ethernet: packets of RoCE have longer headers than those of InfiniBand, " +
        "which wire.header_bytes of the base must hold (--set)",
    );
  if (key === "connection type") {
    const transport = TRANSPORTS.find((t) => t === value);
    return set({
      transport:
        transport ??
        source.refuse(
          line,
          `the connection type is ${quote(value)}: ` +
            `verbscope simulates ${TRANSPORTS.join(", ")}, measure one of them`,
        ),
    });
  }
  if (key.startsWith("test with events")) return set({ events: true });
  if (key === "using srq" && value === "ON") notes.add("the shared receive queue is not simulated");
  if ((key === "dual-port" || key === "dual port") && value === "ON")
    source.refuse(line, "both ports were used: verbscope simulates one, measure one of them");
  return test;
}

/**
 * Says which options the header leaves out, as old versions do, and what stands for them.
 * The depth of a send queue decides a bandwidth too much to be guessed.
 */
export function checkSaid(
  source: Source,
  line: Line,
  { workload, options, outstandingReads }: Test,
  notes: Set<string>,
): void {
  const bandwidth = workload.endsWith("-bw"),
    reads = workload === "read-bw",
    assumed: string[] = [];
  if (bandwidth && options.txDepth === undefined)
    source.refuse(
      line,
      "is a bandwidth whose TX depth the lines above do not say, as the server's do not: " +
        "give the client's output",
    );
  if (options.mtu === undefined) assumed.push("an MTU of 2048 bytes");
  if (bandwidth && options.cqMod === undefined) assumed.push("a CQ moderation of 100, of 1 beyond 8 KiB");
  if (/^(?:send|write)/.test(workload) && options.inline === undefined) assumed.push("no inline data");
  if (reads && outstandingReads === undefined) assumed.push("16 outstanding reads");
  if (assumed.length > 0) notes.add(`not said in the file, and assumed: ${assumed.join(", ")}`);
}
