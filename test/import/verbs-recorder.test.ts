import { readFileSync } from "node:fs";
import { join } from "node:path";
import { crc32, gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { UserError } from "../../src/errors.js";
import { KINDS } from "../../src/import/recorder/layout.js";
import { Ticks } from "../../src/import/recorder/ticks.js";
import { importVerbsRecorder } from "../../src/import/recorder/verbs-recorder.js";
import { expectScript, rowsOf } from "../capture/expected.js";
import { scratch } from "../support/files.js";
import { Random } from "../support/random/rng.js";
import { refused } from "../support/refused.js";

const fixture = (name: string): string =>
  join(import.meta.dirname, "fixtures/verbs-recorder", `${name}.vcap`);
const bytes = (name: string): Buffer => Buffer.from(readFileSync(fixture(name)));
const notes = (...files: string[]): string => importVerbsRecorder(files).metadata.notes.join("\n");
const { file } = scratch();
const SAID = readFileSync(join(import.meta.dirname, "../capture/fixtures/script.jsonl"), "utf8");

/** Offsets of the blocks of a recording. */
function blocks(of: Buffer): number[] {
  const found: number[] = [];
  for (let at = 64 + of.readUInt32LE(56); at < of.length; at += 64 + of.readUInt32LE(at + 4)) found.push(at);
  return found;
}
/** Changes the head of a block and makes its checksum right again. */
function patched(of: Buffer, at: number, change: () => void): Buffer {
  change();
  of.writeUInt32LE(crc32(of.subarray(at, at + 60)), at + 60);
  return of;
}

describe("a recording of each call", () => {
  const rows = rowsOf(fixture("script"));
  test("has what the program did, in its order", () => expectScript(rows, SAID));
  test("has times that never run back, and durations", () => {
    const times = rows.map((r) => r.t);
    expect(times).toEqual([...times].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0)));
    expect(rows.filter((r) => r.verb !== "poll_cq_empty").every((r) => r.dur > 0 && r.dur < 1e9)).toBe(true);
    expect(rows.at(-1)!.t - rows[0]!.t).toBeGreaterThan(0n);
    expect(rows.at(-1)!.t - rows[0]!.t).toBeLessThan(10n ** 10n);
  });
  test("numbers calls: a list is one, a poll is one", () => {
    const calls = (verb: string): number[] => rows.filter((r) => r.verb === verb).map((r) => r.call);
    expect(new Set(calls("post_recv")).size).toBe(2); // a list of two, and one
    expect(calls("post_recv")[0]).toBe(calls("post_recv")[1]);
    expect(new Set(rows.map((r) => r.call)).size).toBe(rows.length - 6); // receives, sends, built sends, three polls
  });
  test("has the pages of its regions", () => {
    const pages = rows
      .filter((r) => r.verb === "reg_mr" && r.status === 0)
      .map((r) => r.runs.reduce((n, run) => n + run.count, 0));
    expect(pages).toEqual([4, 2]);
  });
  test("says what the process was", () => {
    const { metadata } = importVerbsRecorder([fixture("script")]);
    expect(metadata.nodes).toMatchObject([
      {
        name: "script.vcap",
        devices: ["stub0"],
        argv: ["./script"],
        exe: "/opt/stub/script",
        host: "host",
        kernel: "6.1.0 #1 SMP",
      },
    ]);
    expect(metadata.emulated).toBe(true);
    expect(metadata.fields).toMatchObject({ devices: "recorded", await_writes: "inferred", t: "recorded" });
  });
  test("is the same when it is packed", () => {
    const packed = file("packed.vcap.gz", gzipSync(bytes("script")));
    expect(rowsOf(packed)).toEqual(rows);
  });
});

test("processes of one run are nodes; a forked one is noted", () => {
  const { metadata } = importVerbsRecorder([fixture("fork.parent"), fixture("fork.child")]);
  expect(metadata.nodes.map((n) => n.name)).toEqual(["fork.parent.vcap", "fork.child.vcap"]);
  expect(metadata.notes.join("\n")).toMatch(
    /fork\.child\.vcap: it was forked by process \d+, whose recording/,
  );
  const sends = rowsOf(fixture("fork.parent"), fixture("fork.child")).filter((r) => r.verb === "post_send");
  expect(sends.map((r) => [r.node, r.wr_id])).toEqual([
    [0, 1n],
    [1, 2n],
    [0, 3n],
  ]);
});

test("threads keep their own order, and the node's rows go by time", () => {
  const rows = rowsOf(fixture("threads"));
  const tids = [...new Set(rows.map((r) => r.tid))];
  expect(tids).toHaveLength(2);
  for (const tid of tids) {
    const own = rows.filter((r) => r.tid === tid);
    expect(own.filter((r) => r.verb === "post_send").map((r) => r.wr_id)).toEqual([0n, 1n, 2n]);
    expect([own[0]!.verb, own.at(-1)!.verb]).toEqual(["get_device_list", "close_device"]);
    expect(new Set(own.filter((r) => r.verb === "post_send").map((r) => r.ctx)).size).toBe(1);
  }
  // A call that makes something counts from its end: until then its number may be another's.
  const order = rows.map((r) => (/^(open|alloc|create|reg)_/.test(r.verb) ? r.t + BigInt(r.dur) : r.t));
  const late = order.map((t, i) => (i > 0 && order[i - 1]! > t ? Number(order[i - 1]! - t) : 0));
  expect(Math.max(...late)).toBeLessThanOrEqual(1); // of rounding
  expect(rows.map((r) => r.call)).toEqual(rows.map((_, i) => i + 1));
});

test("ticks become nanoseconds between the moments that were noted, and beyond them", () => {
  const ticks = new Ticks([
    { ticks: 1_000_000n, ns: 5_000_000_000n },
    { ticks: 301_000_000n, ns: 5_100_000_000n }, // 3 ticks a nanosecond
    { ticks: 301_000_030n, ns: 5_100_000_700n }, // too near to say anything of the rate
    { ticks: 501_000_000n, ns: 5_200_000_000n }, // 2 ticks a nanosecond
  ]);
  const at = (n: bigint): bigint => ticks.ns(n) - 5_000_000_000n;
  expect([1_000_000n, 31_000_000n, 301_000_000n, 401_000_000n, 701_000_000n].map(at)).toEqual([
    0n,
    10_000_000n,
    100_000_000n,
    150_000_000n,
    300_000_000n,
  ]);
  expect(at(0n)).toBe(-333_333n);
  expect(ticks.span(300)).toBe(100);
});

describe("the numbers of kinds are the same", () => {
  const control = [...KINDS].filter(([n]) => n >= 16);
  const root = join(import.meta.dirname, "../..");
  test("in docs/capture-format.md", () => {
    const table = readFileSync(join(root, "docs/capture-format.md"), "utf8")
      .split("<!-- kinds:")[1]!
      .split("Runs of mr_pages")[0]!;
    const rows = [...table.matchAll(/^\| (\d+) \| (\w+) \|/gm)].map((m) => [Number(m[1]), m[2]]);
    expect(rows).toEqual(control);
  });
  test("in capture/file/format.h", () => {
    const body = /enum kind \{([^}]*)\}/.exec(readFileSync(join(root, "capture/file/format.h"), "utf8"))![1]!;
    let next = 0;
    const found = [...body.matchAll(/(\w+)(?: = (\d+))?,/g)].map((m) => {
      next = m[2] === undefined ? next + 1 : Number(m[2]);
      return [next, m[1]!.toLowerCase()];
    });
    expect(found.filter(([n]) => Number(n) >= 16)).toEqual(control);
    expect(found.filter(([n]) => Number(n) < 16)).toEqual([
      [1, "post_send"],
      [2, "post_recv"],
      [3, "post_srq_recv"],
      [4, "completion"],
      [5, "empty_polls"],
      [6, "req_notify_cq"],
      [7, "failed_poll"],
    ]);
  });
});

describe("what is not whole", () => {
  test("a process that was killed", () => {
    expect(notes(fixture("killed"))).toContain("killed.vcap: there is no footer, so the process was killed");
    expect(notes(fixture("script"))).not.toContain("footer");
  });
  test("a last block that was cut off", () => {
    const whole = bytes("killed"),
      cut = file("cut.vcap", whole.subarray(0, whole.length - 1));
    expect(notes(cut)).toContain("the last block was cut off and was dropped");
    expect(rowsOf(cut).length).toBeLessThan(rowsOf(fixture("killed")).length);
  });
  test("a block whose records are damaged is left out and counted", () => {
    const damaged = bytes("script"),
      [first] = blocks(damaged) as [number];
    damaged[first + 64 + 30]! ^= 1;
    const slots = damaged.readUInt32LE(first + 4) / 64;
    expect(notes(file("damaged.vcap", damaged))).toContain(`1 blocks with ${slots} records are damaged`);
  });
  test("records that found no room, and calls that waited", () => {
    const full = bytes("killed"),
      at = blocks(full).at(-1)!; // counts go on from block to block
    const path = file(
      "full.vcap",
      patched(full, at, () => {
        full.writeBigUInt64LE(17n, at + 40);
        full.writeBigUInt64LE(4n, at + 48);
      }),
    );
    expect(notes(path)).toContain("the recorder ran full and dropped 17 records: the trace is incomplete");
    expect(notes(path)).toContain("4 calls waited for the recorder");
  });
});

describe("what cannot be read is one sentence", () => {
  const sentence = (name: string, content: Buffer): string => refused(() => rowsOf(file(name, content)));
  test("another file, another version, a damaged head", () => {
    expect(sentence("other.vcap", Buffer.alloc(100))).toMatch(
      /other\.vcap: byte 0: is no recording of the recorder: give a file/,
    );
    const later = bytes("script");
    later.writeUInt32LE(9, 8);
    expect(sentence("later.vcap", later)).toMatch(
      /byte 8: is of version 9 of the format, this verbscope reads 1/,
    );
    const head = bytes("script");
    head[20]! ^= 1;
    expect(sentence("head.vcap", head)).toMatch(/byte 0: has a damaged head/);
  });
  test("no block where one must begin, something behind the footer", () => {
    const torn = bytes("script"),
      [, second] = blocks(torn) as [number, number];
    torn[second + 8]! ^= 1;
    expect(sentence("torn.vcap", torn)).toMatch(new RegExp(`byte ${second}: no block begins here`));
    expect(sentence("more.vcap", Buffer.concat([bytes("script"), Buffer.alloc(64)]))).toMatch(
      /something follows the end of the recording/,
    );
  });
  test("a request with more entries than slots", () => {
    const short = bytes("script");
    const block = blocks(short).find((b) => short.readUInt32LE(b + 4) > 64)!;
    const end = block + 64 + short.readUInt32LE(block + 4);
    let at = block + 64;
    while (short[at] !== 1) at += 64 * (1 + short[at + 23]!);
    short[at + 22] = 200;
    const path = patched(short, block, () =>
      short.writeUInt32LE(crc32(short.subarray(block + 64, end)), block + 56),
    );
    expect(sentence("short.vcap", path)).toMatch(
      new RegExp(`byte ${at}: post_send has fewer slots than it says`),
    );
  });
  test("any byte that was changed with its checksums is taken or refused, and never breaks it", () => {
    const sample = bytes("script"),
      starts = blocks(sample);
    for (let i = 0; i < 120; i++) {
      const random = new Random(i, 3),
        changed = Buffer.from(sample),
        block = starts[random.int(0, starts.length - 1)]!,
        end = block + 64 + changed.readUInt32LE(block + 4);
      for (let n = random.int(1, 4); n > 0; n--)
        changed[random.int(block + 64, end - 1)] = random.int(0, 255);
      changed.writeUInt32LE(crc32(changed.subarray(block + 64, end)), block + 56);
      changed.writeUInt32LE(crc32(changed.subarray(block, block + 60)), block + 60);
      try {
        importVerbsRecorder([file("changed.vcap", changed)]);
      } catch (error) {
        expect(error, `seed ${i}: ${(error as Error).stack}`).toBeInstanceOf(UserError);
      }
    }
  });
  test("a record of a kind that is not known", () => {
    const strange = bytes("killed"),
      [at] = blocks(strange) as [number];
    const end = at + 64 + strange.readUInt32LE(at + 4);
    strange[at + 64] = 15;
    const path = patched(strange, at, () =>
      strange.writeUInt32LE(crc32(strange.subarray(at + 64, end)), at + 56),
    );
    expect(sentence("strange.vcap", path)).toMatch(/call 1: event "kind 15" is not known/);
  });
});
