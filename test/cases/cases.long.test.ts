import { readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { unpacked } from "../../src/import/shared/unpack.js";
import { command } from "../support/command.js";
import { scratch } from "../support/files.js";

/** Small inputs that once gave a wrong answer or a wrong reason; names and keys in them are invented. */
const at = (name: string): string => join("test/cases", name);
const measured = (name: string): string => join("test/calibrate/fixtures", name);
const { folder } = scratch();
const out = (name: string): string => join(folder, name);

/** A command, its exit code, and what it says on either stream; `not` is what must not be there. */
interface Case {
  readonly run: readonly string[];
  readonly code: number;
  readonly says: RegExp;
  readonly not?: RegExp;
}
const refused = (says: RegExp, ...run: string[]): Case => ({ run, code: 2, says });
const replayed = (file: string, says: RegExp, not?: RegExp): Case => ({
  run: ["replay", file, "--paths", "native,virt-ib"],
  code: 0,
  says,
  ...(not ? { not } : {}),
});
const calibrated = (file: string, code: number, says: RegExp, ...more: string[]): Case => ({
  run: ["calibrate", measured(file), "-o", out("testbed.json"), ...more],
  code,
  says,
});

const FAULTS: Record<string, Case> = {
  "mapping-footer-0-batches.arrow": refused(
    /byte 456: the footer does not name the record batch here/,
    "inspect",
    at("faults/mapping-footer-0-batches.arrow"),
  ),
  "negative-data-path.arrow": replayed(
    at("faults/negative-data-path.arrow"),
    /native +524\.5 ms +– +– +–[\s\S]*nothing was completed[\s\S]*1 message never found a receive work request/,
    /−?-\d+\.\d ms|0\.00× time/,
  ),
  "path-groups-2pow40.json": refused(
    /path-groups-2pow40\.json|path /,
    "replay",
    "traces/write-lat-8.arrow",
    "--paths",
    at("faults/path-groups-2pow40.json"),
  ),
  "path-tostring-mechanism.json": refused(
    /unknown mechanism "toString"/,
    "replay",
    "traces/write-lat-8.arrow",
    "--paths",
    at("faults/path-tostring-mechanism.json"),
  ),
  "perftest-64000-spaces.txt": {
    run: ["calibrate", at("faults/perftest-64000-spaces.txt"), "-o", out("t.json")],
    code: 0,
    says: /fitted to \d+ figures? measured/,
  },
  "points-no-title.json": {
    run: ["validate", "--points", at("faults/points-no-title.json")],
    code: 2,
    says: /title/,
  },
  "recv-smaller-than-send.arrow": replayed(
    at("faults/recv-smaller-than-send.arrow"),
    /1 message met a receive work request with fewer bytes than its own/,
  ),
  "sq-overflow.arrow.xz": replayed(out("sq-overflow.arrow"), /9936 posts found the queue as full/),
  "terminal-escape.arrow": {
    run: ["inspect", at("faults/terminal-escape.arrow")],
    code: 0,
    says: /·/,
    not: /[\u001b\u0007\u202e]/,
  },
  "think-internal-error.arrow": refused(
    /row 12: column t is 18446744073709551606: its thread did nothing for .* more than 53 days/,
    "replay",
    at("faults/think-internal-error.arrow"),
  ),
  "think-wraps-2pow64.arrow": refused(
    /row 12: column t is 18446744073710552: its thread did nothing for .* more than 53 days/,
    "replay",
    at("faults/think-wraps-2pow64.arrow"),
  ),
};
const VERBS: Record<string, Case> = {
  "y-event-10s": replayed(
    out("y-event-10s.arrow"),
    /native +10\.00 s[\s\S]*took longer than the 4\.29 s/,
    /15\.7/,
  ),
  "y-event-4s": replayed(out("y-event-4s.arrow"), /native +4\.004 s/, /4\.29 s/),
  "t10c-4gib-1": refused(
    /row 17: column length is 4294967295: no InfiniBand message is longer than 2147483648 bytes/,
    "replay",
    out("t10c-4gib-1.arrow"),
  ),
  "t15-no-data": replayed(
    out("t15-no-data.arrow"),
    /native +254\.4 µs +– +– +–[\s\S]*nothing was completed/,
    /0\.00× time/,
  ),
  "v-fail1": replayed(
    out("v-fail1.arrow"),
    /1 send work request failed in the recording \(RETRY_EXC_ERR 1\)/,
    /[1-9]\d* MB\/s/,
  ),
  "v-ok1": replayed(out("v-ok1.arrow"), /MB\/s/, /failed in the recording/),
};
const MEMORY: Record<string, Case> = {
  "m0.csv": refused(
    /column frame is 0 in all 100 rows .*pagemap hides frames/,
    "import",
    "mapping-csv",
    at("memory/m0.csv"),
    "-o",
    out("m.arrow"),
  ),
  "min_tid.arrow": { run: ["replay", at("memory/min_tid.arrow")], code: 0, says: /2 rows = 2 replayed/ },
  "mini_fork.lackey": refused(
    /is of process 101, .*--log-file=%p/,
    "import",
    "lackey",
    at("memory/mini_fork.lackey"),
    "-o",
    out("m.arrow"),
  ),
  "mini_gitstatus.lackey": {
    run: ["import", "lackey", at("memory/mini_gitstatus.lackey"), "-o", out("m.arrow")],
    code: 0,
    says: /3 rows[\s\S]*1 line of other output was dropped/,
  },
  "mini_unroll.lackey": {
    run: ["import", "lackey", at("memory/mini_unroll.lackey"), "-o", out("m.arrow")],
    code: 0,
    says: /: 16 rows/,
    not: /rep stos/,
  },
};
const MEASURED: readonly Case[] = [
  calibrated("perftest-roce-server.txt", 2, /cannot describe these figures|RoCE/),
  calibrated("refused/perftest-write-bw-server.txt", 2, /TX depth .* give the client's output/),
  calibrated("refused/perftest-cuda.txt", 2, /an accelerator's/),
  calibrated("refused/perftest-rocm.txt", 2, /an accelerator's/),
  calibrated("refused/perftest-rocm.json", 2, /Use_ROCm_memory is "ON"/),
  calibrated("refused/perftest-rxe.json", 2, /the device is "rxe0"/),
  calibrated("refused/ud-pingpong.txt", 2, /as ibv_ud_pingpong prints it/),
  calibrated("perf-kvm-pvm.txt", 0, /fitted to 2 figures/),
  calibrated("refused/perf-kvm-arm64.txt", 2, /exits of an ARM processor/),
  calibrated("perf-kvm-tui.txt", 0, /fitted to 2 figures/),
  calibrated("refused/stream-fortran-16-threads.txt", 2, /several threads copied at once/),
  calibrated("refused/stream-fortran-2-threads.txt", 2, /several threads copied at once/),
  calibrated("refused/stream-2m-elements.txt", 2, /which a cache may hold/),
  calibrated("refused/stream-10k-elements.txt", 2, /which a cache may hold/),
  calibrated("perftest-inline-old.txt", 0, /fitted to 1 figure/),
];

async function holds({ run, code, says, not }: Case): Promise<void> {
  const { status, stdout, stderr } = await command(...run),
    said = stdout + stderr;
  expect(said).toMatch(says);
  expect(status, said).toBe(code);
  if (not) expect(said).not.toMatch(not);
  expect(said).not.toMatch(/internal error|\bNaN\b|undefined/);
}

describe("cases that failed", () => {
  const names = (of: string): string[] =>
    [...new Set(readdirSync(at(of)).map((f) => f.replace(/\.(server|client)\.jsonl$/, "")))].sort();
  test("every file has its case", () => {
    expect(Object.keys(FAULTS).sort()).toEqual(names("faults"));
    expect(Object.keys(VERBS).sort()).toEqual(names("verbs"));
    expect(Object.keys(MEMORY).sort()).toEqual(names("memory"));
  });
  test.each(Object.entries(FAULTS))("faults/%s", async (name, what) => {
    if (name.endsWith(".xz")) {
      const pieces: Uint8Array[] = [];
      for await (const piece of unpacked(at(`faults/${name}`))) pieces.push(piece);
      writeFileSync(out(name.slice(0, -3)), Buffer.concat(pieces));
    }
    await holds(what);
  });
  test.each(Object.entries(VERBS))("verbs/%s", async (name, what) => {
    const sides = ["server", "client"].map((s) => at(`verbs/${name}.${s}.jsonl`));
    expect((await command("import", "verbs-jsonl", ...sides, "-o", out(`${name}.arrow`))).status).toBe(0);
    await holds(what);
  });
  test.each(Object.entries(MEMORY))("memory/%s", (_name, what) => holds(what));
  test.each(MEASURED.map((c) => [c.run[1]!, c] as const))("%s", (_name, what) => holds(what));
});
