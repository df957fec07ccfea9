/** The oracle: a literal replay of docs/model.md, whose rules it cites by their ids. */
import { LAYER_SLOTS } from "../../src/abi/layers.js";
import { assertClock } from "./clock.js";
import { Device } from "./device/device.js";
import { type PathChoice, settle } from "./path.js";
import { type Resolved, resolve, type VerbsRowLike } from "./rows.js";
import { Testbed, type TestbedDocument } from "./testbed.js";
import { type Pause, Thread } from "./threads.js";
import { type CacheName, type Operation, type Seen, World } from "./world.js";

export type { PathDocument } from "./path.js";
export type { Operation, PathChoice, TestbedDocument, VerbsRowLike };

export interface OracleInput {
  rows: VerbsRowLike[];
  path: PathChoice;
  /** default: the same path */
  peerPath?: PathChoice;
  testbed: TestbedDocument;
  pcieCoefQ16: bigint;
  think: "none" | "recorded";
}

export interface OracleResult {
  makespan_ps: bigint;
  layers: bigint[];
  counters: Record<string, bigint>;
  operations: Map<string, Operation>;
  rows: { total: number; replayed: number; spin: number; refused: number };
  /** absent where nothing was posted, or nothing ended (R5.4) */
  dataPath: { start?: bigint; end?: bigint };
  /** for the report (R2.43, R5.5) */
  seen: Seen & { unmatched: number; overCapacity: number; overInline: number };
  deadlock?: { threads: { node: number; tid: number; row: number; verb: string; what: string }[] };
}

interface Running {
  thread: Thread;
  steps: Generator<Pause, void, void>;
  blocked?: Pause;
  ended: boolean;
}

export function runOracle(input: OracleInput): OracleResult {
  const testbed = new Testbed(input.testbed, input.pcieCoefQ16);
  const resolved = resolve(input.rows, testbed);
  const path = settle(input.path);
  const world = new World(
    testbed,
    path,
    input.peerPath ? settle(input.peerPath) : path,
    resolved.nodes.length,
  );
  const device = new Device(world, resolved.nodes);
  const running = resolved.threads.map((t): Running => {
    const thread = new Thread(device, t, input.think === "recorded");
    return { thread, steps: thread.run(), ended: false };
  });

  const advance = (index: number): void => {
    const r = running[index]!;
    delete r.blocked;
    const { done, value } = r.steps.next();
    if (done) r.ended = true;
    else if (value.until) r.blocked = value;
    else
      world.queue.push({
        time: r.thread.clock.time,
        kind: 1,
        number: index,
        sub: 0,
        run: () => advance(index),
      });
  };
  const resume = (index: number, time: bigint): void => {
    delete running[index]!.blocked;
    world.queue.push({ time, kind: 1, number: index, sub: 0, run: () => advance(index) });
  };
  /** Threads whose wait is over become events (R3.3). */
  const wake = (): void =>
    running.forEach((r, index) => {
      const by = r.blocked?.until?.();
      if (by) resume(index, by.time > r.thread.clock.time ? by.time : r.thread.clock.time);
    });
  /** Nothing else can happen: the first thread that waits for an event of a CQ goes on without it (R3.20). */
  const assume = (): boolean => {
    let first = -1;
    running.forEach((r, index) => {
      if (r.blocked?.event && (first < 0 || r.thread.clock.time < running[first]!.thread.clock.time))
        first = index;
    });
    if (first < 0) return false;
    const { thread } = running[first]!;
    world.count("events.assumed");
    thread.assumed = true;
    world.queue.rewind(thread.clock.time);
    resume(first, thread.clock.time);
    return true;
  };

  running.forEach((_, index) => advance(index));
  do {
    while (world.queue.size > 0) {
      world.queue.pop().run();
      wake();
    }
  } while (assume());
  return result(world, running, resolved);
}

/** What the replay came to (R3.5, R3.24, R5.4, R5.5). */
function result(world: World, running: Running[], resolved: Resolved): OracleResult {
  const { counts: rows, over } = resolved;
  check(world);
  if (rows.replayed + rows.spin + rows.refused !== rows.total)
    throw new Error("rows are not all accounted for");
  let last = running[0]?.thread;
  for (const { thread } of running) if (thread.clock.time > last!.clock.time) last = thread;
  const out: OracleResult = {
    makespan_ps: last?.clock.time ?? 0n,
    layers: last ? [...last.clock.ledger] : new Array<bigint>(LAYER_SLOTS).fill(0n),
    counters: world.counters,
    operations: world.operations,
    rows,
    dataPath: world.dataPath,
    seen: {
      ...world.seen,
      unmatched: unmatched(resolved),
      overCapacity: over.capacity,
      overInline: over.inline,
    },
  };
  const stuck = running.filter((r) => !r.ended);
  if (stuck.length > 0) {
    out.deadlock = {
      threads: stuck.map(({ thread, blocked }) => ({
        node: thread.node,
        tid: thread.tid,
        row: thread.current!.row,
        verb: thread.current!.verb,
        what: blocked?.what ?? "?",
      })),
    };
  }
  return out;
}

/** Messages that still wait for a receive WQE; QPs with an SRQ share its queue (R5.5). */
function unmatched({ nodes }: Resolved): number {
  const queues = new Set(nodes.flatMap((n) => n.created.map((qp) => qp.queue)));
  return [...queues].reduce((n, q) => n + q.waiting.length, 0);
}

/** Conservation beyond what each clock and account checks as it goes (R5.1). */
function check(world: World): void {
  for (const node of world.nodes) {
    for (const [name, clock] of Object.entries(node.fifo)) assertClock(name, clock);
    for (const [name, r] of node.cpu) assertClock(name, r.clock);
  }
  for (const name of ["qpc", "cqc", "mpt", "mtt", "iotlb"] as CacheName[]) {
    const hits = world.nodes.reduce((n, node) => n + node.caches[name].hits, 0n);
    const misses = world.nodes.reduce((n, node) => n + node.caches[name].misses, 0n);
    if (world.counters[`${name}.misses`] !== misses || world.counters[`${name}.hits`] !== hits)
      throw new Error(`${name}: lookups are not conserved`);
  }
}
