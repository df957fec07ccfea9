import { describe, expect, test } from "vitest";
import { readMeasured } from "../../../src/calibrate/read/read.js";
import { changed, fixture, measured, refusal } from "../../support/calibrate/measured.js";

const LOOSE = fixture("perftest-loose.json"),
  STRICT = fixture("perftest-bw.json");

describe("what --out_json writes", () => {
  test("before 2024: bare names and texts, commas before braces", () => {
    const { tool, measurements, notes } = measured("perftest-loose.json");
    expect({ tool, measurements, notes }).toEqual({
      tool: "perftest",
      notes: [],
      measurements: [
        {
          kind: "run",
          at: { file: "m", line: 20 },
          tool: "perftest",
          workload: "write-lat",
          quantity: "latency",
          value: 1.53e6,
          spread: (1.66 - 1.53) / 2.326 / 1.53,
          options: { qps: 1, transport: "RC", txDepth: 1, mtu: 4096, inline: 220, size: 256, iters: 5000 },
        },
      ],
    });
  });
  test("since: JSON, whose unit the message rate tells", () => {
    const { measurements, notes } = measured("perftest-bw.json");
    expect(measurements).toMatchObject([
      {
        workload: "send-bw",
        quantity: "bandwidth",
        value: 0.351906e6 * 65536,
        options: { bidirectional: true, qps: 4, rxDepth: 512, cqMod: 1, size: 65536 },
      },
    ]);
    expect(notes).toEqual([
      "the file does not say the unit of its bandwidths: it was told from the message rates",
    ]);
    expect(readMeasured("m", changed(STRICT, "184.50", "21994.13")).measurements).toEqual([
      { ...measurements[0], value: 21994.13 * 2 ** 20 },
    ]);
  });
  test("on one line, and several reports after each other", () => {
    const line = JSON.stringify(JSON.parse(STRICT));
    expect(readMeasured("m", line).measurements).toMatchObject([
      { value: 0.351906e6 * 65536, at: { line: 1 } },
    ]);
    expect(readMeasured("m", `${STRICT}${LOOSE}`).measurements.map((m) => m.at.line)).toEqual([22, 49]);
  });
  test("missing commas", () => {
    expect(readMeasured("m", changed(STRICT, "65536,", "65536")).measurements).toEqual(
      measured("perftest-bw.json").measurements,
    );
    expect(readMeasured("m", LOOSE.replaceAll(",", "")).measurements).toEqual(
      measured("perftest-loose.json").measurements,
    );
  });
});

describe("what cannot be understood is refused", () => {
  const CUT = "the file was cut",
    OWN = "give perftest's own file";
  test.each<[string, string, string]>([
    [
      "cut",
      STRICT.slice(0, STRICT.indexOf('"BW_average')),
      `m: line 25: ends within an object: ${CUT}, give all of it`,
    ],
    [
      "cut in a name",
      STRICT.slice(0, STRICT.indexOf('average":')),
      `m: line 26: has a quote that does not end on its line: ${CUT} or damaged, ${OWN}`,
    ],
    [
      "cut before the results",
      STRICT.slice(0, STRICT.indexOf('"results"')) + "}",
      `m: line 1: begins a report without results: ${CUT} or is not of one run, ${OWN}`,
    ],
    [
      "nan",
      changed(STRICT, "184.50", "nan"),
      'm: line 22: BW average is "nan": it is no number, as when nothing was measured: measure again',
    ],
    [
      "zero",
      changed(LOOSE, "t_typical: 1.53", "t_typical: 0.00"),
      'm: line 20: t_typical is "0.00": it must be above 0: measure again',
    ],
    [
      "no size",
      changed(STRICT, '"MsgSize": 65536,\n', ""),
      "m: line 22: has no #bytes: run the test without --output",
    ],
    [
      "no rate",
      changed(changed(STRICT, "184.50,", "184.50"), '"MsgRate": 0.351906\n', ""),
      "m: line 22: has no unit and no MsgRate to tell it: give the text that the test prints",
    ],
    [
      "contradiction",
      changed(STRICT, "184.50", "200.00"),
      'm: line 22: BW average is "200.00", which is not what MsgRate, "0.351906", ' +
        "makes of messages of 65536 bytes: give the tool's own output",
    ],
    [
      "no test",
      changed(STRICT, '"test": "Send_Bidirectional_BW_Test",', ""),
      `m: line 2: test_info does not name the test: ${OWN}`,
    ],
    [
      "other test",
      changed(STRICT, "Send_Bidirectional_BW_Test", "RDMA_Write_imm_BW_Test"),
      'm: line 3: the test is "RDMA_Write_imm_BW_Test", ' +
        "which no workload of verbscope stands for: give one of ib_send_lat, " +
        "ib_send_bw, ib_write_lat, ib_write_bw, ib_read_lat, ib_read_bw, ib_atomic_lat",
    ],
    [
      "twice",
      changed(STRICT, '"BW_peak": 0.00', '"MsgRate": 0.351906'),
      `m: line 27: "MsgRate" is there twice: give the file of one run`,
    ],
    [
      "no value",
      changed(STRICT, '"TX_depth": 128', '"TX_depth": '),
      `m: line 12: "TX_depth" has no value: ${OWN}`,
    ],
    [
      "no colon",
      changed(STRICT, '"TX_depth": 128', '"TX_depth" 128'),
      `m: line 12: "TX_depth" has no colon behind it: ${OWN}`,
    ],
    [
      "array",
      changed(STRICT, '"TX_depth": 128', '"TX_depth": [128]'),
      `m: line 12: "TX_depth" has no value: ${OWN}`,
    ],
    ["text behind", `${STRICT}end\n`, `m: line 30: "end" stands where an object is due: ${OWN}`],
    ["a brace too many", `${STRICT}}\n`, `m: line 30: "}" stands where an object is due: ${OWN}`],
    [
      "colon first",
      changed(STRICT, '"TX_depth": 128', ": 128"),
      `m: line 12: ":" stands where a name is due: ${OWN}`,
    ],
    ["an object", changed(STRICT, "184.50", '{ "a": 1 }'), `m: line 26: BW_average is an object: ${OWN}`],
    [
      "deep",
      changed(STRICT, "184.50", `${'{ "a": '.repeat(20)}1${"}".repeat(20)}`),
      `m: line 26: has objects in objects deeper than perftest writes them: give its own file`,
    ],
  ])("%s", (_name, text, message) => expect(refusal(text)).toBe(message));
});
