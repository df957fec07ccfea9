// npm start: the first result, from a bundled recording.
import { runScript, setup } from "./setup.mjs";

setup();
const code = runScript("dist/cli/main.js", [
  "replay",
  "traces/rc-pingpong-4k.arrow",
  "--paths",
  "native,virt-ib,memlink",
]);
if (code === 0) {
  console.log(
    "\nNext: npx verbscope replay traces/send-bw-srq.arrow --paths " +
      "native,virt-ib+memory=memlink,memlink,sr-iov",
  );
  console.log(
    "      npx verbscope paths show memlink --table    (each step, its cost and where that comes from)",
  );
}
process.exitCode = code;
