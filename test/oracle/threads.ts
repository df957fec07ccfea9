/**
 * A thread executes its calls (R3.1 to R3.24). Each thread is a generator;
 * it yields where the page says ▸, and where it blocks.
 */
import type { Layer } from "../../src/abi/layers.js";
import { CPU_RESOURCES } from "../../src/abi/resources.js";
import { programOf } from "../../src/abi/verbs.js";
import {
  add,
  assertClock,
  type Clock,
  fresh,
  type OwnClock,
  plain,
  takeOver,
  takeOverSilently,
  ZERO,
} from "./clock.js";
import { arm } from "./device/completion.js";
import type { Device } from "./device/device.js";
import { inject, launch, newOp } from "./device/launch.js";
import { addReceive } from "./device/receive.js";
import type { Cqe } from "./objects.js";
import { evaluate, type Step } from "./path.js";
import { Refused } from "./refused.js";
import type { Call, ThreadCalls } from "./rows.js";
import { sameLength, sizeClass } from "./world.js";

/**
 * Empty: until the clock is the smallest event. Otherwise: until `until` gives
 * the clock of what it waits for; an `event` may be assumed (R3.2, R3.3).
 */
export type Pause = { until?: () => Clock | undefined; what?: string; event?: boolean };
const TURN: Pause = {};
/** 53 days (R3.25). */
const LIMIT = 2n ** 62n;
/** Verbs before which a program looks at what was written to its memory (R3.9). */
const TAKES_ONESIDED = ["post_send", "post_recv", "post_srq_recv", "poll_cq", "req_notify_cq"];

export class Thread {
  readonly node: number;
  readonly tid: number;
  readonly calls: Call[];
  private readonly device: Device;
  private readonly think: boolean;
  clock: OwnClock = fresh(ZERO);
  callStart = 0n;
  current: Call | undefined;
  /** the event that this thread waits for is assumed to have come */
  assumed = false;

  constructor(device: Device, calls: ThreadCalls, think: boolean) {
    this.device = device;
    this.node = calls.node;
    this.tid = calls.tid;
    this.calls = calls.calls;
    this.think = think;
  }

  /** Call after call (R3.6, R3.7). */
  *run(): Generator<Pause, void, void> {
    for (const call of this.calls) {
      this.current = call;
      if (this.think) this.spend("app.think", call.think);
      yield TURN;
      yield* this.awaits(call);
      this.begin(call);
      const polled = call.verb === "poll_cq" ? yield* this.poll(call) : [];
      yield* this.program(call);
      yield TURN;
      this.effects(call);
      this.account(call, polled);
      assertClock(`thread ${this.node}/${this.tid}`, this.clock);
    }
    this.current = undefined;
  }

  /** Adds a cost; no clock passes the limit (R3.25). */
  private spend(layer: Layer, cost: bigint): void {
    if (this.clock.time + cost > LIMIT)
      throw new Refused(this.current!.row, `its clock would pass ${LIMIT} ps`);
    this.clock = add(this.clock, layer, cost);
  }

  /**
   * Block until the n-th clock is there, then take over the largest
   * of all that are there (of equal ones the last) (R2.40, R3.3).
   */
  private *await(what: string, clocks: () => Clock[], n: number): Generator<Pause, void, void> {
    const nth = (): Clock | undefined => clocks()[n - 1];
    while (!nth()) yield { until: nth, what };
    this.clock = takeOverSilently(
      this.clock,
      clocks().reduce((a, b) => (b.time >= a.time ? b : a)),
    );
    yield TURN;
  }

  /**
   * What the call waits for before it starts; of several
   * `await_writes` each, in row order (R2.37, R2.38, R2.39, R3.7).
   */
  private *awaits(call: Call): Generator<Pause, void, void> {
    for (const { qp, count } of call.awaitWrites) {
      yield* this.await(`${count} RDMA WRITEs`, () => qp.writes, count);
    }
    const p = call.awaitPolled;
    if (p) yield* this.await(`${p.count} completions polled by others`, () => p.qp.polledAt, p.count);
    for (const object of call.awaitReady)
      yield* this.await("the creation of its object", () => (object.ready ? [object.ready] : []), 1);
  }

  /** The call begins (R3.8, R3.9, R5.4). */
  private begin(call: Call): void {
    const { world } = this.device;
    for (const wr of call.sends) if (wr.accepted) wr.number = world.nextNumber();
    if (call.verb === "req_notify_cq" && call.ok) call.armNumber = world.nextNumber();
    if (TAKES_ONESIDED.includes(call.verb)) {
      call.features.onesided_bytes = world.nodes[this.node]!.onesided;
      world.nodes[this.node]!.onesided = 0n;
    }
    this.restart();
    if (call.verb === "post_send") world.dataPath.posted(this.callStart);
  }

  /** The own ledgers and the latency begin here (R3.10, R3.12). */
  private restart(): void {
    this.clock = fresh(this.clock);
    this.callStart = this.clock.time;
  }

  /** Waits for the completions that the poll returned (R3.11, R3.12, R4.6.4). */
  private *poll(call: Call): Generator<Pause, Cqe[], void> {
    const out: Cqe[] = [];
    for (const c of call.polled) {
      inject(this.device, c, c.mtu, this.clock);
      const find = (): Cqe | undefined => (c.send ? c.send.cqe : c.qp.recvCqes[c.receive]);
      while (!find()) yield { until: () => find()?.visible, what: `the completion of row ${c.row}` };
      const cqe = find()!;
      if (cqe.receive && !sameLength(c, cqe.op)) this.device.world.seen.otherLengths += 1;
      this.clock = takeOverSilently(this.clock, cqe.visible);
      out.push(cqe);
    }
    this.restart();
    this.device.world.count("cqe.polled", call.rows.length);
    for (const cqe of out) cqe.polled = true;
    yield TURN;
    return out;
  }

  /** The path's program (R3.4, R3.13, R3.14, R3.15, R3.16). */
  private *program(call: Call): Generator<Pause, void, void> {
    const held: string[] = [];
    const resource = (name: string) => this.device.world.nodes[this.node]!.cpu.get(name)!;
    const release = (keep: string[]): void => {
      for (const name of held.filter((h) => !keep.includes(h)).reverse()) {
        const r = resource(name);
        r.clock = plain(this.clock);
        r.holder = r.queue.shift();
        held.splice(held.indexOf(name), 1);
      }
    };
    for (const step of this.device.world.path.programs.get(programOf(call.verb)) ?? []) {
      if (step.guards.some((g) => call.features[g] === 0n)) continue;
      release(step.hold);
      for (const name of step.hold.filter((h) => !held.includes(h))) {
        yield TURN;
        const r = resource(name);
        if (r.holder === undefined) r.holder = this;
        else {
          r.queue.push(this);
          yield { until: () => (r.holder === this ? r.clock : undefined), what: name };
        }
        this.clock = takeOver(this.clock, r.clock, CPU_RESOURCES[name]!.waits);
        held.push(name);
      }
      yield* this.step(call, step);
    }
    release([]);
  }

  /** One step of the program (R3.17, R3.18, R3.19, R3.20, R4.6.7). */
  private *step(call: Call, step: Step): Generator<Pause, void, void> {
    const { world } = this.device;
    if (step.layer !== undefined && step.cost !== undefined) {
      this.spend(step.layer, world.testbed.cost(step.cost, evaluate(step.count, call.features)));
    }
    for (const [counter, form] of step.counts) world.count(counter, evaluate(form, call.features));
    if (step.launch) {
      yield TURN;
      if (call.verb === "post_send") this.launch(call);
      else if (call.armNumber !== undefined)
        arm(this.device, call.cq!, (call.rows[0]!.flags & 8) !== 0, call.armNumber, this.clock);
    }
    if (step.wait && call.verb === "get_cq_event" && call.eventIndex !== undefined) {
      yield TURN;
      const { cq, eventIndex, wakes } = call;
      if (wakes) inject(this.device, wakes.cqe, wakes.mtu, this.clock);
      const event = (): Clock | undefined => cq!.events.get(eventIndex);
      while (!event() && !this.assumed)
        yield { until: event, what: `event ${eventIndex} of its CQ`, event: true };
      const before = this.clock.time;
      if (this.assumed) cq!.assumed.add(eventIndex);
      else this.clock = takeOverSilently(this.clock, event()!);
      this.assumed = false;
      this.callStart += this.clock.time - before;
      call.features.slept = this.clock.time > before ? 1n : 0n;
    }
  }

  /** The accepted WRs enter the device (R3.18). */
  private launch(call: Call): void {
    const bf = Number(call.features.bf_bytes);
    const entering = call.sends.filter((w) => w.accepted);
    launch(
      this.device,
      entering.map((w) => newOp(this.device, w, w.number, this.callStart, bf)),
      this.clock,
    );
  }

  /** The call's effects on shared state, and the end of a poll (R3.21, R5.4). */
  private effects(call: Call): void {
    for (const wr of call.receives)
      if (wr.accepted) addReceive(this.device, call.queue!, wr, plain(this.clock));
    if (call.creates) call.creates.ready = plain(this.clock);
    for (const c of call.polled) c.qp.polledAt.push(plain(this.clock));
    if (call.verb === "poll_cq") this.device.world.dataPath.completed(this.clock);
  }

  /** The call's statistics (R3.22, R3.23). */
  private account(call: Call, polled: Cqe[]): void {
    const { world } = this.device;
    world.account(call.verb, "NONE", "none", 0n, this.clock, this.callStart);
    for (const { visible, op, receive } of polled) {
      if (!receive) continue;
      const waited = takeOver(visible, { time: this.callStart, ledger: visible.ledger }, "lib.poll");
      const total = (a: readonly bigint[], b: readonly bigint[]): bigint[] => a.map((v, i) => v + b[i]!);
      const end: OwnClock = {
        ...this.clock,
        service: total(visible.service, this.clock.service),
        wait: total(waited.wait, this.clock.wait),
      };
      world.account(
        "message",
        op.wr.opcode,
        sizeClass(op.wr.length),
        BigInt(op.wr.length),
        end,
        op.callStart,
      );
    }
  }
}
