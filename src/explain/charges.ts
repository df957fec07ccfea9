import { CAUSES, type Cause, CHARGE, NO_TRACK } from "../abi/charges.js";
import { LAYERS, type Layer } from "../abi/layers.js";
import { CPU_RESOURCE_NAMES, DEVICE_RESOURCES } from "../abi/resources.js";
import { STAGE_NAMES, STAGES, type StageName } from "../abi/stages.js";
import type { LogRecord } from "../replay/log/log.js";
import { RESOURCES_PER_NODE } from "../replay/timeline.js";

/** A resource of a node, of its HCA or of its CPU. */
export interface Resource {
  readonly node: number;
  readonly name: string;
  readonly cpu: boolean;
}
interface Span {
  readonly start_ps: bigint;
  readonly end_ps: bigint;
  readonly layer: Layer;
  /** What is taken or waited for; undefined: nothing that others could hold. */
  readonly resource: Resource | undefined;
}
export interface Cost extends Span {
  readonly wait: false;
  /** undefined: a step of a program, whose instruction is `place`. */
  readonly stage: StageName | undefined;
  /** Number of the burst, or of the instruction. */
  readonly place: number;
  /** What the cost was computed from: bytes, packets, or a step's count. */
  readonly n: bigint;
  /** Payload bytes of the burst. */
  readonly payload: number;
  /** Of the burst's first packet alone. */
  readonly first: boolean;
}
export interface Waited extends Span {
  readonly wait: true;
  readonly cause: Cause;
  readonly operation: number | undefined;
  readonly thread: number | undefined;
}
/** What was added to an own ledger at once. */
export type Charge = Cost | Waited;

const bit = (what: number, i: number): boolean => ((what >> i) & 1) === 1;

function resourceOf(track: number): Resource | undefined {
  if (track === NO_TRACK) return undefined;
  const i = track % RESOURCES_PER_NODE,
    cpu = i >= CHARGE.cpu;
  return {
    node: Math.floor(track / RESOURCES_PER_NODE),
    name: cpu ? CPU_RESOURCE_NAMES[i - CHARGE.cpu]! : DEVICE_RESOURCES[i]!,
    cpu,
  };
}

/** A CHARGE record in words. */
export function chargeOf(r: LogRecord): Charge {
  const span = {
    start_ps: r.start_ps,
    end_ps: r.end_ps,
    layer: LAYERS[r.what & 31]!,
    resource: resourceOf(r.track),
  };
  if (bit(r.what, CHARGE.wait)) {
    const who = r.operation === undefined ? undefined : Number(r.operation),
      thread = bit(r.what, CHARGE.thread);
    return {
      ...span,
      wait: true,
      cause: CAUSES[(r.what >> CHARGE.cause) & 15]!,
      operation: thread ? undefined : who,
      thread: thread ? who : undefined,
    };
  }
  const number = (r.what >> CHARGE.stage) & 31,
    stage = number === CHARGE.step ? undefined : STAGE_NAMES[number]!;
  return {
    ...span,
    wait: false,
    stage,
    place: r.qp,
    n: r.operation ?? 0n,
    payload: r.bytes,
    first: stage !== undefined && STAGES[stage].rule === "fifo" && bit(r.what, CHARGE.first),
  };
}

/** What an OPERATION or POLLED record of a followed operation is made of, the oldest first. */
export interface Ledger {
  readonly of: LogRecord;
  readonly charges: readonly Charge[];
}

/** Puts together what the log of a core that explains says: charges come before what they belong to. */
export class Ledgers {
  private readonly pending: LogRecord[] = [];

  /** Takes CHARGE, OPERATION and POLLED records; a ledger when one is whole. */
  take(r: LogRecord): Ledger | undefined {
    if (r.kind === "CHARGE") this.pending.push(r);
    if (r.kind === "CHARGE" || this.pending.length === 0) return undefined;
    const charges = this.pending.splice(0).reverse().map(chargeOf);
    let at = r.start_ps;
    for (const c of charges) {
      if (c.start_ps !== at)
        throw new Error(
          `operation ${r.operation}: its parts leave a gap at ${at} ps, ` +
            `the next begins at ${c.start_ps} ps; ` +
            "this is a defect of verbscope",
        );
      at = c.end_ps;
    }
    if (at !== r.end_ps)
      throw new Error(
        `operation ${r.operation}: its parts sum to ${at - r.start_ps} ps, its latency is ` +
          `${r.end_ps - r.start_ps} ps; this is a defect of verbscope`,
      );
    return { of: r, charges };
  }
}
