/** What a file looks like that is not what was wanted, and what to do with it, for a sentence. */
export interface Look {
  readonly what: string;
  readonly todo: string;
  /** Much looks like it. */
  readonly vague: boolean;
  /** It is a document of ours, JSON from its first byte to its last. */
  readonly document: boolean;
}
type Kind = readonly [RegExp, string, (file: string) => string];

const imported = (format: string) => (file: string) =>
  `turn it into a trace with: verbscope import ${format} ${file} -o trace.arrow`;
const packed = (): string => "unpack it, or name it to verbscope import, which reads it as it is";
const ours = (schema: string): RegExp =>
  new RegExp(`^\\s*\\{[\\s\\S]*"schema"\\s*:\\s*"verbscope\\.${schema}/`);

/** By the first bytes, as latin1; the first that fits counts. */
const KINDS: readonly Kind[] = [
  [/^(ARROW1|\xff\xff\xff\xff)/, "an Arrow file", (f) => `show what is in it with: verbscope inspect ${f}`],
  [
    /^PAR1/,
    "a Parquet file",
    () => "write it as Arrow (pyarrow, polars and DuckDB can), then: verbscope import arrow",
  ],
  [/^\x1f\x8b/, "a gzip file", packed],
  [/^\xfd7zXZ/, "an xz file", packed],
  [/^\x28\xb5\x2f\xfd/, "a zstd file", packed],
  [/^(BZh|\x04\x22\x4d\x18|PK\x03\x04)/, "a packed file", packed],
  [
    /^(\xd4\xc3\xb2\xa1|\xa1\xb2\xc3\xd4|\x4d\x3c\xb2\xa1|\xa1\xb2\x3c\x4d|\x0a\x0d\x0d\x0a)/,
    "a packet capture",
    imported("pcap"),
  ],
  [/^VERBSCAP/, "a recording of verbs", imported("verbs-recorder")],
  [ours("result"), "a result", (f) => `print it with: verbscope report ${f}`],
  [ours("path"), "a path document", (f) => `replay a trace on it with: --paths ${f}`],
  [ours("testbed"), "a testbed document", (f) => `replay a trace on it with: --testbed ${f}`],
  [ours("points"), "a document of points", (f) => `run it with: verbscope validate --points ${f}`],
  [
    ours("set"),
    "a set of traces",
    (f) => `replay it with: verbscope replay ${f}, or name one of the files that it lists`,
  ],
  [/^\s*\{[^\n]*"ev"\s*:/, "a recording of verbs", imported("verbs-jsonl")],
  [/^\[\d+\.\d{6}\] [^\n]*:\d+ +UCX +[A-Z]+ /, "a log of UCX", imported("ucx-log")],
  [/^(\s|\/\/[^\n]*\n)*num_ranks[ \t]+\d/, "a GOAL schedule", imported("goal")],
  [
    /^(\[[\d :.-]+\] [^\n]*|usdt,[\d,]+,)rdma_core_\w+:\w+/,
    "a trace of rdma-core",
    imported("rdma-core-text"),
  ],
  [/^\s*[{[]/, "JSON", () => "see docs/trace-format.md for what a trace is"],
  [/^(==\d+==|I {2}| [SLM] )[^\n]*/, "output of valgrind's lackey", imported("lackey")],
  [/^(#window|[LSM],[0-9a-f]+,\d+)/, "a table of memory accesses", imported("memory-csv")],
  [/^[ -~\t\n]*: +(?:kvm:)?kvm_(?:exit|entry): /, "a trace of KVM's exits", imported("kvm-exits")],
  [/^[ -~\t\n]*\b(?:un)?map: +IOMMU: iova=/, "a trace of an IOMMU", imported("iommu-map")],
  [/^vaddr,bytes,/, "a page map", imported("mapping-csv")],
  [/^[\t\n\r -~]+$/, "text", () => "verbscope import --help lists the recordings that can be read"],
];

const VAGUE: ReadonlySet<string> = new Set(["JSON", "text"]),
  DOCUMENTS: ReadonlySet<string> = new Set([
    "a result",
    "a path document",
    "a testbed document",
    "a document of points",
    "a set of traces",
  ]);

/** `head` is the file's beginning, a few hundred bytes. */
export function looksLike(head: Uint8Array, file: string): Look | undefined {
  const text = String.fromCharCode(...head.subarray(0, 512));
  const kind = KINDS.find(([start]) => start.test(text));
  return (
    kind && {
      what: kind[1],
      todo: kind[2](file),
      vague: VAGUE.has(kind[1]),
      document: DOCUMENTS.has(kind[1]),
    }
  );
}
/** Most bytes that `looksLike` wants. */
export const HEAD_BYTES = 512;
