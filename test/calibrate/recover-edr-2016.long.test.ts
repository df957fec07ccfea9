import { test } from "vitest";
import { checkRecoveries, recoveries } from "../support/calibrate/recovery.js";

test("ten hidden machines like edr-2016 are found again, with 3 % of noise", () => {
  checkRecoveries(recoveries("edr-2016", 10, 2016));
});
