/**
 * Event counters of one replay, in result order. Those marked `step` are
 * incremented by path documents, the others by the device model.
 */
export const COUNTERS = [
  // step counters: named in a path document's steps
  "exits.heavy",
  "exits.light",
  "vq.calls",
  "syscalls",
  "syscalls.host",
  "doorbells.mapped",
  "doorbells.trapped",
  "blueflame.writes",
  "copied.bytes",
  "memlink.pages_linked",
  "memlink.pages_unlinked",
  "memlink.copied_bytes",
  "memlink.syscalls",
  "firmware.commands",
  "ept.violations",
  "irq.injected",
  // device counters
  "interrupts",
  "wqe.posted",
  "wqe.bytes",
  "cqe.polled",
  "dma.reads",
  "dma.read_bytes",
  "dma.writes",
  "dma.write_bytes",
  "pcie.tlps",
  "qpc.hits",
  "qpc.misses",
  "cqc.hits",
  "cqc.misses",
  "mpt.hits",
  "mpt.misses",
  "mtt.hits",
  "mtt.misses",
  "iotlb.hits",
  "iotlb.misses",
  "wire.packets",
  "wire.bytes",
  "acks",
  "rnr.waits",
  "ops.injected",
  "rkey.unknown",
  "events.assumed",
] as const;
export type Counter = (typeof COUNTERS)[number];
/** Counters that a path document may name; the rest belong to the device model. */
export const STEP_COUNTERS: readonly Counter[] = COUNTERS.slice(0, COUNTERS.indexOf("interrupts"));
