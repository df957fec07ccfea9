// What of dist/ ran since it was asked last, by V8's own block coverage: guides the search of fuzz.mjs.
import { Session } from "node:inspector/promises";

export class Coverage {
  #session = new Session();
  #blocks = new Set();
  #counts = new Set();
  #ours;

  /** Only scripts whose URL begins with one of `prefixes` count. */
  constructor(prefixes) {
    this.#ours = (url) => prefixes.some((p) => url.startsWith(p));
  }
  async start() {
    this.#session.connect();
    await this.#session.post("Profiler.enable");
    await this.#session.post("Profiler.startPreciseCoverage", { callCount: true, detailed: true });
  }
  /**
   * How many blocks ran for the first time since the start, and how many by a power of two more often
   * than in any input before; an input is what ran between two calls.
   */
  async news() {
    const { result } = await this.#session.post("Profiler.takePreciseCoverage");
    const before = [this.#blocks.size, this.#counts.size];
    for (const { url, scriptId, functions } of result) {
      if (!this.#ours(url)) continue;
      for (const { ranges } of functions)
        for (const { startOffset, endOffset, count } of ranges) {
          if (count === 0) continue;
          const block = `${scriptId}:${startOffset}:${endOffset}`;
          this.#blocks.add(block);
          this.#counts.add(`${block}:${31 - Math.clz32(count)}`);
        }
    }
    return { blocks: this.#blocks.size - before[0], counts: this.#counts.size - before[1] };
  }
}
