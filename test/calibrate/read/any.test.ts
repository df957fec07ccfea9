import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { readMeasured } from "../../../src/calibrate/read/read.js";
import { fixture, measured, refusal } from "../../support/calibrate/measured.js";
import { READ_NAMES as NAMES, readOrRefused, sound } from "./read-or-refused.js";

const KNOWN =
  "m: is not a measurement that verbscope reads: give the output of perftest --out_json, perftest, " +
  "osu_latency, osu_bw, osu_bibw, osu_mbw_mr, ibv_rc_pingpong, perf kvm stat report, STREAM, " +
  "lmbench's lat_syscall, lat_ctx, lat_mem_rd, or bw_mem under its label";

test.each(NAMES)("%s is read", (name) => sound(measured(name)));
test.each(NAMES)("%s with tabs, carriage returns and a byte order mark is the same", (name) => {
  const { measurements } = measured(name);
  expect(
    readMeasured("m", `\ufeff${fixture(name).replace(/ {2,}/g, "\t").replaceAll("\n", "\r\n")}`).measurements,
  ).toEqual(measurements);
});

describe("files of other tools are refused", () => {
  test.each<[string, string]>([
    ["nothing", ""],
    ["blank lines", "\n\n"],
    [
      "fio",
      "job: (g=0): rw=randread, bs=(R) 4096B-4096B, ioengine=libaio\n  read: " +
        "IOPS=91.2k, BW=356MiB/s (374MB/s)(10.4GiB/30001msec)\n",
    ],
    [
      "iperf",
      "[ ID] Interval           Transfer     Bandwidth\n[  3]  0.0-10.0 sec  10.9 GBytes  9.38 Gbits/sec\n",
    ],
    ["ping", "64 bytes from 192.0.2.1: icmp_seq=1 ttl=64 time=0.041 ms\n"],
    ["JSON", '{ "bandwidth": 12 }\n'],
    ["bw_mem without a label", "67.11 6150.30\n"],
    ["a binary", `\u007fELF\u0002\u0001\0${fixture("rc-pingpong.txt")}`],
    ["UTF-16", [...fixture("rc-pingpong.txt")].join("\0")],
  ])("%s", (_name, text) => expect(refusal(text)).toBe(KNOWN));
});

test("a great many repetitions are joined", () => {
  const { measurements } = readMeasured("m", "Simple syscall: 0.0534 microseconds\n".repeat(200_000));
  expect(measurements).toMatchObject([{ values: ["cpu.syscall"], value_ps: 53400, at: { line: 1 } }]);
});

describe("damage", () => {
  test("a file cut anywhere is read or refused", () => {
    fc.assert(
      fc.property(fc.constantFrom(...NAMES), fc.double({ min: 0, max: 1, noNaN: true }), (name, at) => {
        const text = fixture(name);
        readOrRefused(text.slice(0, Math.floor(at * text.length)));
      }),
      { numRuns: 400 },
    );
  });
  test("characters replaced anywhere, some of them by what numbers are made of", () => {
    const character = fc.oneof(
      fc.constantFrom(...'0123456789.,-+eE: \t\n\r"{}[]#%'),
      fc.string({ unit: "binary", minLength: 1, maxLength: 1 }),
    );
    fc.assert(
      fc.property(
        fc.constantFrom(...NAMES),
        fc.array(fc.tuple(fc.double({ min: 0, max: 1, noNaN: true }), character), {
          minLength: 1,
          maxLength: 6,
        }),
        (name, damages) => {
          let text = fixture(name);
          for (const [at, by] of damages)
            text =
              text.slice(0, Math.floor(at * text.length)) + by + text.slice(Math.floor(at * text.length) + 1);
          readOrRefused(text);
        },
      ),
      { numRuns: 2000 },
    );
  });
  test("lines in another order, doubled or missing", () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...NAMES),
        fc.constantFrom(...NAMES),
        fc.infiniteStream(fc.nat()),
        (a, b, picks) => {
          const lines = `${fixture(a)}${fixture(b)}`.split("\n");
          readOrRefused(lines.map(() => lines[(picks.next().value as number) % lines.length]!).join("\n"));
          readOrRefused(lines.filter(() => (picks.next().value as number) % 8 !== 0).join("\n"));
        },
      ),
      { numRuns: 400 },
    );
  });
  test("any text", () => {
    fc.assert(fc.property(fc.string({ unit: "binary", maxLength: 400 }), readOrRefused), { numRuns: 300 });
  });
});
