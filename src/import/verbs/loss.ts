import { VERBS_COLUMNS } from "../../abi/columns.js";
import type { FieldOrigin, TraceNode } from "../../trace/table/metadata.js";
import type { AwaitWrites } from "./await-writes.js";

/** Boot times of one machine differ only by how exactly the two clocks were read. */
const SAME_BOOT_NS = 100_000_000n;

/** Whether all nodes' times are of one clock: the same kernel, booted at the same moment. */
export function comparableClocks(nodes: readonly TraceNode[]): boolean {
  const [first, ...others] = nodes;
  if (!first || typeof first.boot_ns !== "string") return others.length === 0;
  return others.every((n) => {
    if (n.kernel !== first.kernel || typeof n.boot_ns !== "string") return false;
    const apart = BigInt(n.boot_ns) - BigInt(first.boot_ns as string);
    return apart < SAME_BOOT_NS && apart > -SAME_BOOT_NS;
  });
}

export function awaitNotes({ rows, blind }: AwaitWrites): string[] {
  const notes: string[] = [];
  if (rows > 0)
    notes.push(
      "waits for RDMA WRITEs that are inferred, " +
        `because the writes of both sides strictly take turns: ${rows}`,
    );
  if (blind > 0)
    notes.push(
      "QP pairs whose RDMA WRITEs go both ways without taking turns: " +
        `${blind}; waits on memory are not visible there`,
    );
  return notes;
}

export function clockNote(comparable: boolean): string[] {
  return comparable ? [] : ["the clocks of the nodes cannot be compared: waits on memory are not inferred"];
}

/** Every column is recorded, but for the inferred ones and `devices` where the recorder does not see them. */
export function fieldOrigins(devices: FieldOrigin): Record<string, FieldOrigin> {
  const origins: Record<string, FieldOrigin> = Object.fromEntries(
    VERBS_COLUMNS.map((c) => [c.name, "recorded"]),
  );
  return { ...origins, await_writes: "inferred", devices };
}
