import { expect, test } from "vitest";
import { mechanismText } from "./mechanism-steps.js";

test("what each value of each mechanism does to the steps of each verb", async () => {
  // `npx vitest run test/path/mechanism-steps.test.ts -u` writes it anew: review what it then says.
  await expect(mechanismText("common")).toMatchFileSnapshot("mechanism-steps.txt");
});
