import { likeLines } from "../shared/likeness.js";
import { isHead, type KernelEvent, kernelEvent, lostEvents } from "./line.js";

const TEXT = new TextDecoder(),
  /** Bytes of a line that tell what it is. */
  ENOUGH = 400;

/** How likely a file's head is that of tracepoints among which are those that `own` knows. */
export const likelyEvents =
  (own: (event: KernelEvent) => boolean) =>
  (head: Uint8Array): number =>
    0.95 *
    likeLines(head, (bytes, from, to) => {
      const text = TEXT.decode(bytes.subarray(from, Math.min(to, from + ENOUGH))),
        event = kernelEvent(text);
      if (event !== undefined) return own(event) ? "access" : "other";
      return lostEvents(text) !== undefined || isHead(text) ? "other" : "foreign";
    });
