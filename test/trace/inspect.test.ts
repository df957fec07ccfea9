import { expect, test } from "vitest";
import { generate } from "../../src/generate/generate.js";
import { bytesSource } from "../../src/trace/container/source.js";
import { inspectTrace } from "../../src/trace/inspect/inspect.js";
import { inspectText } from "../../src/trace/inspect/inspect-text.js";
import { openSource, openTrace } from "../../src/trace/read.js";
import { encodeVerbs } from "../../src/trace/verbs/write.js";

test("an inspection counts what is in the trace", () => {
  const { builder, metadata } = generate("send-bw", {
    iters: 400,
    size: 100,
    postList: 4,
    qps: 2,
    inline: 128,
    contiguity: "contiguous",
  });
  const i = inspectTrace(openSource(bytesSource("s.arrow", encodeVerbs(builder, metadata))));
  expect(i.sends).toEqual({ count: 800, signaled: 200, inline: 800 });
  expect(i.postLists).toEqual({ 4: 200 });
  expect(i.sges).toEqual({ 1: 800 });
  expect(i.sizes).toEqual({ count: 800, min: 100, median: 100, max: 100, classes: { 128: 800 } });
  expect(i.qps).toEqual({ types: { RC: 4 }, paired: 4, unpaired: 0 });
  expect(i.memory).toMatchObject({ regions: 2, runs: 2, pages: 8 });
  expect(i.verbs.post_send).toBe(800);
  expect(inspectText(i)).toContain("post lists");
});

test.each(["rc-pingpong-4k", "rc-pingpong-events", "send-bw-srq", "write-lat-8", "ucx-tag-lat"])(
  "the sample %s opens",
  (name) => {
    const trace = openTrace(new URL(`../../traces/${name}.arrow`, import.meta.url).pathname);
    const i = inspectTrace(trace);
    trace.close();
    expect(i.rows).toBe(i.threads.reduce((sum, [, , rows]) => sum + rows, 0));
    expect(i.emulated).toBe(true);
    expect(i.nodes.map((n) => n.name)).toEqual(["server", "client"]);
  },
);
