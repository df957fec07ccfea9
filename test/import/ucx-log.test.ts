import { describe, expect, test } from "vitest";
import { importUcxLog } from "../../src/import/ucx/ucx-log.js";
import type { Imported } from "../../src/import/verbs/run.js";
import { bytesSource } from "../../src/trace/container/source.js";
import { openSource } from "../../src/trace/read.js";
import type { VerbsRow } from "../../src/trace/table/rows.js";
import { readRows } from "../../src/trace/verbs/read-rows.js";
import { encodeVerbs } from "../../src/trace/verbs/write.js";
import { scratch } from "../support/files.js";
import { UcxLog } from "../support/import/ucx-logs.js";

const { file } = scratch();
const START_US = 1_795_942_815_000_000;
const QP = 0x1a2;
const log = (): UcxLog => new UcxLog({ host: "node1", pid: 4711 }, START_US);
const traceOf = ({ builder, metadata }: Imported) =>
  openSource(bytesSource("ucx.arrow", encodeVerbs(builder, metadata)));
const imported = (written: UcxLog): Promise<Imported> =>
  importUcxLog([file("ucx.node1.4711.log", written.bytes())]);
const rowsOf = async (written: UcxLog): Promise<VerbsRow[]> => [
  ...readRows(traceOf(await imported(written))),
];
/** Rows behind the set-up, as far as a test names columns. */
const worked = async (written: UcxLog, ...columns: (keyof VerbsRow)[]): Promise<unknown[][]> =>
  (await rowsOf(written))
    .slice((await rowsOf(written)).findIndex((r) => r.verb === "post_send"))
    .map((r) => [r.verb, ...columns.map((c) => r[c])]);

describe("a work request", () => {
  test("has the SGEs, the remote address and the flags of its line", async () => {
    const [row] = (
      await rowsOf(
        log().verbs(
          QP,
          0x2f,
          "RDMA_WRITE sfe [rva 0x7f1200001000 rkey 0x1a2b] [va 0x7f3a20000000 len 64 lkey 0x77] " +
            "[va 0x7f3a20001000 len 4096 lkey 0x78]",
        ),
      )
    ).filter((r) => r.verb === "post_send");
    expect(row).toMatchObject({
      t: 1_795_942_815_000_000_000n,
      qp: QP,
      wr_id: 0x2fn,
      opcode: "RDMA_WRITE",
      flags: 1 | 4 | 8,
      length: 4160,
      num_sge: 2,
      sge: [
        { addr: 0x7f3a20000000n, length: 64, lkey: 0x77 },
        { addr: 0x7f3a20001000n, length: 4096, lkey: 0x78 },
      ],
      remote_addr: 0x7f1200001000n,
      rkey: 0x1a2b,
    });
  });
  test("a READ completes before the next line of its QP that is none", async () => {
    const read = "RDMA_READ s-- [rva 0x7f1200001000 rkey 0x1a2b] [va 0x7f3a20000000 len 64 lkey 0x77]";
    expect(
      await worked(
        log().verbs(QP, 1, read).verbs(QP, 2, read).verbs(QP, 3, "SEND s-- [inl len 8] -- am 2 TAG"),
        "wr_id",
        "opcode",
        "t",
        "dur",
      ),
    ).toEqual([
      ["post_send", 1n, "RDMA_READ", 1_795_942_815_000_000_000n, 0],
      ["post_send", 2n, "RDMA_READ", 1_795_942_815_000_001_000n, 0],
      ["poll_cq_empty", 0n, "NONE", 1_795_942_815_000_001_000n, 2000],
      ["poll_cq", 1n, "RDMA_READ", 1_795_942_815_000_003_000n, 0],
      ["poll_cq", 2n, "RDMA_READ", 1_795_942_815_000_003_000n, 0],
      ["post_send", 3n, "SEND", 1_795_942_815_000_003_000n, 0],
      ["poll_cq", 3n, "SEND", 1_795_942_815_000_003_000n, 0],
    ]);
  });
});
