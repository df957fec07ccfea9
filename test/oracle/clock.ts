/**
 * Clocks and ledgers (R1.4 to R1.6). All
 * values are immutable: every operation returns a new clock.
 * A `Clock` is a time and a ledger that sums to it. A `Flow clock` also
 * carries the own ledgers (service, wait) of one call or operation.
 */
import { LAYER_SLOTS, LAYERS, type Layer } from "../../src/abi/layers.js";

export type Ledger = readonly bigint[];
export interface Clock {
  readonly time: bigint;
  readonly ledger: Ledger;
}
export interface OwnClock extends Clock {
  readonly service: Ledger;
  readonly wait: Ledger;
}

export const EMPTY: Ledger = new Array<bigint>(LAYER_SLOTS).fill(0n);
export const ZERO: Clock = { time: 0n, ledger: EMPTY };

const slots = new Map<string, number>(LAYERS.map((name, slot) => [name, slot]));

export function slotOf(layer: Layer): number {
  return slots.get(layer)!;
}

export function charge(ledger: Ledger, layer: Layer, amount: bigint): Ledger {
  if (amount === 0n) return ledger;
  if (amount < 0n) throw new Error(`negative charge ${amount} to ${layer}`);
  const copy = ledger.slice();
  const slot = slotOf(layer);
  copy[slot] = copy[slot]! + amount;
  return copy;
}

export function sum(ledger: Ledger): bigint {
  return ledger.reduce((a, b) => a + b, 0n);
}

export function plain(c: Clock): Clock {
  return { time: c.time, ledger: c.ledger };
}

/** The own ledgers start anew (R1.6, R3.10). */
export function fresh(c: Clock): OwnClock {
  return { time: c.time, ledger: c.ledger, service: EMPTY, wait: EMPTY };
}

/** Adding a cost to a resource's clock (R1.4). */
export function addPlain(c: Clock, layer: Layer, cost: bigint): Clock {
  return { time: c.time + cost, ledger: charge(c.ledger, layer, cost) };
}

/** Adding a cost to a flow or thread: it is service (R1.6). */
export function add(c: OwnClock, layer: Layer, cost: bigint): OwnClock {
  const { time, ledger } = addPlain(c, layer, cost);
  return { time, ledger, service: charge(c.service, layer, cost), wait: c.wait };
}

/** Take over a later clock; the difference is own waiting of the named layer (R1.5, R1.6). */
export function takeOver(x: OwnClock, f: Clock, layer: Layer): OwnClock {
  if (f.time <= x.time) return x;
  return { time: f.time, ledger: f.ledger, service: x.service, wait: charge(x.wait, layer, f.time - x.time) };
}

/** Take over a later clock while the own ledger does not run (R1.5, R2.40). */
export function takeOverSilently(x: OwnClock, f: Clock): OwnClock {
  if (f.time <= x.time) return x;
  return { time: f.time, ledger: f.ledger, service: x.service, wait: x.wait };
}

export interface Span {
  head: OwnClock;
  tail: OwnClock;
}

/**
 * The stage rule: `first` is the time of the first unit, `all` of all
 * units. Returns the new span and the resource's new clock (R4.4).
 */
export function stage(
  span: Span,
  resource: Clock,
  layer: Layer,
  first: bigint,
  all: bigint,
): Span & { resource: Clock } {
  const start = takeOver(span.head, resource, layer);
  const head = add(start, layer, first);
  const done =
    start.time + all >= span.tail.time + first ? add(start, layer, all) : add(span.tail, layer, first);
  return { head, tail: done, resource: plain(done) };
}

/** A control packet waits for at most `full`, and pushes the resource back by its own time (R4.6). */
export function control(
  at: OwnClock,
  resource: Clock,
  layer: Layer,
  cost: bigint,
  full: bigint,
): { clock: OwnClock; resource: Clock } {
  if (at.time >= resource.time) {
    const clock = add(at, layer, cost);
    return { clock, resource: plain(clock) };
  }
  const behind = resource.time - at.time;
  const waited = behind < full ? behind : full;
  const start: OwnClock = {
    time: at.time + waited,
    ledger: charge(at.ledger, layer, waited),
    service: at.service,
    wait: charge(at.wait, layer, waited),
  };
  return { clock: add(start, layer, cost), resource: addPlain(resource, layer, cost) };
}

export function assertClock(what: string, c: Clock): void {
  if (sum(c.ledger) !== c.time)
    throw new Error(`${what}: the ledger sums to ${sum(c.ledger)}, the clock is ${c.time}`);
}

/** Own ledgers sum to the latency (R5.1). */
export function assertOwn(what: string, c: OwnClock, since: bigint): void {
  assertClock(what, c);
  const own = sum(c.service) + sum(c.wait);
  if (own !== c.time - since)
    throw new Error(`${what}: own ledgers sum to ${own}, the latency is ${c.time - since}`);
}
