import type { Path } from "../path/flatten.js";
import type { Testbed } from "../testbed/document.js";
import type { LogReader } from "./log/log.js";
import type { Result } from "./result/document.js";
import type { Seen } from "./result/notes.js";
import type { ReplayResult } from "./result/result.js";
import type { Scale } from "./scale.js";

export interface ReplayStep {
  /** Costs that are multiplied; only those of a verbs trace can be. */
  readonly scale?: Scale;
  /** Is told what happened when; only a verbs trace has such a log. */
  readonly log?: LogReader;
  readonly onRows?: (rows: number) => void;
}

/** A finished replay and what it counted of the rows: plain data, which another thread may hand over. */
export interface Outcome {
  readonly result: ReplayResult;
  readonly seen: Seen;
}

/** Adds to finished replays, before their document is signed. */
export type Extend = (session: Session, paths: readonly Path[], replays: ReplayResult[]) => ReplayResult[];

/** A trace, or one of each kind, on one testbed: prepared once, to be replayed on many paths. */
export interface Session {
  readonly testbed: Testbed;
  readonly file: string;
  /** Rows of one replay, for progress. */
  readonly rows: number;
  readonly verbs: boolean;
  readonly memory: boolean;
  /** Equal keys: equal times in every layer (src/replay/key.ts). */
  key(path: Path): string;
  replay(path: Path, step?: ReplayStep): ReplayResult;
  /** The same, without the session knowing of it. */
  run(path: Path, step?: ReplayStep): Outcome;
  /** Takes a replay that `run` did, on whatever thread, for one of its own. */
  adopt(path: Path, outcome: Outcome): ReplayResult;
  /** Replays on these paths will be asked for, in this order: a session that has other threads begins them. */
  ahead(paths: readonly Path[]): void;
  /** The same trace on another testbed, without reading it again. */
  on(testbed: Testbed): Session;
  /** Testbed values of which this trace leaves no choice. */
  readonly settled: readonly string[];
  /** Fills against_native of each replay, where native is among them. */
  compare(replays: ReplayResult[]): void;
  /** What a result says of the trace, after these replays of it. */
  trace(replays: readonly ReplayResult[]): Result["trace"];
}
