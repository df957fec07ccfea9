import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";

const root = fileURLToPath(new URL("../../", import.meta.url));

describe("house rules", () => {
  test.each([
    ["tools/check/layers.mjs"],
    ["tools/check/rules.mjs"],
    ["tools/gen-abi.mjs", "--check"],
    ["tools/gen-schemas.mjs", "--check"],
    ["tools/gen-docs.mjs", "--check"],
    ["tools/check/wasm.mjs"],
  ])("%s %s", (...args: string[]) => {
    const r = spawnSync(process.execPath, args, { cwd: root, encoding: "utf8" });
    expect(r.stderr).toBe("");
    expect(r.status).toBe(0);
  });
});
