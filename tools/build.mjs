// npm run build: everything that is stale. With --gen only the ids and offsets that core and driver share.
import { compileTypeScript, generateAbi, setup } from "./setup.mjs";

if (process.argv.includes("--gen")) {
  compileTypeScript();
  generateAbi();
} else setup();
