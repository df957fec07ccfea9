import { ACCESS_KINDS } from "../../abi/memory.js";
import { UserError } from "../../errors.js";
import type { Container } from "../container/container.js";
import type { ByteSource } from "../container/source.js";
import type { BatchInfo, BatchLayout } from "../table/batch.js";
import { checkRows, decodeMemoryMetadata, type MemoryMetadata } from "../table/metadata.js";
import { TableTrace } from "../table/table-trace.js";
import { TABLES } from "../table/tables.js";

const KINDS = ACCESS_KINDS.map((kind, i) => `${i} ${kind}`).join(", ");

/** An open memory trace. Which of the optional columns it has is in `columns`. */
export class MemoryTrace extends TableTrace<MemoryMetadata> {
  readonly kind = "memory";

  constructor(source: ByteSource, container: Container) {
    super(source, container, TABLES.memory, decodeMemoryMetadata(source.name, container.schema.metadata));
    checkRows(source.name, container.schema.metadata, this.rows);
    if (this.metadata.clock === "ns" && !this.columns.has("t"))
      throw new UserError(
        `${source.name}: verbscope.clock is ns, but column t is missing: add the column or write none`,
      );
  }
  /** As for every trace; the kinds of the accesses are checked too. */
  override readBody(batch: BatchInfo, target: Uint8Array): BatchLayout {
    const layout = super.readBody(batch, target);
    this.checkBelow(
      "kind",
      ACCESS_KINDS.length,
      batch,
      layout,
      target,
      (kind) => `is ${kind}; legal: ${KINDS}`,
    );
    return layout;
  }
}
