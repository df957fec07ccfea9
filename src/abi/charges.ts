/**
 * What an operation waits for when something is added to the waits of its own ledger. In the core: `CAUSE_…`.
 */
export const CAUSES = [
  "RESOURCE", // a resource that others had first
  "ORDER", // the work request before it on its queue pair has not passed the send engine
  "READS", // READs or atomics in flight: a fence, or as many as the queue pair may have
  "LINE", // the payload of the message before it on its queue pair is still being read
  "BUFFER", // two bursts of its queue pair are read and not yet sent
  "WIRE", // the work request before it on its queue pair has not left on the link
  "RECEIVE", // no receive work request is posted
  "ARRIVAL", // the message before it on its queue pair is still being received
  "RETIRE", // the work request before it on its queue pair has not completed
  "LATE", // the completion is there, its receiver polls later
] as const;
export type Cause = (typeof CAUSES)[number];

/** The word `what` of a CHARGE record (assembly/model/charges.ts): layer in bits 0 to 4, then these. */
export const CHARGE = {
  /** Bit: a wait; otherwise a cost. */
  wait: 5,
  /** Bit: a wait for a thread; `operation` is its index. Otherwise an operation's number. */
  thread: 6,
  /** Bit: the cost of a burst's first packet alone (fifo stages). */
  first: 7,
  /** Bits from here, five: the stage, or `step`. */
  stage: 8,
  /** Bits from here, four: the cause of a wait. */
  cause: 16,
  /** Not a stage: a step of a path's program. */
  step: 31,
  /** A track's device resources, then from this number on its CPU resources. */
  cpu: 8,
} as const;
/** Track of a CHARGE record that is about no resource. */
export const NO_TRACK = 0xffffffff;
