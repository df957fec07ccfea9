import type { Qp } from "./machine.js";

/** One side of a workload. Set-up happens when it is made; its steps alternate with the other side's. */
export interface Side {
  readonly qps: readonly Qp[];
  /**
   * Runs the exchange; yields how many messages it has handled, so
   * that the sides stay close together in the trace.
   */
  run(peer: Side): Generator<number>;
  tearDown(): void;
  /** The memory that the peer's one-sided operations reach. */
  readonly target?: { addr: bigint; rkey: number };
}
