import { generate, type VerbsOptions, type VerbsWorkload } from "../../src/generate/generate.js";
import { openSource, type VerbsTrace } from "../../src/trace/read.js";
import { bytesSource } from "../../src/trace/source.js";
import { encodeVerbs } from "../../src/trace/write.js";

/** A generated workload, ready to be replayed. */
export function generated(workload: VerbsWorkload, options: Partial<VerbsOptions> = {}): VerbsTrace {
  const { builder, metadata } = generate(workload, options);
  return openSource(bytesSource(`${workload}.arrow`, encodeVerbs(builder, metadata)));
}
