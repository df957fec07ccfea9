import type { Layer } from "./layers.js";

export interface Stage {
  /** The resource that it takes, one of DEVICE_RESOURCES; null: none. */
  readonly resource: string | null;
  /** The rule by which it does (R4.4 to R4.8). */
  readonly rule: "fifo" | "ctl" | "none";
  /** The layer that its time on the resource is charged to. */
  readonly layer: Layer;
  /** What happens there. */
  readonly what: string;
}

/**
 * Stages at which an operation arrives as an event of the device.
 * The order is that of the core's numbers (`ST_…`).
 */
export const STAGES = {
  RING: {
    resource: "pcie.down",
    rule: "ctl",
    layer: "hca.doorbell",
    what: "the doorbell reaches the HCA",
  },
  WQE_REQUEST: {
    resource: "pcie.up",
    rule: "ctl",
    layer: "hca.wqe-fetch",
    what: "the HCA asks for the WQE",
  },
  WQE_DATA: {
    resource: "pcie.down",
    rule: "fifo",
    layer: "hca.wqe-fetch",
    what: "the WQE arrives",
  },
  ENGINE: {
    resource: "hca.tx",
    rule: "fifo",
    layer: "hca.process",
    what: "the send engine takes the work request",
  },
  READ_REQUEST: {
    resource: "pcie.up",
    rule: "ctl",
    layer: "dma.payload",
    what: "the HCA asks for the payload",
  },
  READ_DATA: {
    resource: "pcie.down",
    rule: "fifo",
    layer: "dma.payload",
    what: "the payload arrives from memory",
  },
  LINK: {
    resource: "link",
    rule: "fifo",
    layer: "wire.serialize",
    what: "the payload leaves on the link",
  },
  RECEIVE: {
    resource: "hca.rx",
    rule: "fifo",
    layer: "hca.process",
    what: "the receive engine takes the packets",
  },
  WRITE: {
    resource: "pcie.up",
    rule: "fifo",
    layer: "dma.payload",
    what: "the payload goes to memory",
  },
  ACK_LINK: {
    resource: "link",
    rule: "ctl",
    layer: "wire.serialize",
    what: "the acknowledgement leaves",
  },
  ACK_RECEIVE: {
    resource: "hca.rx",
    rule: "fifo",
    layer: "hca.process",
    what: "the acknowledgement arrives",
  },
  REQUEST_LINK: {
    resource: "link",
    rule: "ctl",
    layer: "wire.serialize",
    what: "the request leaves on the link",
  },
  REQUEST_RECEIVE: {
    resource: "hca.rx",
    rule: "fifo",
    layer: "hca.process",
    what: "the request arrives",
  },
  ATOMIC_REQUEST: {
    resource: "pcie.up",
    rule: "ctl",
    layer: "dma.payload",
    what: "the HCA asks for the operand",
  },
  ATOMIC_DATA: {
    resource: "pcie.down",
    rule: "fifo",
    layer: "dma.payload",
    what: "the operand arrives from memory",
  },
  ATOMIC_LINK: {
    resource: "link",
    rule: "ctl",
    layer: "wire.serialize",
    what: "the result leaves on the link",
  },
  RESPONSE_RECEIVE: {
    resource: "hca.rx",
    rule: "fifo",
    layer: "hca.process",
    what: "the response arrives",
  },
  RESPONSE_WRITE: {
    resource: "pcie.up",
    rule: "fifo",
    layer: "dma.payload",
    what: "the response goes to memory",
  },
  CQE: {
    resource: "pcie.up",
    rule: "fifo",
    layer: "hca.complete",
    what: "the completion is written",
  },
  ARM: {
    resource: null,
    rule: "none",
    layer: "hca.doorbell",
    what: "the HCA learns that an event is wanted",
  },
} as const satisfies Record<string, Stage>;
export type StageName = keyof typeof STAGES;
export const STAGE_NAMES = Object.keys(STAGES) as StageName[];
