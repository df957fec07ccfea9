import { arrow } from "./arrow/arrow.js";
import { mappingCsv } from "./mapping/mapping-csv.js";
import { lackey } from "./memory/lackey.js";
import { memoryCsv } from "./memory/memory-csv.js";
import { pinatrace } from "./memory/text/pinatrace.js";
import type { Format } from "./shared/format.js";
import { verbsJsonl } from "./verbs/verbs-jsonl.js";

/**
 * What `verbscope import` reads. Help, completion, what the library exports, docs/formats.md
 * and the tests that every format must pass come from this list.
 */
export const FORMATS: readonly Format[] = [verbsJsonl, lackey, pinatrace, memoryCsv, mappingCsv, arrow];
