import type { Argv } from "yargs";
import type { SizeBreakEven } from "../../attribution/break-even.js";
import { UserError } from "../../errors.js";
import type { Path } from "../../path/flatten.js";
import type { Outcome, Session } from "../../replay/session.js";
import type { Point } from "../../validate/points.js";
import { Crew, coresAtHand, type Task } from "./crew.js";
import type { Recipe, SizeRun } from "./messages.js";

/**
 * Rows that take about as long as a thread to start (0.3 s: it loads the program and reads the trace):
 * what is less is replayed here.
 */
const WORTH_A_THREAD = { verbs: 200_000, memory: 5_000_000 };
const MOST_JOBS = 256;

export const jobsOption = <T>(y: Argv<T>): Argv<T & JobsArgument> =>
  y.option("jobs", {
    type: "number",
    nargs: 1,
    describe: "threads that replay (default: one for each core)",
  });
export interface JobsArgument {
  jobs: number | undefined;
}

/** `--jobs`, checked; all cores when it is not given. */
export function jobsOf(given: number | undefined): number {
  if (given === undefined) return coresAtHand();
  if (!(Number.isInteger(given) && given >= 1 && given <= MOST_JOBS))
    throw new UserError(`--jobs ${given}: give a whole number of threads, 1 to ${MOST_JOBS}`);
  return given;
}

/**
 * The session, with what it is told of ahead replayed on `jobs` threads: the same numbers, sooner. The threads
 * start when there is enough to do for two of them; before that, and where a replay wants more than its result,
 * it is done here.
 */
export function inParallel(session: Session, recipe: Recipe, jobs: number): Session {
  if (jobs < 2) return session;
  const worth = session.verbs ? WORTH_A_THREAD.verbs : WORTH_A_THREAD.memory;
  let crew: Crew | undefined,
    replays = 0,
    rows = 0;
  const withCrew = (own: Session): Session => {
    const begun = new Map<Path, number>();
    return {
      ...own,
      on: (testbed) => withCrew(own.on(testbed)),
      ahead: (paths) => {
        replays += paths.length;
        rows += paths.length * own.rows;
        if (replays >= 2 && rows >= 2 * worth) crew ??= new Crew(recipe, jobs);
        if (crew)
          for (const path of paths) begun.set(path, crew.ask({ kind: "replay", path, testbed: own.testbed }));
      },
      replay: (path, step = {}) => {
        const ticket = begun.get(path);
        if (ticket === undefined || step.log || step.scale) return own.replay(path, step);
        begun.delete(path);
        const outcome = crew!.wait(ticket) as Outcome;
        step.onRows?.(own.rows);
        return own.adopt(path, outcome);
      },
    };
  };
  return withCrew(session);
}

/** What does each of these items with `jobs` threads, which begin now; undefined where one thread is enough. */
function each<Item, Value>(
  items: readonly Item[],
  jobs: number,
  task: (item: Item) => Task,
): ((item: Item) => Value) | undefined {
  if (jobs < 2 || items.length < 2) return undefined;
  const crew = new Crew(undefined, jobs),
    tickets = new Map(items.map((item) => [item, crew.ask(task(item))])),
    known = new Map<Item, Value>();
  return (item) => {
    if (!known.has(item)) known.set(item, crew.wait(tickets.get(item)!) as Value);
    return known.get(item)!;
  };
}

/** What measures the points of a validation. */
export const measuring = (points: readonly Point[], jobs: number): ((point: Point) => number) | undefined =>
  each(points, jobs, (point) => ({ kind: "measure", point }));

/** What finds where sizes break even. */
export const breakingEven = (
  sizes: readonly number[],
  jobs: number,
  run: Omit<SizeRun, "size">,
): ((size: number) => SizeBreakEven) | undefined =>
  each([...new Set(sizes)], jobs, (size) => ({ kind: "break-even", run: { ...run, size } }));
