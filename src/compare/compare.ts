import { UserError } from "../errors.js";
import { type Result, rowsLeftOut } from "../replay/result/document.js";
import type { ReplayResult } from "../replay/result/result.js";
import { judge, parseBudget, type Verdict } from "./budget.js";
import { type Difference, differencesOf } from "./differences.js";

export interface CompareOptions {
  /** Path of each side; without them, paths of the same name are compared. */
  readonly basePath?: string;
  readonly newPath?: string;
  readonly budgets?: readonly string[];
  /** Compare results of different traces. */
  readonly anyTrace?: boolean;
}
interface Side {
  file: string;
  digest: string;
  trace: string;
  testbed: string;
}
/** verbscope.comparison/1 (schemas/comparison.schema.json). */
export interface Comparison {
  schema: "verbscope.comparison/1";
  base: Side;
  new: Side;
  same: boolean;
  exceeded: boolean;
  pairs: {
    base: string;
    new: string;
    makespan_ps: { base: ReplayResult["makespan_ps"]; new: ReplayResult["makespan_ps"] };
    budgets: Verdict[];
    differences: Difference[];
  }[];
  /** Testbed values that differ. */
  testbed: { name: string; base: string; new: string; unit: string }[];
  notes: string[];
}

/** Compares two results, pair by pair of replays. Throws for what cannot be compared. */
export function compare(
  base: Result,
  now: Result,
  files: { base: string; new: string },
  options: CompareOptions = {},
): Comparison {
  const notes: string[] = [];
  checkTraces(base, now, files, options.anyTrace === true, notes);
  checkRows(base, now, files, options.anyTrace === true, notes);
  const budgets = (options.budgets ?? []).map(parseBudget);
  const pairs = pairsOf(base, now, files, options, notes).map(([a, b]) => ({
    base: a.path,
    new: b.path,
    makespan_ps: { base: a.makespan_ps, new: b.makespan_ps },
    budgets: budgets.flatMap((x) => judge(x, a, b)),
    differences: differencesOf(a, b),
  }));
  const side = (r: Result, file: string): Side => ({
    file,
    digest: r.digest,
    trace: r.trace.file,
    testbed: r.testbed.name,
  });
  return {
    schema: "verbscope.comparison/1",
    base: side(base, files.base),
    new: side(now, files.new),
    same: pairs.every((p) => p.differences.length === 0),
    exceeded: pairs.some((p) => p.budgets.some((v) => v.exceeded)),
    pairs,
    testbed: testbedOf(base, now),
    notes,
  };
}

function checkTraces(
  base: Result,
  now: Result,
  files: { base: string; new: string },
  any: boolean,
  notes: string[],
): void {
  const accesses = (r: Result): string => r.trace.memory_trace?.digest ?? "none";
  if (base.trace.digest === now.trace.digest && accesses(base) === accesses(now)) return;
  if (!any)
    throw new UserError(
      `${files.new}: is of another trace (${now.trace.file}) than ${files.base} ` +
        `(${base.trace.file}), so their difference says little about paths or machines; ` +
        "replay the same trace, or compare with --any-trace",
    );
  notes.push(`the traces differ: ${base.trace.file} and ${now.trace.file}`);
}

/** Of one trace, `replay --partial` may leave out more or fewer rows, depending on its paths. */
function checkRows(
  base: Result,
  now: Result,
  files: { base: string; new: string },
  any: boolean,
  notes: string[],
): void {
  const kept = ({ trace }: Result): string =>
    (trace.left_out ?? []).map((l) => `${l.node}/${l.tid}/${l.rows}`).join();
  const [a, b] = [base, now].map(({ trace }) => `${rowsLeftOut(trace)} of ${trace.rows} rows`);
  if (base.trace.digest === now.trace.digest && kept(base) !== kept(now) && !any)
    throw new UserError(
      `${files.new}: leaves out other rows (${b}) than ${files.base} (${a}), so their difference says little ` +
        "about paths or machines; replay both with --partial on the same paths, or compare with --any-trace",
    );
  if (kept(base) !== "" || kept(now) !== "") notes.push(`left out (--partial): base ${a}, new ${b}`);
}

function pairsOf(
  base: Result,
  now: Result,
  files: { base: string; new: string },
  { basePath, newPath }: CompareOptions,
  notes: string[],
): [ReplayResult, ReplayResult][] {
  const labels = (r: Result): string => r.replays.map((x) => x.path).join(", ");
  const find = (r: Result, file: string, path: string, option: string): ReplayResult => {
    const found = r.replays.find((x) => x.path === path);
    if (!found)
      throw new UserError(
        `--${option} ${path}: ${file} has no replay of it, but of ${labels(r)}; name one of those`,
      );
    return found;
  };
  if (basePath !== undefined || newPath !== undefined) {
    return [
      [
        find(base, files.base, basePath ?? newPath!, basePath === undefined ? "new-path" : "base-path"),
        find(now, files.new, newPath ?? basePath!, newPath === undefined ? "base-path" : "new-path"),
      ],
    ];
  }
  const pairs = base.replays.flatMap((a): [ReplayResult, ReplayResult][] => {
    const b = now.replays.find((x) => x.path === a.path);
    return b ? [[a, b]] : [];
  });
  if (pairs.length === 0)
    throw new UserError(
      `${files.base} and ${files.new} have no path in common (${labels(base)}; ` +
        `${labels(now)}); name one of each with --base-path and --new-path`,
    );
  for (const [r, file, other] of [
    [base, files.base, now],
    [now, files.new, base],
  ] as const) {
    const lonely = r.replays.filter((x) => !other.replays.some((y) => y.path === x.path)).map((x) => x.path);
    if (lonely.length > 0) notes.push(`only ${file} has ${lonely.join(", ")}`);
  }
  return pairs;
}

function testbedOf(base: Result, now: Result): Comparison["testbed"] {
  const a = base.testbed.values,
    b = now.testbed.values;
  const text = (v: { value: number | string } | undefined): string =>
    v === undefined ? "missing" : String(v.value);
  return [...new Set([...Object.keys(a), ...Object.keys(b)])]
    .filter((name) => text(a[name]) !== text(b[name]))
    .map((name) => ({ name, base: text(a[name]), new: text(b[name]), unit: (b[name] ?? a[name])!.unit }));
}
