import { expect, test } from "vitest";
import type { VerbsTrace } from "../../src/trace/read.js";
import { readRows } from "../../src/trace/verbs/read-rows.js";
import { scratch } from "../support/files.js";
import { goalTrace, line, two } from "../support/import/goal-rows.js";

const { file } = scratch();
const traceOf = (...lines: string[]): Promise<VerbsTrace> =>
  goalTrace(file("program.goal", `${lines.join("\n")}\n`));
async function allRows(...lines: string[]): Promise<string[]> {
  return [...readRows(await traceOf(...lines))].map(line);
}
const SET_UP = /open_device|alloc_pd|reg_mr|create_|modify_qp|close_device/;
/** What the threads do between set-up and end; receives are posted ahead. */
const worked = async (...lines: string[]): Promise<string[]> =>
  (await allRows(...lines)).filter((l) => !SET_UP.test(l) && !l.includes("post_recv"));
const notesOf = async (...lines: string[]): Promise<string> => (await traceOf(...lines)).notes.join("\n");
test("a message of up to 8192 bytes is a signaled SEND that a posted receive takes", async () => {
  expect(
    await allRows(
      ...two(
        ["a: calc 500", "b: send 8192b to 1 tag 3 cpu 0 nic 0", "b requires a"],
        ["recv 8192b from 0 tag 3"],
      ),
    ),
  ).toEqual([
    "0 0.0 open_device",
    "0 0.0 alloc_pd",
    "0 0.0 create_cq 0",
    "0 0.0 create_qp qp 2 cq 0 0 type 0",
    "0 0.0 modify_qp qp 2 state 1",
    "0 0.0 modify_qp qp 2 state 2 peer 3",
    "0 0.0 modify_qp qp 2 state 3",
    "0 1.0 open_device",
    "0 1.0 alloc_pd",
    "0 1.0 create_cq 0",
    "0 1.0 create_qp qp 3 cq 0 0 type 0",
    "0 1.0 modify_qp qp 3 state 1",
    "0 1.0 modify_qp qp 3 state 2 peer 2",
    "0 1.0 modify_qp qp 3 state 3",
    "0 1.0 post_recv qp 3 #0 8192",
    "500 0.0 post_send qp 2 #0 SEND 8192 signaled",
    "0 1.0 poll_cq_empty cq 0 500",
    "500 1.0 poll_cq cq 0 qp 3 #0 RECV 8192",
    "500 0.0 poll_cq cq 0 qp 2 #0 SEND 8192",
    "500 0.0 close_device",
    "500 1.0 close_device",
  ]);
});

test("a longer one is fetched once its recv has begun, and the send ends when that is said", async () => {
  const rows = await allRows(
    ...two(
      ["a: send 8193b to 1", "b: send 1b to 1 tag 1", "b requires a"],
      ["c: calc 700", "d: recv 8193b from 0", "d requires c", "recv 1b from 0 tag 1"],
    ),
  );
  expect(rows.filter((l) => l.includes("reg_mr"))).toEqual(["0 0.0 reg_mr 1 8193"]);
  expect(rows.filter((l) => !SET_UP.test(l))).toEqual([
    "0 0.0 post_recv qp 2 #0 64",
    "0 1.0 post_recv qp 3 #0 64",
    "0 1.0 post_recv qp 3 #1 64",
    "0 0.0 post_send qp 2 #0 SEND 64",
    "700 1.0 poll_cq cq 0 qp 3 #0 RECV 64",
    "700 1.0 post_send qp 3 #0 RDMA_READ 8193 signaled rkey 1",
    "700 1.0 poll_cq cq 0 qp 3 #0 RDMA_READ 8193",
    "700 1.0 post_send qp 3 #1 SEND 64",
    "0 0.0 poll_cq_empty cq 0 700",
    "700 0.0 poll_cq cq 0 qp 2 #0 RECV 64",
    "700 0.0 post_send qp 2 #1 SEND 1 signaled",
    "700 1.0 poll_cq cq 0 qp 3 #1 RECV 1",
    "700 0.0 poll_cq cq 0 qp 2 #1 SEND 1",
  ]);
});

test("data of more than 1 GiB is fetched by several READs, of which the last is signaled", async () => {
  const rows = await worked(...two([`send ${2 ** 31 + 5}b to 1`], [`recv ${2 ** 31 + 5}b from 0`]));
  expect(rows.filter((l) => l.includes("post_send") && l.includes("READ"))).toEqual([
    "0 1.0 post_send qp 3 #0 RDMA_READ 1073741824 rkey 1",
    "0 1.0 post_send qp 3 #1 RDMA_READ 1073741824 rkey 1",
    "0 1.0 post_send qp 3 #2 RDMA_READ 5 signaled rkey 1",
  ]);
});

test("requires waits for the end of an operation, irequires for its start", async () => {
  const sends = (after: string): Promise<string[]> =>
    worked(...two(["a: calc 400", "b: send 1b to 1 cpu 1", `b ${after} a`], ["recv 1b from 0"])).then(
      (rows) => rows.filter((l) => l.includes("post_send")),
    );
  expect(await sends("requires")).toEqual(["400 0.1 post_send qp 2 #0 SEND 1 signaled"]);
  expect(await sends("irequires")).toEqual(["0 0.1 post_send qp 2 #0 SEND 1 signaled"]);
});

test("labels may be used before their operations, or be missing; calc of one cpu follow each other", async () => {
  const rows = await worked(
    ...two(["z requires y", "calc 10", "y: calc 20", "z: send 0b to 1"], ["  recv 0b from 0 // no bytes"]),
  );
  expect(rows[0]).toBe("30 0.0 post_send qp 2 #0 SEND 0 signaled");
});

test("comments are left out wherever they stand", async () => {
  const rows = await worked(
    "/* two",
    "ranks */ num_ranks 2 # of them",
    "rank 0 { // the sender",
    "send /* one byte */ 1b to 1",
    "}",
    "rank 1 {",
    "recv 1b from 0",
    "/* } */ }",
  );
  expect(rows.length).toBe(3);
});

test("messages go to receives by source and tag, in the order in which they begin", async () => {
  // The message of tag 1 is there before its receive begins, and waits for it.
  const rows = await worked(
    "num_ranks 3",
    "rank 0 {",
    "a: send 1b to 1 tag 1",
    "b: send 2b to 1 tag 2",
    "}",
    "rank 1 {",
    "x: recv 2b from 0 tag 2",
    "y: recv 1b from 0 tag 1",
    "y requires x",
    "s: send 3b to 2",
    "s requires y",
    "}",
    "rank 2 {",
    "recv 3b from 1",
    "}",
  );
  const of1 = rows.filter((l) => l.includes(" 1.0 "));
  expect(of1.map((l) => l.replace(/^\d+ 1\.0 /, ""))).toEqual([
    "poll_cq cq 0 qp 3 #0 RECV 1",
    "poll_cq cq 0 qp 3 #1 RECV 2",
    "post_send qp 4 #0 SEND 3 signaled",
    "poll_cq cq 0 qp 4 #0 SEND 3",
  ]);
});

test("a recv from any source or of any tag takes what comes first, and one that names them keeps its turn", async () => {
  const rows = await worked(
    "num_ranks 3",
    "rank 0 {",
    "a: recv 9b from -1 tag -1",
    "b: recv 9b from 2 tag 5",
    "c: send 1b to 1 tag 9",
    "c requires a",
    "d: send 2b to 2 tag 9",
    "d requires b",
    "}",
    "rank 1 {",
    "w: calc 900",
    "s: send 9b to 0 tag 4",
    "s requires w",
    "recv 1b from 0 tag 9",
    "}",
    "rank 2 {",
    "w: calc 100",
    "s: send 9b to 0 tag 5",
    "t: send 9b to 0 tag 5",
    "s requires w",
    "t requires s",
    "u: calc 900",
    "u requires s",
    "t requires u",
    "recv 2b from 0 tag 9",
    "}",
  );
  // `a` began before `b`, so rank 2's first message is its; rank 1's is taken by no recv.
  expect(rows.filter((l) => l.includes(" 0.0 post_send"))).toEqual([
    "100 0.0 post_send qp 4 #0 SEND 1 signaled",
    "1000 0.0 post_send qp 3 #0 SEND 2 signaled",
  ]);
});

test("each cpu is a thread, each two that talk have a queue pair, and what is lost between cpus is counted", async () => {
  const lines = two(
    [
      "a: recv 1b from 1 cpu 0",
      "b: calc 50 cpu 1",
      "c: send 1b to 1 tag 1 cpu 1",
      "b requires a",
      "c requires b",
    ],
    ["send 1b to 0 cpu 7", "recv 1b from 0 tag 1 cpu 8"],
  );
  const trace = await traceOf(...lines);
  expect(trace.threads.map(([node, tid]) => `${node}.${tid}`)).toEqual(["0.0", "0.1", "1.7", "1.8"]);
  expect(trace.notes.join("\n")).toMatch(/^operations that wait for another cpu of their rank, .*: 1$/m);
  expect((await allRows(...lines)).filter((l) => l.includes("create_qp")).length).toBe(4);
});

test("what is left out or differs is counted", async () => {
  const notes = await notesOf(
    ...two(
      ["send 5b to 0 tag 2", "recv 5b from 0 tag 2", "send 10b to 1", "send 3b to 1 tag 77 cpu 0 nic 2"],
      ["recv 4b from 0"],
    ),
  );
  expect(notes).toMatch(/^messages of ranks to themselves, .*: 1$/m);
  expect(notes).toMatch(/^messages that no recv takes, .*: 1$/m);
  expect(notes).toMatch(/^messages that are longer than their recv, .*: 1$/m);
  expect(notes).toMatch(/^operations that name another NIC than 0: .*: 1$/m);
});

test("waits longer than a row can say are several, and the end of the last calc is in the trace", async () => {
  const rows = await allRows(
    ...two(
      ["a: calc 10000000000", "b: send 1b to 1", "b requires a"],
      ["c: recv 1b from 0", "d: calc 5", "d requires c"],
    ),
  );
  expect(rows.filter((l) => l.includes("poll_cq_empty"))).toEqual([
    "0 1.0 poll_cq_empty cq 0 4294967294",
    "4294967294 1.0 poll_cq_empty cq 0 4294967294",
    "8589934588 1.0 poll_cq_empty cq 0 1410065412",
  ]);
  expect(rows.at(-1)).toBe("10000000005 1.0 close_device");
});
