// npm run build: everything that is stale. With --gen only the ids and offsets that core and driver share.
import { compileTypeScript, generate, setup } from "./setup.mjs";

if (process.argv.includes("--gen")) {
  compileTypeScript();
  generate();
} else setup();
