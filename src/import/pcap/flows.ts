import { Flow, type Lost } from "./flow.js";
import type { Packet } from "./transport.js";

/** Management datagrams go to these. */
const SUBNET = 0,
  GENERAL = 1;

/** All flows of a capture, and which of them belong to one connection. */
export class Flows {
  readonly all: Flow[] = [];
  readonly lost: Lost = { again: 0, missing: 0, cut: 0, refused: 0, not_ready: 0 };
  /** Datagrams of subnet and connection management, answers to no request that the capture has. */
  management = 0;
  strays = 0;
  private readonly flows = new Map<string, Flow>();
  /** Flows by where their answers go. */
  private readonly byAnswer = new Map<string, Flow>();

  take(source: string, target: string, p: Packet, t: bigint): void {
    const answer = p.part === "ack" || p.part === "atomic-ack" || p.part === "response";
    if (answer) return this.answer(source, target, p, t);
    if (p.service === "UD" && (p.qp === SUBNET || p.qp === GENERAL)) {
      this.management++;
      return;
    }
    const key = `${source}>${target}#${p.qp}${p.service === "UD" ? `<${p.source_qp}` : ""}`;
    let flow = this.flows.get(key);
    if (!flow) {
      flow = new Flow(source, target, p, this.lost);
      if (p.service === "UD") flow.source_qp = p.source_qp;
      // Its requests go to the QP that answers to another flow went to.
      else {
        const other = this.byAnswer.get(`${source}>${target}#${p.qp}`);
        if (other) this.join(flow, other.qp);
      }
      this.flows.set(key, flow);
      this.all.push(flow);
    }
    flow.request(p, t);
  }

  private answer(source: string, target: string, p: Packet, t: bigint): void {
    const to = `${source}>${target}#${p.qp}`;
    let flow = this.byAnswer.get(to);
    if (!flow) {
      const waiting = this.all.filter(
        (f) =>
          f.service === "RC" &&
          f.source_qp === undefined &&
          f.source === target &&
          f.target === source &&
          f.awaits(p.psn),
      );
      // Several that wait for this number cannot be told apart yet.
      flow = waiting.length === 1 ? waiting[0] : undefined;
      if (flow) {
        this.join(flow, p.qp);
        const back = this.flows.get(to);
        if (back && back.source_qp === undefined) this.join(back, flow.qp);
      }
    }
    if (flow) flow.answer(p, t);
    else this.strays++;
  }

  private join(flow: Flow, source_qp: number): void {
    flow.source_qp = source_qp;
    this.byAnswer.set(`${flow.target}>${flow.source}#${source_qp}`, flow);
  }

  /** UC has no answers: the only flow one way and the only one back are of one connection. */
  joinUnanswered(): void {
    for (const flow of this.all) {
      if (flow.service !== "UC" || flow.source_qp !== undefined) continue;
      const alike = (source: string, target: string): Flow[] =>
        this.all.filter((f) => f.service === "UC" && f.source === source && f.target === target);
      const back = alike(flow.target, flow.source);
      if (back.length === 1 && alike(flow.source, flow.target).length === 1) flow.source_qp = back[0]!.qp;
    }
  }
}
