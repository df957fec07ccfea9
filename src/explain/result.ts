import type { Cause } from "../abi/charges.js";
import type { Layer } from "../abi/layers.js";
import type { StageName } from "../abi/stages.js";
import type { Opcode } from "../abi/verbs.js";
import type { Integer } from "../numbers.js";

/** What one operation took, piece by piece: verbscope.explanation/1 (docs/explain.md). Times in ps. */
export interface Explanation {
  schema: "verbscope.explanation/1";
  tool: { name: string; version: string };
  trace: { file: string; digest: string; rows: number; nodes: string[]; think: "recorded" | "none" };
  testbed: { name: string; title: string };
  path: string;
  /** Why this operation: `--op`, `--row`, or what stands for neither. */
  chosen: string;
  operation: {
    number: number;
    opcode: Opcode;
    bytes: number;
    qp: number;
    /** Row of its work request; null: a message of the simulated peer, which no row posted. */
    row: number | null;
    /** Who posted it; null: the simulated peer. */
    thread: ThreadName | null;
    /** Start of its call, since the start of the replay. */
    start_ps: Integer;
    /** End of its call, since its start; null: no thread called. */
    call_ps: Integer | null;
  };
  /** From the call to the completion in memory (class post_send); null for what the simulated peer sent. */
  completion: (Way & { polled: Polled | null }) | null;
  /** From the call to the end of the receiver's poll (class message); null when no poll returned it. */
  message: (Way & { polled: Polled; shared: number }) | null;
  /** The testbed's values behind all costs, in the order in which they first matter. */
  values: ValueUsed[];
  /** ps × 65536 that a byte takes, as the core computes with it. */
  rates: { pcie: Integer; link: Integer };
  /** The path's steps, likewise. */
  steps: StepUsed[];
}

export interface ThreadName {
  node: number;
  tid: number;
}
/** A call that returned the completion; its end since the start of the operation's call. */
export interface Polled {
  thread: ThreadName;
  end_ps: Integer;
}

/** A chain of parts without gaps: their waits and costs sum to the latency. */
export interface Way {
  latency_ps: Integer;
  parts: Part[];
  service: Partial<Record<Layer, Integer>>;
  wait: Partial<Record<Layer, Integer>>;
}

/** A step or a stage: first what it waits for, then what it costs. */
export interface Part {
  /** Since the start of the operation's call. */
  start_ps: Integer;
  wait_ps: Integer;
  cost_ps: Integer;
  layer: Layer;
  /** Where: a thread, or the HCA of a node. The node after the last one is the simulated peer. */
  node: number;
  thread: number | null;
  /** The resource that is taken for the time of the cost. */
  resource: string | null;
  /** The stage of the device, or null: a step of the path. */
  stage: StageName | null;
  step: string | null;
  /** Number of the burst, of messages that move in several. */
  burst: number | null;
  /** The time of one packet: the rest of the burst moves while the stage before or behind is at work. */
  one_packet: boolean;
  what: string;
  /** How the cost follows from values; null: a wait alone. */
  formula: string | null;
  values: string[];
  waits: Wait[];
}
export interface Wait {
  ps: Integer;
  cause: Cause;
  why: string;
  /** Who held what was waited for, and how long of it. */
  for: Holder[];
}
export interface Holder {
  ps: Integer;
  operation: number | null;
  thread: ThreadName | null;
  /** What the operation did on the resource; null: it was no resource, or a thread had it. */
  layer: Layer | null;
}

export interface ValueUsed {
  name: string;
  value: number | string;
  unit: string;
  low: number | string;
  high: number | string;
  source: string;
  confidence: string | null;
  /** ps (rates: ps a byte) × 65536, as the core computes with it; null: no time. */
  coefficient: Integer | null;
}
export interface StepUsed {
  program: string;
  id: string;
  basis: string;
  source: string;
}
