import { UserError } from "../errors.js";
import type { Path } from "../path/flatten.js";
import type { Metric } from "../replay/result/metric.js";
import type { ReplayResult } from "../replay/result/result.js";
import type { Session } from "../replay/session.js";
import { drawTestbed } from "./draw.js";

/**
 * A metric of one path, or its ratio to that of another, on drawn
 * testbeds; what has been replayed is not replayed again.
 */
export class Outcome {
  /** Replays done. */
  replays = 0;
  /** Those of the first testbed asked for. */
  readonly first: ReplayResult[] = [];
  private readonly known = new Map<string, number>();
  private readonly session: Session;
  private readonly paths: readonly Path[];
  private readonly metric: Metric;

  /** `against` may be null: then the metric of `path` itself is the outcome. */
  constructor(session: Session, path: Path, against: Path | null, metric: Metric) {
    this.session = session;
    this.paths = against ? [path, against] : [path];
    this.metric = metric;
  }

  /** On the testbed drawn at `u`; throws a UserError where the metric is not defined. */
  at(u: ReadonlyMap<string, number>): number {
    const on = this.session.on(drawTestbed(this.session.testbed, u));
    const [value, base] = this.paths.map((path) => this.of(on, path)) as [number, number?];
    if (base === undefined) return value;
    if (base === 0)
      throw new UserError(
        `--metric ${this.metric.name}: is 0 on ${this.paths[1]!.label}, ` +
          "so there is no ratio to it; use --against none",
      );
    return value / base;
  }
  /** Equal keys take equal times, so a value that a path does not use costs no replay. */
  private of(on: Session, path: Path): number {
    const key = `${path.label} ${on.key(path)}`,
      before = this.known.get(key);
    if (before !== undefined) return before;
    const result = on.replay(path),
      value = Number(this.metric.of(result));
    if (this.first.length < this.paths.length) this.first.push(result);
    this.replays++;
    this.known.set(key, value);
    return value;
  }
}
