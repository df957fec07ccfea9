import { UserError } from "../../errors.js";
import type { MemoryColumn } from "../../trace/memory/memory-rows.js";

/**
 * Whether there is a column gap is settled by the first batch of accesses. A recording with instructions
 * behind it and none before has gaps that are not known, which must not become zeros.
 */
export function refuseLate(
  path: string,
  instructions: number | undefined,
  columns: ReadonlySet<MemoryColumn>,
): void {
  if (!instructions || columns.has("gap")) return;
  throw new UserError(
    `${path}: its first instruction comes after more than a record batch of data accesses, whose ` +
      "instructions are missing: give a recording with all of them, or with none",
  );
}
