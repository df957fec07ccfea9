import { expect, test } from "vitest";
import { mechanismSteps } from "./mechanism-steps.js";

test("what each value of each mechanism does to the steps of each verb", async () => {
  // `npx vitest run test/path/mechanism-steps.test.ts -u` writes it anew: review what it then says.
  await expect(`${JSON.stringify(mechanismSteps("common"), null, 2)}\n`).toMatchFileSnapshot(
    "mechanism-steps.json",
  );
});
