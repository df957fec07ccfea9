import { UserError } from "../errors.js";
import type { VerbsTrace } from "../trace/read.js";

export type Think = "auto" | "recorded" | "none";

/** Whether the gaps between calls are replayed, and the sentence that says why (R3.6). */
export function thinkTime(asked: Think, trace: VerbsTrace): { think: boolean; why: string } {
  if (asked === "none") return { think: false, why: "think time is left out (--think none)" };
  const clock = trace.metadata.clock !== "none";
  if (asked === "recorded") {
    if (!clock)
      throw new UserError(
        `${trace.path}: has no clock, so --think recorded is not possible; use --think none`,
      );
    return {
      think: true,
      why: trace.emulated
        ? "think time as recorded, though on emulated devices: it is not representative"
        : "think time as recorded",
    };
  }
  if (!clock) return { think: false, why: "think time is left out: the trace has no clock" };
  if (trace.emulated)
    return {
      think: false,
      why: "think time is left out: device or machine were emulated when the trace was recorded",
    };
  if (!trace.callsTimed)
    return {
      think: false,
      why:
        "think time is left out: the recording has no durations of calls, so what lies between them holds waits " +
        "too; --think recorded takes it as it is",
    };
  return { think: true, why: "think time as recorded on real hardware" };
}
