import { UserError } from "../../errors.js";
import type { Container } from "../container/container.js";
import type { ByteSource } from "../container/source.js";
import { decodeVerbsMetadata, type ThreadRows, type VerbsMetadata } from "../table/metadata.js";
import { TableTrace } from "../table/table-trace.js";
import { TABLES } from "../table/tables.js";

/** An open verbs trace. */
export class VerbsTrace extends TableTrace<VerbsMetadata & { threads: ThreadRows[] }> {
  readonly kind = "verbs";

  constructor(source: ByteSource, container: Container) {
    super(source, container, TABLES.verbs, decodeVerbsMetadata(source.name, container.schema.metadata));
    const announced = this.threads.reduce((sum, [, , n]) => sum + n, 0);
    if (announced !== this.rows)
      throw new UserError(
        `${source.name}: verbscope.threads announces ${announced} rows, ` +
          `but the file has ${this.rows}: it was cut off or its rows were changed, write it again`,
      );
  }
  get threads(): ThreadRows[] {
    return this.metadata.threads;
  }
  /** Dictionary index -> VERBS / OPCODES id; 255 where the dictionary has no word. */
  get verbRemap(): Uint8Array {
    return this.ids("verb");
  }
  get opcodeRemap(): Uint8Array {
    return this.ids("opcode");
  }
  /** Words in the file's dictionaries. */
  get dictCounts(): { verb: number; opcode: number } {
    return { verb: this.wordCount("verb"), opcode: this.wordCount("opcode") };
  }
}
