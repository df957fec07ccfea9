import type { Qp, Thread } from "./thread.js";

/** The longest message that is sent at once, bytes: UCX_RNDV_THRESH as UCXX sets it (its configuration page). */
export const EAGER_BYTES = 8192;
/** A message that only says something: a request to send, or that its data was fetched. Assumed. */
export const CONTROL_BYTES = 64;
/** One READ fetches at most so much (assumed); InfiniBand's messages end at 2^31. */
export const READ_BYTES = 2 ** 30;

/** What a thread did, at the time that a schedule gives it in which only calculations take some. */
export interface Did {
  readonly what: "post" | "poll" | "wait";
  readonly t_ns: number;
  readonly thread: Thread;
  readonly qp: Qp | undefined;
  /** Of the work request or message on its queue. */
  readonly number: number;
  readonly opcode: "SEND" | "RDMA_READ" | "RECV";
  readonly bytes: number;
  readonly signaled: boolean;
}
