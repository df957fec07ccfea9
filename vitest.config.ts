import { defineConfig } from "vitest/config";

const LONG = "test/**/*.long.test.ts";
/** What finds most faults in under a minute: `npm run test:quick`. */
const QUICK = [
  "test/{core,counts,trace,path}/**/*.test.ts",
  "test/import/{coalesce,lackey,memory-csv,mapping-csv,merge,verbs-jsonl}.test.ts",
  "test/bad-input/{path-documents,testbeds,trace-rows}.test.ts",
  "test/diff/{late-arm,memory,random}.test.ts",
  "test/house/abi.test.ts",
  "test/oracle/**/*.test.ts",
];

export default defineConfig({
  test: {
    // A test that takes long on a busy machine is not a failed one; what hangs is ended by whoever runs all.
    testTimeout: 1_800_000,
    hookTimeout: 1_800_000,
    maxWorkers: 2,
    // Modules are read once a worker: no test file changes them, and importing took a tenth of all time.
    isolate: false,
    // A missing snapshot fails here as it does in CI: golden files are reviewed, never made by a test run.
    update: false,
    projects: [
      { extends: true, test: { name: "test", include: ["test/**/*.test.ts"], exclude: [LONG] } },
      { extends: true, test: { name: "long", include: [LONG] } },
      { extends: true, test: { name: "quick", include: QUICK, exclude: [LONG] } },
    ],
  },
});
