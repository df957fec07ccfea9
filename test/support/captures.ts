import { fileURLToPath } from "node:url";
import { packageUrl } from "../../src/files.js";
import { openTrace, type VerbsTrace } from "../../src/trace/read.js";

/** The recordings that come with the package. */
export const CAPTURES = [
  "rc-pingpong-4k",
  "rc-pingpong-events",
  "send-bw-srq",
  "ucx-tag-lat",
  "write-lat-8",
] as const;
export const capture = (name: (typeof CAPTURES)[number]): VerbsTrace =>
  openTrace(fileURLToPath(packageUrl(`traces/${name}.arrow`)));
