import { test } from "vitest";
import { checkRecoveries, recoveries } from "../support/calibrate/recovery.js";

test("ten hidden machines like thesis-2014 are found again, with 3 % of noise", () => {
  checkRecoveries(recoveries("thesis-2014", 10, 2014));
});
