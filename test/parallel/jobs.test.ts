// Replays on other threads: the same results, and the same refusals.
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { Crew } from "../../src/cli/parallel/crew.js";
import { replayArguments } from "../../src/cli/support/replay-options.js";
import { UserError } from "../../src/errors.js";
import { loadPath } from "../../src/path/load.js";
import { verbsSession } from "../../src/replay/replay.js";
import { loadTestbed } from "../../src/testbed/load.js";
import { openTrace } from "../../src/trace/read.js";
import { measure } from "../../src/validate/measure.js";
import type { Point } from "../../src/validate/points.js";
import { command } from "../support/command.js";

const TRACE = fileURLToPath(new URL("../../traces/rc-pingpong-4k.arrow", import.meta.url));
const testbed = loadTestbed("thesis-2014");
const options = replayArguments({
  testbed: "thesis-2014",
  set: [],
  think: "auto",
  peer: "same",
  link: undefined,
  placement: undefined,
  mapping: undefined,
});
const recipe = { command: "replay", files: [TRACE], testbed, options };

test("replays of threads are those of this one, on every testbed", () => {
  const crew = new Crew(recipe, 2),
    trace = openTrace(TRACE),
    session = verbsSession(trace, testbed),
    other = loadTestbed("modern");
  const tasks = [testbed, other].flatMap((machine) =>
    ["native", "virt-ib", "sr-iov"].map((name) => ({ path: loadPath(name), testbed: machine })),
  );
  const tickets = tasks.map((t) => crew.ask({ kind: "replay", ...t }));
  // Asked for in another order than they were given in.
  for (const i of [...tasks.keys()].reverse())
    expect(crew.wait(tickets[i]!)).toEqual(session.on(tasks[i]!.testbed).run(tasks[i]!.path));
  trace.close();
});

test("what a thread refuses is refused here, in the same words", () => {
  const { "vm.exit_heavy": _gone, ...values } = testbed.values,
    lacking = { ...testbed, values },
    path = loadPath("virt-ib"),
    trace = openTrace(TRACE);
  const local = (): unknown => verbsSession(trace, testbed).on(lacking).run(path);
  expect(local).toThrow(UserError);
  let words = "";
  try {
    local();
  } catch (e) {
    words = (e as Error).message;
  }
  const crew = new Crew(recipe, 1),
    refused = crew.ask({ kind: "replay", path, testbed: lacking }),
    next = crew.ask({ kind: "replay", path, testbed });
  expect(() => crew.wait(refused)).toThrow(new UserError(words));
  expect(crew.wait(next)).toEqual(verbsSession(trace, testbed).run(path)); // and the thread goes on
  trace.close();
});

test("a point is measured as it is here", () => {
  const file = new URL("../../points/published.json", import.meta.url),
    { points } = JSON.parse(readFileSync(file, "utf8")) as { points: Point[] };
  const point = points.find((p) => !Array.isArray(p.workload) && "pcie" in p.workload)!;
  const crew = new Crew(undefined, 1);
  expect(crew.wait(crew.ask({ kind: "measure", point }))).toBe(measure(point, loadTestbed(point.testbed)));
});

test.each(["0", "1.5", "257", "all"])("--jobs %s is refused", async (jobs) => {
  const { status, stderr } = await command("attribute", TRACE, "--jobs", jobs);
  expect(status).toBe(2);
  expect(stderr).toMatch(/^verbscope: .*--jobs.*\n$/);
});
