/** From the doorbell through the engine, and the order gate of a QP (R4.1.1 to R4.1.8). */

import { FEATURE_NAMES } from "../../../src/abi/features.js";
import { add, type Clock, fresh, type OwnClock, plain } from "../clock.js";
import { type Op, type Qp, readsPayload, returnsData, type SendWr, wqeBytes } from "../objects.js";
import { evaluate } from "../path.js";
import type { PolledCqe } from "../rows.js";
import { translateLocal } from "./bursts.js";
import { done } from "./completion.js";
import type { Device, Flow } from "./device.js";
import { sendMessage } from "./messages.js";
import { burstsOf } from "./packets.js";
import { request } from "./requests.js";
import { leave } from "./wiregate.js";

export function newOp(device: Device, wr: SendWr, number: number, callStart: bigint, blueflame: number): Op {
  const mtu = wr.mtu || device.world.testbed.number("wire.mtu");
  return {
    wr,
    number,
    callStart,
    sender: wr.qp,
    receiver: wr.to ?? wr.qp.peer!,
    bursts: burstsOf(wr, mtu, device.world.testbed.number("hca.burst_bytes")),
    blueflame,
    released: false,
    parkedForReads: false,
    doneSub: 0,
    atWire: [],
    left: false,
    parked: [],
  };
}

/**
 * All WRs of a call enter the device at the thread's clock; the
 * first brings the doorbell (R4.1.1, R4.1.2, R4.1.3).
 */
export function launch(device: Device, ops: Op[], at: OwnClock): void {
  const lead = ops[0];
  if (!lead) return;
  const { world } = device;
  const node = device.node(lead.sender);
  for (const op of ops) {
    if (!op.sender.virtual) op.sender.ops.push(op);
    world.count("wqe.posted");
    world.count("wqe.bytes", wqeBytes(op.wr.units));
  }
  const flow = device.flow(lead, 0, 0, at);
  device.arrive(flow, () => {
    const wc = world.path.mechanisms["bf_memtype"] === "wc";
    const tlps = lead.blueflame === 0 ? 1 : lead.blueflame / (wc ? 64 : 8);
    const bytes = lead.blueflame === 0 ? 28 : tlps * (24 + (wc ? 64 : 8));
    device.ctl(flow, node, "down", "hca.doorbell", world.testbed.pcieTime(bytes));
    world.count("pcie.tlps", tlps);
    device.lat(flow, "hca.doorbell", device.cost("hca.doorbell_latency"));
    for (const op of ops) {
      const mine: Flow = { op, burst: 0, sub: 0, span: flow.span };
      if (op.blueflame > 0) atGate(device, mine);
      else fetchWqe(device, mine);
    }
  });
}

/** The WQE is read (R4.1.4). */
function fetchWqe(device: Device, flow: Flow): void {
  const { testbed } = device.world;
  const node = device.node(flow.op.sender);
  const bytes = wqeBytes(flow.op.wr.units);
  device.arrive(flow, () => {
    device.ctl(flow, node, "up", "hca.wqe-fetch", testbed.mrd(bytes));
    device.lat(flow, "hca.wqe-fetch", device.cost("hca.wqe_fetch"));
    device.arrive(flow, () => {
      device.fifo(flow, node, "down", "hca.wqe-fetch", testbed.cpl(bytes), testbed.cpl(bytes));
      device.dmaRead(bytes);
      atGate(device, flow);
    });
  });
}

/** The WQE is known: to the order gate, which the virtual node lacks (R4.1.5, R4.6.6). */
function atGate(device: Device, flow: Flow): void {
  const { op } = flow;
  if (op.sender.virtual) {
    device.arrive(flow, () => process(device, flow));
    return;
  }
  op.atGate = flow.span;
  tryGate(device, op.sender);
}

/**
 * Let the next WR of the QP go on if it may. `freedBy` is the clock of
 * the READ or atomic that just ended (R4.1.5, R4.1.6).
 */
export function tryGate(device: Device, qp: Qp, freedBy?: Clock): void {
  const op = qp.ops[qp.passed];
  if (!op?.atGate || op.released) return;
  const { wr } = op;
  const fenced = wr.fence && qp.outstanding > 0;
  const full = returnsData(wr.opcode) && wr.maxRdAtomic > 0 && qp.outstanding >= wr.maxRdAtomic;
  if (fenced || full) {
    op.parkedForReads = true;
    return;
  }
  op.released = true;
  const flow: Flow = { op, burst: 0, sub: 0, span: op.atGate };
  device.takeOver(flow, qp.gate, "hca.process");
  if (op.parkedForReads && freedBy) device.takeOver(flow, freedBy, "hca.process");
  device.arrive(flow, () => process(device, flow));
}

/** The send engine, and where the operation goes from it (R4.1.7, R4.1.8). */
function process(device: Device, flow: Flow): void {
  const { op } = flow;
  const qp = op.sender;
  const cost = device.cost("hca.process");
  device.fifo(flow, device.node(qp), "tx", "hca.process", cost, cost);
  device.qpContext(flow, qp);
  if (readsPayload(op.wr)) translateLocal(device, flow);
  if (!qp.virtual) {
    qp.gate = plain(flow.span.head);
    qp.passed += 1;
    if (returnsData(op.wr.opcode)) qp.outstanding += 1;
    tryGate(device, qp);
  }
  if (op.wr.opcode === "LOCAL_INV" || op.wr.opcode === "BIND_MW") {
    done(device, op, flow.span.tail, 0);
    leave(op);
  } else if (returnsData(op.wr.opcode)) request(device, flow);
  else sendMessage(device, flow);
}

/**
 * A message of a simulated peer, for a poll that saw it arrive or a thread that
 * slept until it did; once for a completion (R4.6.4, R4.6.5, R4.6.7).
 */
export function inject(device: Device, cqe: PolledCqe, mtu: number, at: Clock): void {
  const { world } = device;
  const { qp, length, opcode } = cqe;
  if (cqe.receive === undefined || !qp.simulated || cqe.injected) return;
  cqe.injected = true;
  world.count("ops.injected");
  const write = opcode === "RECV_RDMA_WITH_IMM";
  const wr: SendWr = {
    qp: qp.peer!,
    destination: qp.number,
    failed: false,
    opcode: write ? "RDMA_WRITE_WITH_IMM" : "SEND",
    wrId: 0n,
    length,
    inline: false,
    fence: false,
    solicited: false,
    signalled: true,
    accepted: true,
    units: 2,
    inlineBytes: 0,
    sges: [],
    numSge: 1,
    remoteAddr: 0n,
    rkey: -1,
    mtu,
    maxRdAtomic: 0,
    number: world.nextNumber(),
  };
  const features: Record<string, bigint> = Object.fromEntries(FEATURE_NAMES.map((f) => [f, 0n]));
  Object.assign(features, { wr: 1n, sge: 1n, wqe_units: 2n, payload_bytes: BigInt(length), doorbell: 1n });
  let clock = fresh(at);
  for (const step of world.peerPath.programs.get("post_send") ?? []) {
    if (step.guards.some((g) => features[g] === 0n)) continue;
    if (step.layer !== undefined && step.cost !== undefined)
      clock = add(clock, step.layer, device.cost(step.cost, evaluate(step.count, features)));
    if (step.launch) break;
  }
  launch(device, [newOp(device, wr, wr.number, at.time, 0)], clock);
}
