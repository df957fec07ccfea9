// Runs a script of the checkout on a fresh build: node tools/run.mjs bench/verbs.mjs --smoke
import { runScript, setup } from "./setup.mjs";

const [script, ...args] = process.argv.slice(2);
if (!script) {
  console.error("usage: node tools/run.mjs <script> [arguments]");
  process.exit(2);
}
setup();
process.exitCode = runScript(script, args);
