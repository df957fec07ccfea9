#!/usr/bin/env node
import { hideBin } from "yargs/helpers";
import { refused, STANDARD } from "../files.js";
import { complaint, run } from "./run.js";

for (const stream of [process.stdout, process.stderr])
  stream.on("error", (e: NodeJS.ErrnoException) => {
    // The reader (head, less) has seen enough; what a gate found stands.
    if (e.code === "EPIPE") process.exit(process.exitCode ?? 0);
    if (stream === process.stdout)
      process.stderr.write(`verbscope: ${refused(STANDARD, "written", e).message}\n`);
    process.exit(2);
  });
// Exit codes: 0 fine, 1 a gate did not hold, 2 bad input or usage.
run(hideBin(process.argv)).catch((thrown: unknown) => {
  process.stderr.write(complaint(thrown));
  process.exitCode = 2;
});
