import { UserError } from "../errors.js";
import type { Path } from "../path/flatten.js";
import type { Metric } from "../replay/result/metric.js";
import type { ReplayResult } from "../replay/result/result.js";
import type { Session } from "../replay/session.js";
import { drawTestbed } from "./draw.js";

/** Where between their ends the testbed's values are. */
type Values = ReadonlyMap<string, number>;
/** Points that are begun before the first of them is asked for: what waits for threads to be free. */
const AHEAD = 16;
const keyOf = (on: Session, path: Path): string => `${path.label} ${on.key(path)}`;

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
  /** What has been begun and not yet asked for, by key. */
  private readonly begun = new Map<string, Session>();
  private expected: Iterator<Values> = [].values();
  /** Points begun less points asked for. */
  private lead = 0;
  private readonly session: Session;
  private readonly paths: readonly Path[];
  private readonly metric: Metric;

  /** `against` may be null: then the metric of `path` itself is the outcome. */
  constructor(session: Session, path: Path, against: Path | null, metric: Metric) {
    this.session = session;
    this.paths = against ? [path, against] : [path];
    this.metric = metric;
  }

  /** The points that will be asked for, in this order: some of them are begun ahead. */
  expect(points: Iterable<Values>): void {
    this.expected = points[Symbol.iterator]();
    this.lead = 0;
  }

  /** On the testbed drawn at `u`; throws a UserError where the metric is not defined. */
  at(u: Values): number {
    this.begin();
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
  /** Keeps AHEAD points begun, the one that is asked for now among them. */
  private begin(): void {
    for (; this.lead < AHEAD; this.lead++) {
      const next = this.expected.next();
      if (next.done) break;
      const on = this.session.on(drawTestbed(this.session.testbed, next.value));
      for (const path of this.paths) {
        const key = keyOf(on, path);
        if (this.known.has(key) || this.begun.has(key)) continue;
        this.begun.set(key, on);
        on.ahead([path]);
      }
    }
    this.lead--;
  }
  /** Equal keys take equal times, so a value that a path does not use costs no replay. */
  private of(on: Session, path: Path): number {
    const key = keyOf(on, path),
      before = this.known.get(key);
    if (before !== undefined) return before;
    const result = (this.begun.get(key) ?? on).replay(path),
      value = Number(this.metric.of(result));
    if (this.first.length < this.paths.length) this.first.push(result);
    this.begun.delete(key);
    this.replays++;
    this.known.set(key, value);
    return value;
  }
}
