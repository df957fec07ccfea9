// npm test: all tests but the long ones; npm run test:long, npm
// run test:quick: those. Arguments go to vitest.
import { runScript, setup } from "./setup.mjs";

const [first, ...rest] = process.argv.slice(2);
const project = /^--(long|quick)$/.exec(first ?? "")?.[1];
const args = project === undefined ? process.argv.slice(2) : rest;
setup();
process.exitCode = runScript("node_modules/vitest/vitest.mjs", [
  "run",
  "--project",
  project ?? "test",
  ...args,
]);
