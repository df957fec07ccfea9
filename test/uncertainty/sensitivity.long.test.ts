import { expect, test } from "vitest";
import { command } from "../support/command.js";

const file = "traces/write-lat-8.arrow";

test("native is analysed by itself", async () => {
  const r = await command("sensitivity", file, "--path", "native", "--samples", "16", "--json");
  expect([r.status, r.stderr]).toEqual([0, ""]);
  expect(JSON.parse(r.stdout)).toMatchObject({
    path: "native",
    against: null,
    metric: { name: "time", unit: "ps" },
  });
});
