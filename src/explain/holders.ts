import { LAYERS, type Layer } from "../abi/layers.js";
import { CPU_RESOURCE_NAMES, DEVICE_RESOURCES } from "../abi/resources.js";
import type { LogRecord } from "../replay/log/log.js";
import { RESOURCES_PER_NODE } from "../replay/timeline.js";
import type { Resource } from "./charges.js";

/** Who held a resource, and how long of a wait. */
export interface Held {
  readonly ps: bigint;
  /** The operation (device) or the thread's index (CPU); undefined: the core does not say. */
  readonly who: number | undefined;
  /** What the operation did there. */
  readonly layer: Layer | undefined;
}

const keyOf = (node: number, name: string): string => `${node}/${name}`;

/** Who held which resource when: STAGE and HOLD records, which come in the order of each resource's clock. */
export class Holders {
  private readonly of = new Map<string, LogRecord[]>();

  take(r: LogRecord): void {
    if (r.kind !== "STAGE" && r.kind !== "HOLD") return;
    const i = r.track % RESOURCES_PER_NODE,
      name = (r.kind === "HOLD" ? CPU_RESOURCE_NAMES : DEVICE_RESOURCES)[i]!,
      key = keyOf(Math.floor(r.track / RESOURCES_PER_NODE), name),
      list = this.of.get(key) ?? [];
    this.of.set(key, list);
    list.push(r);
  }

  /**
   * Shares out the time from `start` to `end`. Time between two holders belongs to the later one: it had
   * booked the resource already, as a completion event does for the time at which it is written.
   */
  during({ node, name, cpu }: Resource, start: bigint, end: bigint): Held[] {
    const held: { ps: bigint; who: number | undefined; layer: Layer | undefined }[] = [];
    let at = start;
    for (const r of this.of.get(keyOf(node, name)) ?? []) {
      if (r.end_ps <= at) continue;
      const until = r.end_ps < end ? r.end_ps : end,
        who = cpu ? r.what : r.operation === undefined ? undefined : Number(r.operation),
        layer = cpu ? undefined : LAYERS[r.what]!,
        last = held.at(-1);
      if (last && last.who === who && last.layer === layer) last.ps += until - at;
      else held.push({ ps: until - at, who, layer });
      at = until;
      if (at === end) break;
    }
    if (at < end) held.push({ ps: end - at, who: undefined, layer: undefined });
    return held;
  }
}
