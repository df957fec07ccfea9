import { OPCODES } from "../abi/verbs.js";
import { integer } from "../numbers.js";
import type { Path } from "../path/flatten.js";
import { loadPath } from "../path/load.js";
import { type LogRecord, logKinds } from "../replay/log/log.js";
import { verbsSession } from "../replay/replay.js";
import { fileDigest } from "../replay/result/document.js";
import type { ReplayResult } from "../replay/result/result.js";
import type { Session } from "../replay/session.js";
import type { Think } from "../replay/think.js";
import type { Testbed } from "../testbed/document.js";
import type { VerbsTrace } from "../trace/read.js";
import { version } from "../version.js";
import { type Ledger, Ledgers } from "./charges.js";
import { type Choice, type Chosen, choose } from "./choose.js";
import { DeviceCosts } from "./device-cost.js";
import { Holders } from "./holders.js";
import { Operations, type Times } from "./operations.js";
import { type Teller, wayOf } from "./parts.js";
import type { Explanation, Part, Polled, ThreadName } from "./result.js";
import { stepsUsed, valuesUsed } from "./sources.js";
import { StepCosts } from "./step-cost.js";

export interface ExplainOptions extends Choice {
  readonly think?: Think;
  /** Path of a peer that the trace lacks. */
  readonly peer?: "same" | "native";
}

/**
 * Takes one operation of a replay to pieces, from its call to its
 * poll. The replay runs twice: as always, for the
 * latency that a result accounts, and in the core that explains, which must come to the same.
 */
export function explain(
  trace: VerbsTrace,
  path: Path,
  testbed: Testbed,
  options: ExplainOptions = {},
): Explanation {
  const session = verbsSession(trace, testbed, {
      think: options.think ?? "auto",
      peer: options.peer ?? "same",
    }),
    operations = new Operations(),
    result = session.replay(path, { log: operations.log }),
    chosen = choose(trace, path.label, operations, options),
    seen = follow(session, path, chosen, result);
  return told(trace, session, path, options.peer === "native" ? loadPath("native") : path, chosen, seen);
}

/** What the core that explains says of the operation. */
interface Seen {
  readonly operation: Ledger | undefined;
  readonly message: Ledger | undefined;
  /** The poll that returned the operation's own completion. */
  readonly polled: LogRecord | undefined;
  readonly holders: Holders;
}

function follow(session: Session, path: Path, chosen: Chosen, result: ReplayResult): Seen {
  const first = BigInt(chosen.number),
    since_ps = (chosen.done ?? chosen.message)!.start_ps,
    last = [chosen.done, chosen.message].reduce((t, x) => (x && x.end_ps > t ? x.end_ps : t), 0n),
    holders = new Holders(),
    ledgers = new Ledgers();
  let operation: Ledger | undefined, message: Ledger | undefined, polled: LogRecord | undefined;
  const again = session.replay(path, {
    log: {
      kinds: logKinds("CHARGE", "OPERATION", "POLLED", "STAGE", "HOLD"),
      follow: { first, end: first + 1n, since_ps },
      take: (r) => {
        if ((r.kind === "STAGE" || r.kind === "HOLD") && r.start_ps < last) holders.take(r);
        if (r.kind === "POLLED" && r.operation === first && (r.what & 1) === 0) polled = r;
        const ledger = ledgers.take(r);
        if (ledger?.of.operation !== first) return true; // nothing, or another work request of the same call
        if (ledger.of.kind === "OPERATION") operation = ledger;
        else message = ledger;
        return true;
      },
      lost: (n) => {
        throw new Error(`the log lost ${n} records; this is a defect of verbscope`);
      },
    },
  });
  for (const [what, ordinary, explained] of [
    ["its completion", chosen.done, operation],
    ["its message", chosen.message, message],
  ] as const)
    equal(`operation ${chosen.number}, ${what}`, ordinary, explained);
  if (again.makespan_ps !== result.makespan_ps)
    throw new Error(
      `the core that explains takes ${again.makespan_ps} ps, the ordinary one ${result.makespan_ps} ps; ` +
        "this is a defect of verbscope",
    );
  return { operation, message, polled, holders };
}

/** The two cores must give the same start and end. */
function equal(what: string, ordinary: Times | undefined, explained: Ledger | undefined): void {
  const text = (t: Times | undefined): string => (t ? `${t.start_ps} to ${t.end_ps} ps` : "nothing");
  if (text(ordinary) !== text(explained?.of))
    throw new Error(
      `${what}: the core that explains says ${text(explained?.of)}, the ordinary one ${text(ordinary)}; ` +
        "this is a defect of verbscope",
    );
}

function told(
  trace: VerbsTrace,
  session: Session,
  path: Path,
  peer: Path,
  chosen: Chosen,
  { operation, message, polled, holders }: Seen,
): Explanation {
  const { testbed } = session,
    of = (operation ?? message)!.of,
    start = of.start_ps,
    threads = trace.threads.map(([node, tid]): ThreadName => ({ node, tid })),
    call = chosen.posted?.call,
    nodes = Math.max(1, trace.metadata.nodes.length, ...threads.map((t) => t.node + 1));
  const device = new DeviceCosts(testbed, path),
    post = new StepCosts(testbed, call ? path : peer, "post_send"),
    poll = new StepCosts(testbed, path, "poll_cq");
  const teller = (poller: number | undefined, bursts: boolean): Teller => ({
    device,
    holders,
    post,
    poll,
    poster: call?.thread,
    poller,
    threads,
    nodes,
    bursts,
  });
  const polledBy = (r: LogRecord): Polled => ({
    thread: threads[r.track]!,
    end_ps: integer(r.end_ps - start),
  });
  const way = (ledger: Ledger, poller: number | undefined): ReturnType<typeof wayOf> =>
    wayOf(
      ledger.charges,
      start,
      ledger.of.end_ps,
      teller(
        poller,
        ledger.charges.some((c) => !c.wait && c.stage !== undefined && c.stage !== "CQE" && c.place > 0),
      ),
    );
  const completion = operation
      ? { ...way(operation, undefined), polled: polled ? polledBy(polled) : null }
      : null,
    received = message ? way(message, message.of.track) : null;
  const parts = [...(completion?.parts ?? []), ...(received?.parts ?? [])];
  return {
    schema: "verbscope.explanation/1",
    tool: { name: "verbscope", version: version() },
    trace: {
      file: trace.path,
      digest: fileDigest(trace),
      rows: trace.rows,
      nodes: trace.metadata.nodes.map((n) => n.name),
      think: session.trace([]).think === "recorded" ? "recorded" : "none",
    },
    testbed: { name: testbed.name, title: testbed.title },
    path: path.label,
    chosen: chosen.why,
    operation: {
      number: chosen.number,
      opcode: OPCODES[of.kind === "OPERATION" ? of.what : of.what >> 8]!,
      bytes: of.bytes,
      qp: of.qp,
      row: chosen.posted?.row ?? null,
      thread: call ? threads[call.thread]! : null,
      start_ps: integer(start),
      call_ps: call ? integer(call.end_ps - start) : null,
    },
    completion,
    message: received && {
      ...received,
      polled: polledBy(message!.of),
      shared: completion ? shared(completion.parts, received.parts) : 0,
    },
    values: valuesUsed(testbed, parts),
    rates: { pcie: integer(device.rates.pcie), link: integer(device.rates.link) },
    steps: stepsUsed([post, poll]),
  };
}

/** Parts that two ways begin with alike. */
function shared(a: readonly Part[], b: readonly Part[]): number {
  let n = 0;
  while (n < a.length && n < b.length && JSON.stringify(a[n]) === JSON.stringify(b[n])) n++;
  return n;
}
