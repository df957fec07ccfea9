import { ABI_VERSION } from "../abi/params.js";
import { UserError } from "../errors.js";
import { generate, type VerbsOptions } from "../generate/generate.js";
import { generateMemory } from "../generate/memory/memory.js";
import { type Integer, integer } from "../numbers.js";
import type { Path } from "../path/flatten.js";
import { loadPath } from "../path/load.js";
import { memorySession } from "../replay/memory-replay.js";
import { verbsSession } from "../replay/replay.js";
import { canonical, type Result, sha256 } from "../replay/result/document.js";
import type { Testbed } from "../testbed/document.js";
import { bytesSource } from "../trace/container/source.js";
import { encodeMemory, type MemorySource } from "../trace/memory/memory-write.js";
import { openMemorySource, openSource } from "../trace/read.js";
import type { MemoryMetadata } from "../trace/table/metadata.js";
import { encodeVerbs } from "../trace/verbs/write.js";
import { version } from "../version.js";
import { firstCount } from "./first-count.js";
import { type Rational, rationalText } from "./rational.js";

export const BREAK_EVEN_WORKLOADS = ["rc-pingpong", "send-bw"] as const;
export type BreakEvenWorkload = (typeof BREAK_EVEN_WORKLOADS)[number];
export interface BreakEvenOptions {
  readonly workload?: BreakEvenWorkload;
  /** Bytes of a message, which are also what is registered. */
  readonly sizes?: readonly number[];
  /** Bytes that the random accesses go to; by default what is registered. */
  readonly footprint?: number;
  readonly accesses?: number;
  /** Exchanges above which a break-even point is computed and not replayed. */
  readonly most?: number;
  readonly onStep?: (what: string) => void;
  /** What finds the figures of one size, where that is not done here. */
  readonly measure?: ((size: number) => SizeBreakEven) | undefined;
}

/**
 * When the dearer set-up of a path has paid for itself, and how many
 * random accesses eat what it gains: verbscope.break-even/1.
 */
export interface BreakEven {
  schema: "verbscope.break-even/1";
  digest: string;
  tool: Result["tool"];
  testbed: Result["testbed"];
  workload: BreakEvenWorkload;
  /** What is counted: a round trip of rc-pingpong, a message of send-bw. */
  unit: "round trip" | "message";
  from: string;
  to: string;
  sizes: SizeBreakEven[];
}
export interface SizeBreakEven {
  size: number;
  /** Set-up and tear-down of both sides: the time of a run less its exchanges. */
  setup_ps: { from: Integer; to: Integer };
  /** Of one exchange, from two lengths of run; exact fractions in ps. */
  exchange_ps: { from: string; to: string };
  /** First number of exchanges for which `to` takes no longer than `from`; null when there is none. */
  exchanges: number | null;
  /** Whether that number and the one before it were replayed. */
  replayed: boolean;
  reads: {
    footprint: number;
    accesses: number;
    /**
     * Of an access once caches and TLBs are warm: what `accesses` more of them take, exact fractions in ps.
     */
    access_ps: { from: string; to: string };
    /**
     * Random accesses that cost more on `to` than one exchange gains; null
     * when accesses cost no more, or an exchange gains nothing.
     */
    per_exchange: number | null;
  };
}

/**
 * Lengths of the two runs whose difference is that of the
 * exchanges alone: both beyond the depth of the queues.
 */
const RUNS: Record<BreakEvenWorkload, readonly [number, number]> = {
  "rc-pingpong": [200, 400],
  "send-bw": [600, 1200],
};
export const MOST_EXCHANGES = 100_000;
const ACCESSES = 400_000,
  LEAST_FOOTPRINT = 4096;

/** Makespan of a generated run of `iters` exchanges on each path. */
export function runTimes(
  workload: BreakEvenWorkload,
  options: Partial<VerbsOptions>,
  paths: readonly Path[],
  testbed: Testbed,
): bigint[] {
  const { builder, metadata } = generate(workload, options),
    trace = openSource(bytesSource(`${workload}.arrow`, encodeVerbs(builder, metadata)));
  const session = verbsSession(trace, testbed);
  return paths.map((path) => BigInt(session.replay(path).makespan_ps));
}

export function breakEven(
  fromLabel: string,
  toLabel: string,
  testbed: Testbed,
  options: BreakEvenOptions = {},
): BreakEven {
  const workload = options.workload ?? "rc-pingpong",
    sizes = options.sizes ?? [4096, 65536, 2 ** 20],
    paths = [loadPath(fromLabel), loadPath(toLabel)] as const;
  const { accesses = ACCESSES, most = MOST_EXCHANGES } = options;
  for (const size of sizes)
    if (!(Number.isInteger(size) && size >= 1 && size <= 2 ** 28))
      throw new UserError(`--sizes ${size}: give whole bytes from 1 to 256 MiB`);
  const result: BreakEven = {
    schema: "verbscope.break-even/1",
    digest: "",
    tool: { name: "verbscope", version: version(), abi: ABI_VERSION },
    testbed: { name: testbed.name, title: testbed.title, values: testbed.values },
    workload,
    unit: workload === "rc-pingpong" ? "round trip" : "message",
    from: fromLabel,
    to: toLabel,
    sizes: sizes.map((size) => options.measure?.(size) ?? ofSize(size)),
  };
  const { tool: _tool, digest: _digest, ...rest } = result;
  return { ...result, digest: sha256(canonical(rest)) };

  function ofSize(size: number): SizeBreakEven {
    const times = (iters: number): [bigint, bigint] => {
      options.onStep?.(`${workload} of ${size} bytes, ${iters} exchanges`);
      return runTimes(workload, { size, iters }, paths, testbed) as [bigint, bigint];
    };
    const [short, long] = RUNS[workload],
      a = times(short),
      b = times(long),
      span = BigInt(long - short);
    const gain = b[0] - a[0] - (b[1] - a[1]); // over `span` exchanges
    const setup = (i: 0 | 1): bigint => (a[i] * span - BigInt(short) * (b[i] - a[i])) / span;
    const extra = setup(1) - setup(0);
    const fraction = (num: bigint): string => rationalText({ num, den: span });
    const predicted = extra <= 0n ? 1n : gain > 0n ? (extra * span + gain - 1n) / gain : null;
    const reached =
      predicted === null
        ? null
        : predicted > BigInt(most)
          ? { count: Number(predicted), replayed: false }
          : {
              count: firstCount(
                (n) => {
                  const [x, y] = times(n);
                  return y <= x;
                },
                Math.max(1, Number(predicted)),
                most,
              ),
              replayed: true,
            };
    return {
      size,
      setup_ps: { from: integer(setup(0)), to: integer(setup(1)) },
      exchange_ps: { from: fraction(b[0] - a[0]), to: fraction(b[1] - a[1]) },
      exchanges: reached?.count ?? null,
      replayed: reached?.replayed ?? false,
      reads: reads(size, { num: gain, den: span }),
    };
  }

  function reads(size: number, gain: Rational): SizeBreakEven["reads"] {
    const footprint = options.footprint ?? Math.max(size, LEAST_FOOTPRINT);
    options.onStep?.(`gups on ${footprint} bytes`);
    const [from, to] = accessTimes(footprint, accesses, paths, testbed) as [bigint, bigint];
    const mean = (ps: bigint): string => rationalText({ num: ps, den: BigInt(accesses) });
    // reads × (to − from) / accesses ≥ gain: the first whole number of reads
    const dearer = to - from,
      scaled = gain.num * BigInt(accesses),
      by = gain.den * dearer;
    return {
      footprint,
      accesses,
      access_ps: { from: mean(from), to: mean(to) },
      per_exchange: dearer > 0n && gain.num > 0n ? Number((scaled + by - 1n) / by) : null,
    };
  }
}

/** Time that `accesses` random updates of a linked footprint take after as many before them, on each path. */
export function accessTimes(
  footprint: number,
  accesses: number,
  paths: readonly Path[],
  testbed: Testbed,
): bigint[] {
  const steady = (count: number): bigint[] => {
    const bytes = encodeMemory(
      generateMemory("gups", { footprint, accesses: count }) as MemorySource<MemoryMetadata>,
    );
    const session = memorySession(openMemorySource(bytesSource("gups.arrow", bytes)), testbed, {
      link: "all",
    });
    return paths.map((path) => {
      const { access_ps, first_touch_ps } = session.replay(path).memory!;
      return BigInt(access_ps) - BigInt(first_touch_ps);
    });
  };
  const once = steady(accesses);
  return steady(2 * accesses).map((ps, i) => ps - once[i]!);
}
