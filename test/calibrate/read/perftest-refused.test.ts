import { describe, expect, test } from "vitest";
import { changed, fixture, refusal } from "../../support/calibrate/measured.js";

const LATENCY = fixture("perftest-send-lat.txt"),
  OLD = fixture("perftest-read-lat-old.txt"),
  GBITS = fixture("perftest-send-bw-gbits.txt");
const BIDIRECTIONAL = fixture("perftest-write-bw-old.txt"),
  SAMPLES = fixture("perftest-samples.txt");

const CUT = "the file was cut, give all of it",
  OWN = "give the tool's own output";
describe("what is not a report is refused with file, line and column", () => {
  test.each<[string, string, string]>([
    [
      "zero",
      changed(OLD, "2.20", "0.00"),
      'm: line 17: t_typical is "0.00": it must be above 0: measure again',
    ],
    [
      "negative",
      changed(OLD, "2.20", "-2.20"),
      'm: line 17: t_typical is "-2.20": it is negative: measure again',
    ],
    [
      "nan",
      changed(OLD, "2.20", "-nan"),
      'm: line 17: t_typical is "-nan": it is no number, as when nothing was measured: measure again',
    ],
    [
      "inf",
      changed(GBITS, "92.30", "inf  "),
      'm: line 24: BW average is "inf": it is no number, as when nothing was measured: measure again',
    ],
    [
      "comma",
      changed(OLD, "2.20", "2,20"),
      'm: line 17: t_typical is "2,20": it has a comma, ' +
        "and whether that ends the whole part is not known: " +
        "run the tool with LC_ALL=C",
    ],
    [
      "letters",
      changed(OLD, "2.20", "2.2O"),
      `m: line 17: t_typical is "2.2O": it is not a decimal number: ${OWN}`,
    ],
    [
      "other column",
      changed(LATENCY, "1.05 ", "abc "),
      `m: line 23: t_avg is "abc": it is not a decimal number: ${OWN}`,
    ],
    [
      "size",
      changed(OLD, " 2       1000", " 2.5       1000"),
      `m: line 17: #bytes is "2.5": it must be a whole number of at least 0: ${OWN}`,
    ],
    [
      "out of order",
      changed(OLD, "2.20", "12.20"),
      `m: line 17: t_typical is 12.20, which is not within t_min and t_max, 2.11 and 9.87: ${OWN}`,
    ],
    [
      "cut row",
      OLD.slice(0, OLD.indexOf("2.20")),
      `m: line 17: has 4 of 5 columns, "t_typical" is missing: ${CUT}`,
    ],
    ["cut digits", OLD.slice(0, OLD.indexOf("2.20") + 3), `m: line 17: ends within "t_typical": ${CUT}`],
    [
      "no row",
      OLD.slice(0, OLD.indexOf(" 2       1000")),
      "m: line 16: begins a test that has no row of figures: " +
        "the file was cut or the test failed, give the output of a whole run",
    ],
    [
      "title alone",
      OLD.slice(0, OLD.indexOf(" Dual-port")),
      "m: line 2: begins a test that has no row of figures: " +
        "the file was cut or the test failed, give the output of a whole run",
    ],
    [
      "too many columns",
      changed(OLD, "2.20", "2.20  2.30"),
      `m: line 17: has 6 columns, but the header names 5: ${OWN}`,
    ],
    [
      "header alone",
      OLD.slice(OLD.indexOf(" #bytes")),
      "m: line 1: is a table without perftest's lines above it, which name the test: give the whole output",
    ],
    [
      "both units",
      changed(GBITS, "BW peak[Gb/sec]", "BW peak[MB/sec]"),
      `m: line 22: the columns are of several units: ${OWN}`,
    ],
    [
      "header of another test",
      changed(OLD, "RDMA_Read Latency", "RDMA_Read BW"),
      `m: line 16: the columns are not those of a bandwidth test: ${OWN}`,
    ],
    [
      "wrong unit",
      changed(GBITS, "BW average[Gb/sec]", "BW average[MB/sec]").replace(
        "BW peak[Gb/sec]",
        "BW peak[MB/sec]",
      ),
      `m: line 23: BW average is "3.39", which is not what MsgRate, ` +
        `"6.621094", makes of messages of 64 bytes: ${OWN}`,
    ],
    [
      "transport",
      changed(OLD, ": RC", ": XRC"),
      'm: line 5: the connection type is "XRC": verbscope simulates RC, UC, UD, measure one of them',
    ],
    [
      "two ports",
      changed(OLD, ": OFF\t\tDevice", ": ON\t\tDevice"),
      "m: line 3: both ports were used: verbscope simulates one, measure one of them",
    ],
    [
      "unknown test",
      changed(OLD, "RDMA_Read Latency", "Raw Ethernet Latency"),
      'm: line 2: the test is "Raw Ethernet Latency Test", ' +
        "which no workload of verbscope stands for: give one of ib_send_lat, " +
        "ib_send_bw, ib_write_lat, ib_write_bw, ib_read_lat, ib_read_bw, ib_atomic_lat",
    ],
    [
      "directions without their sum",
      changed(BIDIRECTIONAL, " 65536", " Local results: \n 65536"),
      "m: line 17: begins a test that has no row of figures: " +
        "the file was cut or the test failed, give the output of a whole run",
    ],
    [
      "mtu",
      changed(OLD, "2048[B]", "2000[B]"),
      "m: line 17: the run cannot be simulated: generate read-lat: " +
        "mtu is 2000: give 256, 512, 1024, 2048, 4096",
    ],
    [
      "queue pairs",
      changed(OLD, "qps   : 1", "qps   : 0"),
      `m: line 4: Number of qps is "0": it must be a whole number of at least 1: ${OWN}`,
    ],
    [
      "cycles",
      changed(SAMPLES, "#, usec", "#, cycles"),
      "m: line 13: the samples are in cycles of a counter whose rate is not " +
        "in the file: run the test without --report-cycles",
    ],
    [
      "samples of another unit",
      changed(SAMPLES, "#, usec", "#, msec"),
      'm: line 13: the samples are in "msec": give samples in usec',
    ],
    [
      "a sample missing",
      changed(SAMPLES, "4, 1.205\n", ""),
      "m: line 17: is sample 5 where 4 is due: give all samples of one run",
    ],
    [
      "a sample of nothing",
      changed(SAMPLES, "1.205", "0"),
      'm: line 17: the sample is "0": it must be above 0: measure again',
    ],
    [
      "samples without unit",
      changed(SAMPLES, "#, usec\n", ""),
      "m: line 13: is a sample without the line above the first that " +
        "says its unit: give all samples of one run",
    ],
    [
      "samples alone",
      SAMPLES.slice(0, SAMPLES.indexOf("9, 1.21")),
      `m: line 13: begins samples that no row with their size follows: ${CUT}`,
    ],
    [
      "samples of another run",
      changed(SAMPLES, "7.70         1.20", "7.70         2.20"),
      "m: line 25: t_typical is 2.20, but the median of the samples " +
        "before it is 1.21: give the output of one run",
    ],
    [
      "long line",
      `${OLD}${"x".repeat(70_000)}\n`,
      "m: line 19: is longer than 65536 characters: give the tool's own output",
    ],
    [
      "escape sequences",
      changed(OLD, "2.20", "\u001b[31m2"),
      'm: line 17: t_typical is "\\u001b[31m2": it is not a decimal number: give the tool\'s own output',
    ],
  ])("%s", (_name, text, message) => expect(refusal(text)).toBe(message));
});
