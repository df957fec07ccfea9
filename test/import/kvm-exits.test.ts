import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { NO_ID } from "../../src/abi/columns.js";
import { EXIT_REASONS } from "../../src/abi/exits.js";
import { detectFormat } from "../../src/import/detect.js";
import { importKvmExits } from "../../src/import/kernel/kvm-exits.js";
import { reasonId } from "../../src/import/kernel/reasons.js";
import { scratch } from "../support/files.js";
import { refusedLater } from "../support/refused.js";

const { file } = scratch();
const at = (us: number, tid = 6120): string =>
  `       CPU 0/KVM ${tid} [004] ${Math.floor(us / 1e6)}.${String(us % 1e6).padStart(6, "0")}: `;
const exit = (us: number, reason = "MSR_WRITE", tid = 6120, vcpu: number | "" = 0): string =>
  `${at(us, tid)}kvm:kvm_exit: ${vcpu === "" ? "" : `vcpu ${vcpu} `}reason ${reason} rip 0xfd0bd info1 0x0 info2 0x0`;
const entry = (us: number, tid = 6120, vcpu = 0): string =>
  `${at(us, tid)}kvm:kvm_entry: vcpu ${vcpu}, rip 0xfd0bf`;
const written = (lines: readonly string[]): string => file("kvm.txt", `${lines.join("\n")}\n`);

/** Reason and duration in us of each exit, and the notes. */
async function imported(
  lines: readonly string[],
): Promise<{ exits: string[]; vcpus: number[]; notes: string }> {
  const { exits, metadata } = await importKvmExits(written(lines));
  return {
    exits: Array.from({ length: exits.rows }, (_, i) => {
      const took = exits.duration_ps[i]!;
      return `${EXIT_REASONS[exits.reason[i]!]} ${took === 2n ** 64n - 1n ? "–" : Number(took) / 1e6}`;
    }),
    vcpus: [...exits.vcpu.subarray(0, exits.rows)],
    notes: metadata.notes.join("\n"),
  };
}

test("threads that take turns have each its own pairs", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.record({ tid: fc.integer({ min: 1, max: 4 }), pause: fc.integer({ min: 1, max: 50 }) }), {
        minLength: 1,
        maxLength: 40,
      }),
      async (steps) => {
        const since = new Map<number, number>(),
          lines: string[] = [],
          took: (number | undefined)[] = [],
          open = new Map<number, number>();
        let now = 1_000_000;
        for (const { tid, pause } of steps) {
          now += pause;
          const started = since.get(tid);
          if (started === undefined) {
            since.set(tid, now);
            open.set(tid, took.push(undefined) - 1);
            lines.push(exit(now, "HLT", tid, tid));
          } else {
            since.delete(tid);
            took[open.get(tid)!] = now - started;
            lines.push(entry(now, tid, tid));
          }
        }
        const { exits } = await imported(lines);
        expect(exits).toEqual(took.map((us) => `HLT ${us ?? "–"}`));
      },
    ),
    { numRuns: 30 },
  );
});

test("an exit that does not name its vCPU has that of its thread's entries, also of the one behind it", async () => {
  const { vcpus, notes } = await imported([
    exit(10, "HLT", 7, ""),
    exit(11, "HLT", 8, ""),
    entry(20, 8, 3),
    exit(21, "HLT", 8, ""),
  ]);
  expect(vcpus).toEqual([NO_ID, 3, 3]);
  expect(notes).toContain("exits whose vCPU is not known: 1");
});

test("every reason of the table is found by its word, and those of other printers by the kernel's", () => {
  EXIT_REASONS.forEach((word, id) => expect(reasonId(word), word).toBe(id));
  for (const [printed, word] of [
    ["PENDING_INTERRUPT", "INTERRUPT_WINDOW"],
    ["read_cr0", "read_cr"],
    ["write_dr7", "write_dr"],
    ["GP excp", "excp"],
    ["EXIT_NPF", "npf"],
    ["EXIT_IOIO", "io"],
    ["EXIT_WRITE_CR8", "write_cr"],
    ["EXIT_TR_READ", "read_rt"],
    ["vmgexit_mmio_read", "vmgexit"],
    ["0x57", "other"],
    ["UNKNOWN (78)", "other"],
  ] as const)
    expect(EXIT_REASONS[reasonId(printed)], printed).toBe(word);
});

test("there are at most 127 reasons, no two alike: an index is a signed byte", () => {
  expect(EXIT_REASONS.length).toBeLessThanOrEqual(127);
  expect(new Set(EXIT_REASONS).size).toBe(EXIT_REASONS.length);
});

describe("an exit has no duration", () => {
  test.each([
    [
      [exit(10), exit(20), entry(25)],
      ["MSR_WRITE –", "MSR_WRITE 5"],
      "1 before another exit of their thread",
    ],
    [[exit(10), "CPU:4 [LOST 3 EVENTS]", entry(25)], ["MSR_WRITE –"], "1 before lost or damaged events"],
    [[exit(10), exit(20).slice(0, -40), entry(25)], ["MSR_WRITE –"], "1 before lost or damaged events"],
    [[exit(10), entry(9)], ["MSR_WRITE –"], "1 before an entry that is dated earlier"],
    [[exit(10)], ["MSR_WRITE –"], "1 at the end of the recording"],
  ])("%#", async (lines, exits, why) => {
    const found = await imported(lines);
    expect(found.exits).toEqual(exits);
    expect(found.notes).toContain(
      `exits without an entry, which have no duration: 1 of ${exits.length} (${why})`,
    );
  });
});

describe("the loss report", () => {
  test("says how exact the printed times are", async () => {
    const fine = (line: string): string => line.replace(/(\.\d{6}):/, "$1250:");
    const us = [exit(10), entry(12)];
    expect((await imported(us)).notes).toContain("times are printed to 1 us, by which a duration may be off");
    expect((await imported(us.map(fine))).notes).toContain("times are printed to 1 ns");
    expect((await imported([fine(us[0]!), us[1]!])).notes).toContain("some times are printed to 1 us");
  });
  test("counts entries alone, other events, clocks that jump back and guests", async () => {
    const { notes, exits } = await imported([
      entry(5),
      exit(10),
      `${at(11)}kvm:kvm_fast_mmio: fast mmio at gpa 0xfe003000`,
      entry(12),
      exit(8, "HLT", 700),
      entry(9, 700),
    ]);
    expect(exits).toEqual(["MSR_WRITE 2", "HLT 1"]);
    for (const note of [
      "entries without an exit before them: 1 of 3",
      "events of other tracepoints that were left out: 1",
      "events dated before the one above: 1",
      "at least 2 guests",
    ])
      expect(notes).toContain(note);
  });
  test("times since the epoch are exact", async () => {
    const { exits } = await importKvmExits(
      written([
        exit(10).replace("0.000010", "1764412394.000010001"),
        entry(12).replace("0.000012", "1764412394.000012003"),
      ]),
    );
    expect([exits.t[0], exits.duration_ps[0]]).toEqual([1_764_412_394_000_010_001n, 2_002_000n]);
  });
});

describe("refused", () => {
  test.each([
    [[entry(5)], "has no whole kvm_exit event: record with perf record -a -e kvm:kvm_exit"],
    [[exit(5).replace("reason", "raison")], "has no whole kvm_exit event, and damaged ones from line 1, "],
    [
      [`${at(9)}kvm:kvm_exit: TRAP: HSR_EC: 0x0024 (DABT_LOW), PC: 0xffff000008095f9c`],
      "line 1: is an exit of an ARM guest, whose reasons are others: record on x86",
    ],
  ])("%#", async (lines, says) => expect(await refusedLater(importKvmExits(written(lines)))).toContain(says));

  test("a recording of exits and of an IOMMU, until its format is named", async () => {
    const path = written([
      exit(5),
      `${at(6)}iommu:map: IOMMU: iova=0x0000000000001000 - 0x0000000000002000 paddr=0x0000000000003000 size=4096`,
      entry(7),
    ]);
    expect(await refusedLater(detectFormat([path]))).toMatch(
      /may be iommu-map or kvm-exits: say which it is: verbscope import FORMAT FILE/,
    );
    expect((await importKvmExits(path)).exits.rows).toBe(1);
  });
});
