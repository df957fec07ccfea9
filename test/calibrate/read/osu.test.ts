import { describe, expect, test } from "vitest";
import { readMeasured } from "../../../src/calibrate/read/read.js";
import { changed, fixture, measured, refusal } from "../../support/calibrate/measured.js";

const LATENCY = fixture("osu-latency.txt"),
  RATES = fixture("osu-mbw-mr.txt"),
  BOTH = fixture("osu-bibw.txt");
const MPI = [
  "what MPI itself takes is in these figures: the fit counts it as the library's",
  "MPI sends large messages by rendezvous, which send-lat and send-bw do not",
];

describe("what the micro-benchmarks say", () => {
  test("latencies are half round trips", () => {
    const { tool, measurements, notes } = measured("osu-latency.txt");
    expect({ tool, notes }).toEqual({ tool: "osu", notes: MPI });
    expect(measurements.map((m) => m.at.line)).toEqual([3, 4, 5, 6, 7]);
    expect(measurements[2]).toEqual({
      kind: "run",
      at: { file: "m", line: 5 },
      tool: "osu",
      workload: "send-lat",
      options: { size: 64 },
      quantity: "latency",
      value: 1.21e6,
    });
  });
  test("bandwidths are in 10^6 bytes, of a window of 64 messages", () => {
    expect(measured("osu-mbw-mr.txt").measurements).toMatchObject([
      { workload: "send-bw", value: 7.31e6, options: { qps: 2, txDepth: 64, size: 1 } },
      { value: 11873.2e6 },
    ]);
    const { measurements, notes } = measured("osu-bibw.txt");
    expect(measurements).toMatchObject([
      {
        workload: "send-bw",
        quantity: "bandwidth",
        value: 9120.44e6,
        options: { bidirectional: true, txDepth: 64, size: 4096 },
      },
      { value: 23110.05e6 },
    ]);
    expect(notes).toEqual([
      ...MPI,
      "osu's bandwidth tests wait for an answer after each window of messages: send-bw does not",
    ]);
    expect(
      readMeasured(
        "m",
        changed(changed(BOTH, "Bi-Directional ", ""), "        Validation", "").replace(/ +Pass/g, ""),
      ).measurements,
    ).toMatchObject([{ options: { txDepth: 64 }, value: 9120.44e6 }, {}]);
  });
  test("newer columns, carriage returns, what mpirun prints", () => {
    const read = readMeasured(
      "m",
      "[node-a] binding to core " +
        `0\n${changed(LATENCY, "Latency (us)", "Avg Lat(us)").replaceAll("\n", "\r\n")}`,
    );
    expect(read.measurements.map((m) => m.kind === "run" && m.value)).toEqual(
      measured("osu-latency.txt").measurements.map((m) => m.kind === "run" && m.value),
    );
    expect(read.notes).toEqual([...MPI, "1 line of other output was read past"]);
  });
});

describe("what cannot be used is refused", () => {
  const OWN = "give the tool's own output",
    CUT = "the file was cut, give all of it";
  test.each<[string, string, string]>([
    [
      "zero",
      changed(LATENCY, "1.21", "0.00"),
      'm: line 5: Latency is "0.00": it must be above 0: measure again',
    ],
    [
      "negative",
      changed(LATENCY, "1.21", "-1.21"),
      'm: line 5: Latency is "-1.21": it is negative: measure again',
    ],
    [
      "comma",
      changed(LATENCY, "1.21", "1,21"),
      'm: line 5: Latency is "1,21": it has a comma, ' +
        "and whether that ends the whole part is not known: " +
        "run the tool with LC_ALL=C",
    ],
    [
      "nan elsewhere",
      changed(RATES, "7312450.10", "nan"),
      'm: line 5: Messages/s is "nan": it is no number, as when nothing was measured: measure again',
    ],
    [
      "size",
      changed(LATENCY, "\n64 ", "\n6.4 "),
      `m: line 5: Size is "6.4": it must be a whole number of at least 0: ${OWN}`,
    ],
    [
      "cut row",
      changed(LATENCY, "65536                  10.42\n", "65536"),
      `m: line 7: has 1 of 2 columns, "figure" is missing: ${CUT}`,
    ],
    ["cut digits", LATENCY.slice(0, -2), `m: line 7: ends within "figure": ${CUT}`],
    [
      "no row",
      LATENCY.slice(0, LATENCY.indexOf("0  ")),
      "m: line 2: begins a test that has no row of figures: " +
        "the file was cut or the test failed, give the output of a whole run",
    ],
    [
      "title alone",
      LATENCY.slice(0, LATENCY.indexOf("# Size")),
      "m: line 1: begins a test that has no row of figures: " +
        "the file was cut or the test failed, give the output of a whole run",
    ],
    [
      "columns",
      changed(LATENCY, "Latency (us)", "Bandwidth (MB/s)"),
      `m: line 2: the columns are not those of a latency test: ${OWN}`,
    ],
    [
      "validation",
      changed(BOTH, "23110.05              Pass", "23110.05              Fail"),
      'm: line 5: the validation says "Fail": the data were wrong, measure again',
    ],
    [
      "collective",
      changed(LATENCY, "MPI Latency", "MPI Allreduce Latency"),
      'm: line 1: the test is "Allreduce Latency": give osu_latency, osu_bw, osu_bibw or osu_mbw_mr',
    ],
    [
      "accelerators",
      changed(LATENCY, "OSU MPI", "OSU MPI-CUDA"),
      'm: line 1: the test is of "MPI-CUDA": give one of MPI between hosts\' memories',
    ],
    [
      "pairs",
      changed(RATES, "pairs: 2", "pairs: 0"),
      `m: line 2: pairs is "0": it must be a whole number of at least 1: ${OWN}`,
    ],
    [
      "too large",
      changed(LATENCY, "65536 ", "6553600000000 "),
      "m: line 7: the run cannot be simulated: generate send-lat: " +
        "size is 6553600000000: give a whole number from 0 to 2147483648",
    ],
  ])("%s", (_name, text, message) => expect(refusal(text)).toBe(message));
});
