import type { Cause } from "../abi/charges.js";
import type { Layer } from "../abi/layers.js";
import { type Integer, integer } from "../numbers.js";
import type { Charge, Cost, Waited } from "./charges.js";
import type { CostSource } from "./cost.js";
import { type DeviceCosts, wordsOf } from "./device-cost.js";
import type { Held, Holders } from "./holders.js";
import type { Holder, Part, ThreadName, Wait, Way } from "./result.js";
import type { StepCosts } from "./step-cost.js";

/** What makes words and sources of charges. */
export interface Teller {
  readonly device: DeviceCosts;
  readonly holders: Holders;
  /** Programs of the calls at both ends: the one that posted, the one that polled. */
  readonly post: StepCosts;
  readonly poll: StepCosts;
  readonly poster: number | undefined;
  readonly poller: number | undefined;
  readonly threads: readonly ThreadName[];
  /** Number of the simulated peer's node. */
  readonly nodes: number;
  /** Several bursts carry its payload. */
  readonly bursts: boolean;
}

const WHY: Record<Cause, string> = {
  RESOURCE: "others have it first",
  ORDER: "the work request before it on its queue pair passes the send engine first",
  READS: "READs or atomics of its queue pair come back first",
  LINE: "the payload of the message before it on its queue pair is read first",
  BUFFER: "two bursts of its queue pair are read and not yet sent",
  WIRE: "the work request before it on its queue pair leaves on the link first",
  RECEIVE: "no receive work request is posted",
  ARRIVAL: "the message before it on its queue pair is received first",
  RETIRE: "the work request before it on its queue pair completes first",
  LATE: "the completion is there, its receiver polls later",
};

interface Place {
  node: number;
  thread: number | null;
}

/** The way of an operation: charges as parts, a wait together with the cost of the same layer behind it. */
export function wayOf(charges: readonly Charge[], start: bigint, end: bigint, teller: Teller): Way {
  const parts: Part[] = [];
  let waits: Waited[] = [],
    place = placeOfThread(teller.poster, teller),
    onDevice = false;
  const flush = (): void => {
    for (const w of waits) parts.push(waitAlone(w, start, place, teller));
    waits = [];
  };
  for (const c of charges) {
    if (c.wait) {
      if (waits.length > 0 && waits[0]!.layer !== c.layer) flush();
      waits.push(c);
      if (c.resource && !c.resource.cpu) place = { node: c.resource.node, thread: null };
      if (c.cause === "LATE") place = placeOfThread(teller.poller, teller);
      continue;
    }
    if (waits.length > 0 && waits[0]!.layer !== c.layer) flush();
    if (c.stage !== undefined) {
      onDevice = true;
      if (c.resource) place = { node: c.resource.node, thread: null };
    } else place = placeOfThread(onDevice ? teller.poller : teller.poster, teller);
    parts.push(part(c, waits, start, place, teller, onDevice));
    waits = [];
  }
  flush();
  return {
    latency_ps: integer(end - start),
    parts,
    service: sums(charges, false),
    wait: sums(charges, true),
  };
}

function placeOfThread(index: number | undefined, { threads, nodes }: Teller): Place {
  const t = index === undefined ? undefined : threads[index];
  return t ? { node: t.node, thread: t.tid } : { node: nodes, thread: null };
}

function part(
  c: Cost,
  waits: readonly Waited[],
  start: bigint,
  { node, thread }: Place,
  teller: Teller,
  onDevice: boolean,
): Part {
  const steps = onDevice ? teller.poll : teller.post,
    step = c.stage === undefined ? steps.step(c) : undefined,
    source = c.stage === undefined ? steps.of(c) : teller.device.of(c, c.stage);
  same(c, source);
  const first = waits[0] ?? c,
    burst = teller.bursts && c.stage !== undefined && c.stage !== "CQE" && c.payload > 0;
  return {
    start_ps: integer(first.start_ps - start),
    wait_ps: integer(c.start_ps - first.start_ps),
    cost_ps: integer(c.end_ps - c.start_ps),
    layer: c.layer,
    node,
    thread,
    resource: c.resource?.name ?? null,
    stage: c.stage ?? null,
    step: step ? step.id : null,
    burst: burst ? c.place : null,
    one_packet: c.first,
    what: c.stage === undefined ? step!.id : wordsOf(c, c.stage, burst),
    formula: source.formula,
    values: [...source.values],
    waits: waits.map((w) => waitOf(w, teller)),
  };
}

/** A reader can redo each cost from its formula: it is redone here. */
function same(c: Cost, { ps, formula }: CostSource): void {
  if (ps !== c.end_ps - c.start_ps)
    throw new Error(
      `a cost of ${c.end_ps - c.start_ps} ps on ${c.layer} is ` +
        `explained by "${formula}", which gives ${ps} ps; ` +
        "this is a defect of verbscope",
    );
}

function waitAlone(w: Waited, start: bigint, { node, thread }: Place, teller: Teller): Part {
  return {
    start_ps: integer(w.start_ps - start),
    wait_ps: integer(w.end_ps - w.start_ps),
    cost_ps: 0,
    layer: w.layer,
    node: w.resource?.node ?? node,
    thread: w.resource && !w.resource.cpu ? null : thread,
    resource: w.resource?.name ?? null,
    stage: null,
    step: null,
    burst: null,
    one_packet: false,
    what: "",
    formula: null,
    values: [],
    waits: [waitOf(w, teller)],
  };
}

function waitOf(w: Waited, { holders, threads }: Teller): Wait {
  const held: readonly Held[] = w.resource
    ? holders.during(w.resource, w.start_ps, w.end_ps)
    : [{ ps: w.end_ps - w.start_ps, who: w.thread ?? w.operation, layer: undefined }];
  const cpu = w.resource ? w.resource.cpu : w.thread !== undefined;
  return {
    ps: integer(w.end_ps - w.start_ps),
    cause: w.cause,
    why: w.resource ? `${w.resource.name} is held` : WHY[w.cause],
    for: held.flatMap(({ ps, who, layer }): Holder[] =>
      who === undefined
        ? []
        : [
            {
              ps: integer(ps),
              operation: cpu ? null : who,
              thread: cpu ? threads[who]! : null,
              layer: layer ?? null,
            },
          ],
    ),
  };
}

function sums(charges: readonly Charge[], wait: boolean): Partial<Record<Layer, Integer>> {
  const of = new Map<Layer, bigint>();
  for (const c of charges)
    if (c.wait === wait) of.set(c.layer, (of.get(c.layer) ?? 0n) + c.end_ps - c.start_ps);
  return Object.fromEntries([...of].map(([layer, ps]) => [layer, integer(ps)]));
}
