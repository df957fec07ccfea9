// npm test: all tests; arguments go to vitest.
import { runScript, setup } from "./setup.mjs";

setup();
process.exitCode = runScript("node_modules/vitest/vitest.mjs", ["run", ...process.argv.slice(2)]);
