import type { Events } from "./events/events.js";
import { Flow, type Lost } from "./flow.js";
import { Keys } from "./packets/keys.js";
import { ACK, type Packet, RC, UC, UD } from "./packets/transport.js";

/** Management datagrams go to these. */
const SUBNET = 0,
  GENERAL = 1;

/** All flows of a capture, and which of them belong to one connection. */
export class Flows {
  readonly all: Flow[] = [];
  readonly lost: Lost = { again: 0, missing: 0, cut: 0, refused: 0, not_ready: 0, longest: 0 };
  /** Datagrams of subnet and connection management, answers to no request that the capture has. */
  management = 0;
  strays = 0;
  private readonly events: Events;
  /** Flows by source, target, QP and, of UD, the sender's QP plus 1: their numbers are those in `all`. */
  private readonly flows = new Keys();
  /** Flows by where their answers go: source, target and QP of an answer. */
  private readonly answers = new Keys();
  private readonly byAnswer: Flow[] = [];
  /** Flows of RC by source and target. */
  private readonly pairs = new Keys();
  private readonly byPair: Flow[][] = [];

  constructor(events: Events) {
    this.events = events;
  }

  take(source: number, target: number, p: Packet, t: number): void {
    if (p.part >= ACK) return this.answer(source, target, p, t);
    if (p.service === UD && (p.qp === SUBNET || p.qp === GENERAL)) {
      this.management++;
      return;
    }
    const number = this.flows.add(source, target, p.qp, p.service === UD ? p.source_qp + 1 : 0);
    if (number === this.all.length) this.begin(number, source, target, p);
    this.all[number]!.request(p, t);
  }

  private begin(number: number, source: number, target: number, p: Packet): void {
    const flow = new Flow(number, source, target, p, this.lost, this.events);
    this.all.push(flow);
    if (flow.service === UD) flow.source_qp = p.source_qp;
    else {
      // Its requests go to the QP that answers to another flow went to.
      const other = this.toAnswer(source, target, p.qp);
      if (other) this.join(flow, other.qp);
    }
    if (flow.service !== RC) return;
    const pair = this.pairs.add(source, target);
    (this.byPair[pair] ??= []).push(flow);
  }

  private answer(source: number, target: number, p: Packet, t: number): void {
    const flow = this.toAnswer(source, target, p.qp) ?? this.waiting(source, target, p);
    if (flow) flow.answer(p, t);
    else this.strays++;
  }
  /** The flow whose requests nothing had answered, and that an answer fits; its QP is known now. */
  private waiting(source: number, target: number, p: Packet): Flow | undefined {
    const pair = this.pairs.find(target, source);
    if (pair < 0) return undefined;
    let found: Flow | undefined;
    for (const flow of this.byPair[pair]!) {
      if (flow.source_qp !== undefined || !flow.awaits(p.psn)) continue;
      // Several that wait for this number cannot be told apart yet.
      if (found) return undefined;
      found = flow;
    }
    if (!found) return undefined;
    this.join(found, p.qp);
    const back = this.flows.find(source, target, p.qp);
    if (back >= 0 && this.all[back]!.source_qp === undefined) this.join(this.all[back]!, found.qp);
    return found;
  }

  private toAnswer(source: number, target: number, qp: number): Flow | undefined {
    const number = this.answers.find(source, target, qp);
    return number < 0 ? undefined : this.byAnswer[number];
  }
  private join(flow: Flow, source_qp: number): void {
    flow.source_qp = source_qp;
    this.byAnswer[this.answers.add(flow.target, flow.source, source_qp)] = flow;
  }

  /** UC has no answers: the only flow one way and the only one back are of one connection. */
  joinUnanswered(): void {
    const ways = new Keys(),
      of: Flow[][] = [];
    const flows = this.all.filter((f) => f.service === UC);
    for (const flow of flows) (of[ways.add(flow.source, flow.target)] ??= []).push(flow);
    for (const flow of flows) {
      if (flow.source_qp !== undefined) continue;
      const alike = of[ways.add(flow.source, flow.target)]!,
        back = of[ways.add(flow.target, flow.source)] ?? [];
      if (back.length === 1 && alike.length === 1) flow.source_qp = back[0]!.qp;
    }
  }
}
