import { COUNTERS } from "../../src/abi/counters.js";
import { LAYERS } from "../../src/abi/layers.js";
import { TOTALS } from "../../src/abi/totals.js";
import { coreModule } from "../../src/core/module.node.js";
import { UserError } from "../../src/errors.js";
import type { PathDocument } from "../../src/path/document.js";
import { chainOf, flatten } from "../../src/path/flatten.js";
import { prepare } from "../../src/replay/prepare/prepare.js";
import { readClasses } from "../../src/replay/result/classes.js";
import { run } from "../../src/replay/run.js";
import { pcieCoefficient } from "../../src/testbed/convert.js";
import type { Testbed } from "../../src/testbed/document.js";
import { bytesSource } from "../../src/trace/container/source.js";
import { openSource, type VerbsTrace } from "../../src/trace/read.js";
import type { VerbsRow } from "../../src/trace/table/rows.js";
import { VerbsBuilder } from "../../src/trace/verbs/columns-builder.js";
import { encodeVerbs } from "../../src/trace/verbs/write.js";
import { Refused } from "../oracle/refused.js";
import { type OracleInput, type OracleResult, runOracle, type VerbsRowLike } from "../oracle/run.js";

export interface Choice {
  documents: Record<string, PathDocument>;
  path: string;
  overrides: Record<string, string>;
  peer?: string;
}

/** Rows as an open trace; `batchRows` rows a batch. */
export function traceOf(rows: readonly VerbsRowLike[], batchRows = 65536): VerbsTrace {
  const builder = new VerbsBuilder(batchRows);
  for (const r of rows) builder.add(r as VerbsRow);
  const nodes = Math.max(0, ...rows.map((r) => r.node)) + 1;
  const bytes = encodeVerbs(builder, {
    source: {},
    clock: "ns",
    fields: {},
    notes: [],
    emulated: false,
    nodes: Array.from({ length: nodes }, (_, i) => ({ name: `n${i}` })),
  });
  return openSource(bytesSource("rows", bytes));
}

/** Runs core and oracle on the same input and lists where they differ. */
export function compare(
  trace: VerbsTrace,
  rows: VerbsRowLike[],
  choice: Choice,
  testbed: Testbed,
  think: boolean,
): string[] {
  const find = (n: string): PathDocument => choice.documents[n]!;
  const pathOf = (name: string, overrides: Record<string, string>) =>
    flatten(chainOf(find(name), find), overrides, name);
  const path = pathOf(choice.path, choice.overrides);
  const input: OracleInput = {
    rows,
    path: { documents: choice.documents as never, path: choice.path, overrides: choice.overrides },
    ...(choice.peer
      ? { peerPath: { documents: choice.documents as never, path: choice.peer, overrides: {} } }
      : {}),
    testbed: testbed as never,
    pcieCoefQ16: pcieCoefficient(testbed),
    think: think ? "recorded" : "none",
  };
  const core = outcome(() =>
    run(coreModule(), prepare(trace), path, testbed, {
      think,
      peer: choice.peer ? pathOf(choice.peer, {}) : path,
    }),
  );
  const oracle = outcome(() => runOracle(input));
  if (core.result && oracle.result && !oracle.result.deadlock)
    return differences(core.result, trace.threads.length, oracle.result);
  const said = core.refused ?? "nothing",
    expected = oracle.refused ?? (oracle.result.deadlock ? "deadlock" : "nothing");
  return kind(said) === kind(expected) ? [] : [`core: ${said}; oracle: ${expected}`];
}

type Outcome<T> = { result: T; refused?: never } | { refused: string; result?: never };
function outcome<T>(of: () => T): Outcome<T> {
  try {
    return { result: of() };
  } catch (e) {
    if (e instanceof UserError || e instanceof Refused) return { refused: e.message };
    throw e;
  }
}
/** A deadlock, or the row that is refused. */
function kind(message: string): string {
  return /deadlock/.exec(message)?.[0] ?? /row \d+/.exec(message)?.[0] ?? message;
}

function differences(core: ReturnType<typeof run>, threads: number, expected: OracleResult): string[] {
  const out: string[] = [];
  const check = (what: string, got: unknown, want: unknown): void => {
    if (got !== want) out.push(`${what}: core ${String(got)}, oracle ${String(want)}`);
  };
  let clock = core.u64(core.exports.thread_clock(0), 34).slice();
  for (let i = 1; i < threads; i++) {
    const c = core.u64(core.exports.thread_clock(i), 34);
    if (c[0]! > clock[0]!) clock = c.slice();
  }
  check("makespan", clock[0], expected.makespan_ps);
  LAYERS.forEach((l, i) => check(`layer ${l}`, clock[2 + i], expected.layers[i]));
  const counters = core.u64(core.exports.counters_ptr(), COUNTERS.length);
  COUNTERS.forEach((c, i) => check(`counter ${c}`, counters[i], expected.counters[c] ?? 0n));
  const totals = core.u64(core.exports.totals_ptr(), TOTALS.length);
  const total = (name: (typeof TOTALS)[number]): bigint => totals[TOTALS.indexOf(name)]!;
  const { rows, seen, dataPath } = expected;
  check("spin rows", total("spin_rows"), BigInt(rows.spin));
  check("refused rows", total("refused_rows"), BigInt(rows.refused));
  check("unmatched messages", total("unmatched_messages"), BigInt(seen.unmatched));
  check("short receives", total("short_receives"), BigInt(seen.short));
  check("other lengths", total("other_lengths"), BigInt(seen.otherLengths));
  check("over capacity", total("over_capacity"), BigInt(seen.overCapacity));
  check("over inline", total("over_inline"), BigInt(seen.overInline));
  check("first post", total("first_post_ps_plus_1"), (dataPath.start ?? -1n) + 1n);
  check("last completion", total("last_completion_ps"), dataPath.end ?? 0n);
  const classes = new Map(readClasses(core).map((c) => [`${c.verb}|${c.opcode}|${c.sizeClass}`, c]));
  for (const key of new Set([...classes.keys(), ...expected.operations.keys()])) {
    const got = classes.get(key),
      want = expected.operations.get(key);
    if (!got || !want) {
      out.push(`operation ${key}: only in the ${got ? "core" : "oracle"}`);
      continue;
    }
    check(`${key} count`, got.count, want.count);
    check(`${key} bytes`, got.bytes, want.bytes);
    check(`${key} sum`, got.sum, want.sum);
    check(`${key} min`, got.min, want.min);
    check(`${key} max`, got.max, want.max);
    LAYERS.forEach((l, i) => {
      check(`${key} service ${l}`, got.service[l] ?? 0n, want.service[i]);
      check(`${key} wait ${l}`, got.wait[l] ?? 0n, want.wait[i]);
    });
    const sorted = [...want.latencies].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
    // A percentile is the upper end of one of 128 steps an octave (R5.3).
    const p50 = sorted[Math.max(0, Math.ceil(sorted.length / 2) - 1)]!;
    if (got.quantile(0.5) < p50 || Number(got.quantile(0.5)) > Number(p50) * (1 + 1 / 128) + 1)
      out.push(`${key} p50: core ${got.quantile(0.5)}, exact ${p50}`);
  }
  return out;
}
