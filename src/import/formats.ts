import { arrow } from "./arrow/arrow.js";
import { mappingCsv } from "./mapping/mapping-csv.js";
import { lackey } from "./memory/lackey.js";
import { memoryCsv } from "./memory/memory-csv.js";
import { verbsRecorder } from "./recorder/verbs-recorder.js";
import type { Format } from "./shared/format.js";
import { verbsJsonl } from "./verbs/verbs-jsonl.js";

/** What `verbscope import` reads. Help, completion and the tests of bad input come from this list. */
export const FORMATS: readonly Format[] = [verbsJsonl, verbsRecorder, lackey, memoryCsv, mappingCsv, arrow];
