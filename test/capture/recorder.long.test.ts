import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { openCapture } from "../../src/import/recorder/capture-file.js";
import { callsOfThread, type Lost } from "../../src/import/recorder/thread-calls.js";
import { importVerbsRecorder } from "../../src/import/recorder/verbs-recorder.js";
import { fileSource } from "../../src/trace/container/source.js";
import { scratch } from "../support/files.js";
import { Random } from "../support/random/rng.js";
import { expectScript, rowsOf } from "./expected.js";
import { BUILT, make, record, recorded } from "./stub.js";

const { folder } = scratch();
beforeAll(() => void make("tests"));

/** Work request ids of each thread's sends in its order, without making a trace of millions of rows. */
function sends(path: string): { ids: number[][]; dropped: number } {
  const file = openCapture(fileSource(path)),
    lost: Lost = { blocks: 0, records: 0 };
  const ids = file.threads.map((thread) => {
    const seen: number[] = [];
    for (const call of callsOfThread(file.source, thread, lost))
      for (const { kind, bytes, at } of call.records)
        if (kind === "post_send") seen.push(Number(bytes.readBigUInt64LE(at + 24)));
    return seen;
  });
  file.source.close();
  expect(lost).toEqual({ blocks: 0, records: 0 });
  return { ids, dropped: file.threads.reduce((sum, t) => sum + t.dropped, 0) };
}

describe("the scripted program", () => {
  test("is recorded call by call, and its own output and exit code stay", () => {
    const { files, stdout, status } = record(folder, ["script"]);
    expect(status).toBe(3);
    expectScript(rowsOf(files[0]!), stdout);
  });
  test("is told what the recorder adds to its calls, unless that is not wanted", () => {
    const { stderr } = record(folder, ["script"]);
    expect(stderr).toMatch(/^verbscope capture adds +calls +measured +p50 ns +p90 ns +p99 ns +most ns\n/);
    for (const call of [
      "post_send",
      "post_recv",
      "poll_cq, empty",
      "req_notify_cq",
      "wr_complete",
      "start_poll",
    ])
      expect(stderr).toMatch(new RegExp(`^${call} +\\d+( +\\d+){5}$`, "m"));
    expect(record(folder, ["script"], { VERBSCOPE_CAPTURE_QUIET: "1" }).stderr).toBe("");
  });
  test("is recorded by the system's clock too, and without pages", () => {
    const { files, stdout } = record(folder, ["script"], {
      VERBSCOPE_CAPTURE_CLOCK: "system",
      VERBSCOPE_CAPTURE_PAGES: "none",
    });
    const rows = rowsOf(files[0]!);
    expectScript(rows, stdout);
    expect(rows.every((r) => r.runs.length === 0)).toBe(true);
  });
});

test("librdmacm's calls are recorded, and those of libibverbs that it makes", () => {
  const { files } = record(folder, ["cm"]);
  const rows = rowsOf(files[0]!);
  expect(rows.map((r) => r.verb)).toEqual([
    "get_device_list",
    "open_device",
    "alloc_pd",
    "rdma_create_id",
    "rdma_resolve_addr",
    "rdma_resolve_addr",
    "create_cq",
    "create_qp",
    "modify_qp",
    "rdma_connect",
    "rdma_get_cm_event",
    "rdma_ack_cm_event",
    "rdma_disconnect",
    "destroy_qp",
    "destroy_cq",
    "dealloc_pd",
    "close_device",
    "rdma_destroy_id",
  ]);
  expect(rows.filter((r) => r.verb === "rdma_resolve_addr").map((r) => r.status)).toEqual([22, 0]);
});

/** A file of so many bytes holds more than the set-up: posts are in it too. */
const SOME_SENDS = 1 << 16;

describe("the end of a process", () => {
  const notes = (file: string): string => importVerbsRecorder([file]).metadata.notes.join("\n");
  const ids = (file: string): bigint[] =>
    rowsOf(file)
      .filter((r) => r.verb === "post_send")
      .map((r) => r.wr_id);
  test("by _exit has its footer", () => {
    const { files, status } = record(folder, ["leave", "_exit"]);
    expect(status).toBe(5);
    expect(notes(files[0]!)).not.toContain("no footer");
    expect(ids(files[0]!)).toEqual([1n]);
  });
  test("by abort leaves all that was recorded, without a footer", () => {
    const { files } = record(folder, ["leave", "abort"]);
    expect(notes(files[0]!)).toContain("there is no footer");
    expect(ids(files[0]!)).toEqual([1n]);
  });
  test("by exec leaves all that was recorded, and the next program has a file of its own", () => {
    const { files, status } = record(folder, ["leave", "exec"]);
    expect(status).toBe(0);
    expect(files.map((f) => ids(f))).toEqual([[1n], [1n], [1n]]); // execv, execl, exit
    expect(files.slice(1)).toEqual([`${files[0]}.2`, `${files[0]}.3`]);
  });
  test("a forked child has a file of its own when it uses verbs", () => {
    const { files, status } = record(folder, ["leave", "fork"]);
    expect(status).toBe(0);
    expect(files.map((f) => ids(f)).sort((a, b) => a.length - b.length)).toEqual([[2n], [1n, 3n]]);
    expect(files.map(notes).filter((n) => n.includes("it was forked by process"))).toHaveLength(1);
    expect(record(folder, ["leave", "idle-fork"]).files).toHaveLength(1);
  });
  test("by SIGKILL at 20 moments leaves a file that can be read each time", async () => {
    for (let i = 0; i < 20; i++) {
      const run = mkdtempSync(join(folder, "kill-"));
      const child = spawn(join(BUILT, "load"), ["2", "0"], { env: recorded(run), stdio: "ignore" });
      const gone = new Promise((done) => child.on("exit", done));
      const path = (): string => join(run, readdirSync(run)[0] ?? "none yet");
      while (!existsSync(path()) || statSync(path()).size < SOME_SENDS)
        await new Promise((r) => setTimeout(r, 1));
      await new Promise((r) => setTimeout(r, new Random(i, 7).int(0, 40)));
      child.kill("SIGKILL");
      await gone;
      const { ids: seen } = sends(path());
      expect(Math.max(...seen.map((s) => s.length))).toBeGreaterThan(0);
      for (const thread of seen) expect(thread.every((id, n) => id === n)).toBe(true);
    }
  });
});

describe("four threads that post as fast as they can", () => {
  test("lose nothing of a million posts each", () => {
    const { files, status, stderr } = record(folder, ["load", "4", "1000000"]);
    expect(status, stderr).toBe(0);
    const { ids, dropped } = sends(files[0]!);
    const four = ids.filter((thread) => thread.length > 0);
    expect(four).toHaveLength(4);
    // A call waits for room up to 1 s; a machine that is busier than that loses some, and says how many.
    expect(four.flat().length + dropped).toBeGreaterThanOrEqual(4_000_000);
    if (dropped === 0)
      for (const thread of four)
        expect([thread.length, thread.every((id, n) => id === n)]).toEqual([1_000_000, true]);
  });
  test("lose what a small ring cannot hold, and the file says how much", () => {
    const posts = 50_000;
    const { files } = record(folder, ["load", "4", String(posts)], {
      VERBSCOPE_CAPTURE_RING: "256",
      VERBSCOPE_CAPTURE_WAIT_MS: "0",
    });
    const { ids, dropped } = sends(files[0]!);
    expect(dropped).toBeGreaterThan(0);
    const seen = ids.flat().length;
    // Runs of empty polls and calls that make and end objects may be dropped as well.
    expect(seen + dropped).toBeGreaterThanOrEqual(4 * posts);
    expect(seen + dropped).toBeLessThanOrEqual(4 * (posts + Math.ceil(posts / 64) + 40));
    expect(importVerbsRecorder(files).metadata.notes.join("\n")).toContain(
      `the recorder ran full and dropped ${dropped} records`,
    );
  });
});

test("AddressSanitizer and ThreadSanitizer find nothing in recorder and stub", () => {
  expect(make("check-asan")).toContain("clean under libasan.so");
  expect(make("check-tsan")).toContain("clean under libtsan.so");
});

test("a recording that is kept holds what was measured of the recorder itself", () => {
  const { files } = record(folder, ["load", "1", "10000"]);
  expect(readFileSync(files[0]!).length).toBeGreaterThan(10000 * 64);
  expect(importVerbsRecorder(files).metadata.notes.join("\n")).toMatch(
    /the recorder added, as a median, \d+ ns to post_send/,
  );
});
