import { generate, type VerbsOptions, type VerbsWorkload } from "../../src/generate/generate.js";
import { bytesSource } from "../../src/trace/container/source.js";
import { openSource, type VerbsTrace } from "../../src/trace/read.js";
import { encodeVerbs } from "../../src/trace/verbs/write.js";

/** A generated workload, ready to be replayed. */
export function generated(workload: VerbsWorkload, options: Partial<VerbsOptions> = {}): VerbsTrace {
  const { builder, metadata } = generate(workload, options);
  return openSource(bytesSource(`${workload}.arrow`, encodeVerbs(builder, metadata)));
}
