import type { Layer } from "./layers.js";

/** Where a stage stands: at the node that posted the work request, at its peer, or at whose memory is read. */
export type StageSide = "requester" | "responder" | "source" | "destination";
export interface Stage {
  readonly side: StageSide;
  /** The FIFO resource that it takes, one of DEVICE_RESOURCES; null: none. */
  readonly resource: string | null;
  /** The rule by which it does (docs/model.md 4). */
  readonly rule: "fifo" | "ctl" | "none";
  /** The layer that its time on the resource is charged to. */
  readonly layer: Layer;
  /** What happens there. */
  readonly what: string;
}

/**
 * Stages at which an operation arrives as an event of the device. The order is that of the core's numbers (`ST_…`).
 */
export const STAGES = {
  RING: {
    side: "requester",
    resource: "pcie.down",
    rule: "ctl",
    layer: "hca.doorbell",
    what: "the doorbell reaches the HCA",
  },
  WQE_REQUEST: {
    side: "requester",
    resource: "pcie.up",
    rule: "ctl",
    layer: "hca.wqe-fetch",
    what: "the HCA asks for the WQE",
  },
  WQE_DATA: {
    side: "requester",
    resource: "pcie.down",
    rule: "fifo",
    layer: "hca.wqe-fetch",
    what: "the WQE arrives",
  },
  ENGINE: {
    side: "requester",
    resource: "hca.tx",
    rule: "fifo",
    layer: "hca.process",
    what: "the send engine takes the work request",
  },
  READ_REQUEST: {
    side: "source",
    resource: "pcie.up",
    rule: "ctl",
    layer: "dma.payload",
    what: "the HCA asks for the payload",
  },
  READ_DATA: {
    side: "source",
    resource: "pcie.down",
    rule: "fifo",
    layer: "dma.payload",
    what: "the payload arrives from memory",
  },
  LINK: {
    side: "source",
    resource: "link",
    rule: "fifo",
    layer: "wire.serialize",
    what: "the payload leaves on the link",
  },
  RECEIVE: {
    side: "responder",
    resource: "hca.rx",
    rule: "fifo",
    layer: "hca.process",
    what: "the receive engine takes the packets",
  },
  WRITE: {
    side: "responder",
    resource: "pcie.up",
    rule: "fifo",
    layer: "dma.payload",
    what: "the payload goes to memory",
  },
  ACK_LINK: {
    side: "responder",
    resource: "link",
    rule: "ctl",
    layer: "wire.serialize",
    what: "the acknowledgement leaves",
  },
  ACK_RECEIVE: {
    side: "requester",
    resource: "hca.rx",
    rule: "fifo",
    layer: "hca.process",
    what: "the acknowledgement arrives",
  },
  REQUEST_LINK: {
    side: "requester",
    resource: "link",
    rule: "ctl",
    layer: "wire.serialize",
    what: "the request leaves on the link",
  },
  REQUEST_RECEIVE: {
    side: "responder",
    resource: "hca.rx",
    rule: "fifo",
    layer: "hca.process",
    what: "the request arrives",
  },
  ATOMIC_REQUEST: {
    side: "responder",
    resource: "pcie.up",
    rule: "ctl",
    layer: "dma.payload",
    what: "the HCA asks for the operand",
  },
  ATOMIC_DATA: {
    side: "responder",
    resource: "pcie.down",
    rule: "fifo",
    layer: "dma.payload",
    what: "the operand arrives from memory",
  },
  ATOMIC_LINK: {
    side: "responder",
    resource: "link",
    rule: "ctl",
    layer: "wire.serialize",
    what: "the result leaves on the link",
  },
  RESPONSE_RECEIVE: {
    side: "requester",
    resource: "hca.rx",
    rule: "fifo",
    layer: "hca.process",
    what: "the response arrives",
  },
  RESPONSE_WRITE: {
    side: "requester",
    resource: "pcie.up",
    rule: "fifo",
    layer: "dma.payload",
    what: "the response goes to memory",
  },
  CQE: {
    side: "destination",
    resource: "pcie.up",
    rule: "fifo",
    layer: "hca.complete",
    what: "the completion is written",
  },
  ARM: {
    side: "requester",
    resource: null,
    rule: "none",
    layer: "hca.doorbell",
    what: "the HCA learns that an event is wanted",
  },
} as const satisfies Record<string, Stage>;
export type StageName = keyof typeof STAGES;
export const STAGE_NAMES = Object.keys(STAGES) as StageName[];
