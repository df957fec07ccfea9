import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { Result } from "../../src/replay/result/document.js";
import { command } from "../support/command.js";
import { scratch } from "../support/files.js";
import { cutSide } from "./cut-side.js";

const { folder, file } = scratch();
const run = file(
  "run.arrow",
  Buffer.concat(Array.from(cutSide("write-lat-8", 1, 0.1).bytes(), (b) => Buffer.from(b))),
);

test("replay --partial, and what report makes of its result", async () => {
  expect(await command("replay", run)).toMatchObject({
    status: 2,
    stdout: "",
    stderr: expect.stringMatching(/deadlock: .*with replay --partial\n$/) as string,
  });
  const replayed = await command("replay", run, "--partial", "--json", "--paths", "native,virt-ib");
  expect(replayed).toMatchObject({ status: 0, stderr: "" });
  const result = JSON.parse(replayed.stdout) as Result,
    [left] = result.trace.left_out!;
  expect(left).toMatchObject({ node: 0, name: "server", why: "waits for RDMA WRITEs of the peer" });
  const [timeline, tables] = [join(folder, "t.json"), join(folder, "tables")];
  const report = await command(
    "report",
    file("r.json", replayed.stdout),
    ...["--perfetto", timeline, "--path", "virt-ib", "--csv", tables, "--operations"],
  );
  expect(report.status, report.stderr).toBe(0);
  // Timeline and operations are those of the rows that were replayed.
  const posted = result.replays[1]!.operations.filter(
    (o) => o.verb === "post_send" && o.opcode !== "NONE",
  ).reduce((n, o) => n + o.count, 0);
  const virtIb = readFileSync(join(tables, "operation_latencies.csv"), "utf8").match(/^virt-ib,/gm)!;
  expect(virtIb).toHaveLength(posted);
  expect(readFileSync(timeline, "utf8").match(/"ph":"B".*"name":"post_send"/g)).toHaveLength(posted);
});
test("--partial is about a verbs trace alone", async () => {
  expect(await command("replay", "traces/sort.arrow", "--partial")).toMatchObject({
    status: 2,
    stderr: expect.stringMatching(/--partial is about .*; give one, or leave it out\n$/) as string,
  });
  expect(await command("replay", run, "traces/sort.arrow", "--partial")).toMatchObject({
    status: 2,
    stderr: expect.stringMatching(/leave the memory trace or --partial out\n$/) as string,
  });
});
