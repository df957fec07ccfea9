import { EXIT_REASONS, NO_DURATION } from "../../abi/exits.js";
import { UserError } from "../../errors.js";
import type { Container } from "../container/container.js";
import type { ByteSource } from "../container/source.js";
import { checkRows, decodeMetadata, type ExitsMetadata } from "../table/metadata.js";
import { TableTrace } from "../table/table-trace.js";
import { TABLES } from "../table/tables.js";
import type { ExitRow } from "./exit-columns.js";

/** An open table of exits. */
export class ExitsTrace extends TableTrace<ExitsMetadata> {
  readonly kind = "exits";

  constructor(source: ByteSource, container: Container) {
    super(source, container, TABLES.exits, decodeMetadata(source.name, container.schema.metadata));
    checkRows(source.name, container.schema.metadata, this.rows);
    if (this.metadata.clock !== "ns")
      throw new UserError(
        `${source.name}: verbscope.clock is ${this.metadata.clock}, but exits have times: write ns`,
      );
  }
}

/** The exits of a table, in its order. */
export function* readExits(trace: ExitsTrace): Generator<ExitRow> {
  for (const { batch, view, at } of trace.bodies()) {
    const ids = trace.ids("reason");
    for (let i = 0; i < batch.rows; i++) {
      const duration = view.getBigUint64(at("duration_ps") + 8 * i, true);
      yield {
        t: view.getBigUint64(at("t") + 8 * i, true),
        vcpu: view.getUint32(at("vcpu") + 4 * i, true),
        tid: view.getUint32(at("tid") + 4 * i, true),
        reason: EXIT_REASONS[ids[view.getUint8(at("reason") + i)]!]!,
        duration_ps: duration === NO_DURATION ? undefined : duration,
      };
    }
  }
}
