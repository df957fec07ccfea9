import { gzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { packageText, readJson } from "../../src/files.js";
import { looksLike } from "../../src/looks-like.js";
import { openAnyTrace } from "../../src/trace/read.js";
import { scratch } from "../support/files.js";
import { refused } from "../support/refused.js";

const { file } = scratch();
const lackey = packageText("test/import/fixtures/lackey/lackey.txt"),
  verbs = packageText("test/import/fixtures/verbs-jsonl/rping.client.jsonl");

test("a file that is something else is called what it looks like, with what to do", () => {
  const cases: [string, string | Uint8Array, RegExp][] = [
    ["l.txt", lackey, /looks like output of valgrind's lackey: .*verbscope import lackey .*l\.txt -o/],
    ["v.jsonl", verbs, /looks like a recording of verbs: .*verbscope import verbs-jsonl/],
    ["r.json", '{"schema": "verbscope.result/1", ', /looks like a result: print it with: verbscope report/],
    ["p.json", packageText("paths/memlink.json"), /looks like a path document: .*--paths/],
    ["t.json", packageText("testbeds/modern.json"), /looks like a testbed document: .*--testbed/],
    ["x.parquet", "PAR1 and so on PAR1", /looks like a Parquet file: write it as Arrow/],
    ["z.gz", gzipSync(lackey), /looks like a gzip file: unpack it/],
    ["c.pcap", Uint8Array.of(0xd4, 0xc3, 0xb2, 0xa1, 2, 0, 4, 0), /looks like a packet capture/],
    [
      "u.log",
      packageText("test/import/fixtures/ucx-log/rc-verbs.node1.log"),
      /looks like a log of UCX: .*import ucx-log/,
    ],
    [
      "x.goal",
      packageText("test/import/fixtures/goal/exchange.goal"),
      /looks like a GOAL schedule: .*import goal/,
    ],
    [
      "t.txt",
      packageText("test/import/fixtures/rdma-core-text/hns.both.txt"),
      /looks like a trace of rdma-core: .*import rdma-core-text/,
    ],
    [
      "k.txt",
      packageText("test/import/fixtures/kvm-exits/trace-cmd.amd.txt"),
      /looks like a trace of KVM's exits: .*import kvm-exits/,
    ],
    [
      "i.txt",
      packageText("test/import/fixtures/iommu-map/perf.txt"),
      /looks like a trace of an IOMMU: .*import iommu-map/,
    ],
    ["m.csv", packageText("test/import/fixtures/mapping-csv/pages.csv"), /looks like a page map/],
    ["a.csv", packageText("test/import/fixtures/memory-csv/accesses.csv"), /looks like a table of memory/],
    ["n.md", packageText("README.md"), /looks like text/],
  ];
  for (const [name, content, says] of cases)
    expect(
      refused(() => openAnyTrace(file(name, content))),
      name,
    ).toMatch(says);
});

test("a trace where a document is wanted is called a trace; JSON with a slip keeps its place", () => {
  expect(refused(() => readJson(file("t.arrow", "ARROW1\0\0")))).toMatch(
    /no JSON document, but looks like an Arrow/,
  );
  expect(refused(() => readJson(file("b.json", '{"a": 1,}')))).toMatch(/b\.json: is not JSON \(.*position 8/);
});

test("a document that is nested without end is refused", () => {
  expect(refused(() => readJson(file("d.json", "[".repeat(101) + "]".repeat(101))))).toMatch(
    /more than 100 deep/,
  );
  expect(refused(() => readJson(file("e.json", "[".repeat(200_000))))).toMatch(/is not JSON/);
});

test("what looks like nothing known is left to the reader", () =>
  expect(looksLike(Uint8Array.of(0x10, 0, 0, 0, 0xfe), "x")).toBeUndefined());
