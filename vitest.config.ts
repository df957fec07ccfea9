import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    testTimeout: 60_000,
    maxWorkers: 2,
    // A missing snapshot fails here as it does in CI: golden files are reviewed, never made by a test run.
    update: false,
  },
});
