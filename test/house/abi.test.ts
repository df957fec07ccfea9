import { createHash } from "node:crypto";
import { describe, expect, test } from "vitest";
import { CAUSES, CHARGE, NO_TRACK } from "../../src/abi/charges.js";
import { COUNTERS } from "../../src/abi/counters.js";
import { FEATURE_NAMES } from "../../src/abi/features.js";
import { LAYERS } from "../../src/abi/layers.js";
import * as memory from "../../src/abi/memory.js";
import * as params from "../../src/abi/params.js";
import { CPU_RESOURCES, DEVICE_RESOURCES } from "../../src/abi/resources.js";
import { STAGES } from "../../src/abi/stages.js";
import { TOTALS } from "../../src/abi/totals.js";
import { OPCODES, PROGRAMS, VERBS } from "../../src/abi/verbs.js";
import { coreModule, explainingModule } from "../../src/core/module.node.js";

const { ABI_VERSION, ...blocks } = params;
/** What a host that embeds the core relies on: blocks, names in their order, exports. */
const shared = {
  blocks,
  memory: Object.fromEntries(Object.entries(memory).filter(([, v]) => typeof v !== "function")),
  names: {
    COUNTERS,
    CPU_RESOURCES,
    DEVICE_RESOURCES,
    FEATURE_NAMES,
    LAYERS,
    OPCODES,
    PROGRAMS,
    TOTALS,
    VERBS,
  },
  charges: { CAUSES, CHARGE, NO_TRACK, stages: Object.keys(STAGES) },
  exports: WebAssembly.Module.exports(coreModule()),
  explaining: WebAssembly.Module.exports(explainingModule()),
};
const digest = (what: unknown): string => createHash("sha256").update(JSON.stringify(what)).digest("hex");

/** Digest of `shared` in each version. A change takes the next number, and a line here. */
const VERSIONS: Record<number, string> = {
  1: "402cddaaf3fce3020c981d7f7f1c6b5f50cb639d40988429858b1145e7ae4985",
  2: "b3124a237f60e5fb05fc63b1e4d47d28beddcbebcf041859e4b72ba5339059af",
  3: "62c356c6abeea757c9c71943135193f531eeb74d0ec6127f433204c0bbab5515",
};

describe("the ABI", () => {
  test("what core and driver share changes only with ABI_VERSION (src/abi/params.ts)", () =>
    expect(digest(shared)).toBe(VERSIONS[ABI_VERSION]));
  test("a version is the next number", () =>
    expect(Object.keys(VERSIONS).map(Number)).toEqual(Array.from({ length: ABI_VERSION }, (_, i) => i + 1)));
  test("one name more is another ABI", () =>
    expect(digest({ ...shared, names: { ...shared.names, COUNTERS: [...COUNTERS, "more"] } })).not.toBe(
      VERSIONS[ABI_VERSION],
    ));
});
