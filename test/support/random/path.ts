/**
 * Random small path documents. Holds are prefixes of one chain per program, in
 * one global order, so that no two threads can block each other: only the last
 * of them may depend on mechanisms.
 */
import { STEP_COUNTERS } from "../../../src/abi/counters.js";
import { FEATURE_NAMES } from "../../../src/abi/features.js";
import { LAYERS } from "../../../src/abi/layers.js";
import { MECHANISMS } from "../../../src/abi/mechanisms.js";
import { INSTR } from "../../../src/abi/params.js";
import { CPU_RESOURCE_NAMES } from "../../../src/abi/resources.js";
import { PROGRAMS } from "../../../src/abi/verbs.js";
import type { PathDocument, StepDocument } from "../../oracle/path.js";
import { ownStream, Random } from "./rng.js";

export const RANDOM_COSTS = Array.from({ length: 12 }, (_, i) => `cpu.random${i}`);
const BASIS = { basis: "inferred", source: "random" };
const LAUNCHES = ["post_send", "req_notify_cq"];

function form(random: Random): string {
  const terms: string[] = [];
  for (const feature of FEATURE_NAMES)
    if (terms.length < INSTR.max_terms && random.chance(0.06))
      terms.push(random.chance(0.5) ? feature : `${random.int(1, 9)}*${feature}`);
  if (terms.length === 0 || random.chance(0.5)) terms.push(String(random.int(0, 9)));
  return terms.join(" + ");
}

function condition(random: Random): Record<string, string | string[]> {
  const name = random.pick(Object.keys(MECHANISMS) as (keyof typeof MECHANISMS)[]);
  const values = MECHANISMS[name].values as readonly string[];
  return { [name]: random.chance(0.3) ? values.slice(0, random.int(1, values.length)) : random.pick(values) };
}

function step(random: Random, chain: readonly string[]): StepDocument {
  const out: StepDocument = {
    ...BASIS,
    layer: random.pick(LAYERS.slice(0, 18)),
    cost: random.pick(RANDOM_COSTS),
  };
  if (random.chance(0.6)) out.count = form(random);
  if (random.chance(0.3)) out.counts = { [random.pick(STEP_COUNTERS)]: form(random) };
  if (random.chance(0.25))
    out.guard = random.chance(0.7)
      ? random.pick(FEATURE_NAMES)
      : [random.pick(FEATURE_NAMES), random.pick(FEATURE_NAMES)];
  if (random.chance(0.2)) out.if = condition(random);
  const depth = random.chance(0.5) ? 0 : random.int(0, chain.length);
  if (depth > 0) {
    const last = chain[depth - 1]!;
    out.hold = [
      ...chain.slice(0, depth - 1),
      random.chance(0.2) ? { if: condition(random), name: last } : last,
    ];
  }
  return out;
}

/** Most programs wait for an event; some only sometimes, some never. */
function waits(seed: number): StepDocument[] {
  const rare = ownStream(seed, "wait");
  if (rare.chance(0.1)) return [];
  return [{ ...BASIS, wait: "event", ...(rare.chance(0.1) ? { guard: rare.pick(FEATURE_NAMES) } : {}) }];
}

export function randomPath(seed: number): PathDocument {
  const random = new Random(seed, 4);
  const chain = CPU_RESOURCE_NAMES.filter(() => random.chance(0.6));
  const outer = chain.slice(0, 1);
  const inner = chain.slice(1);
  const groups: Record<string, StepDocument[]> = {
    LEAF: Array.from({ length: random.int(1, 3) }, () => ({
      ...step(random, inner),
      counts: { syscalls: "1" },
    })),
    NEST: [
      step(random, inner),
      { ...BASIS, use: "LEAF", times: random.pick(["1", "2", "3"]) },
      step(random, inner),
    ],
  };
  const uses = (name: string): StepDocument => ({
    ...BASIS,
    use: name,
    ...(outer.length > 0 ? { hold: outer } : {}),
    ...(random.chance(0.3) ? { guard: random.pick(FEATURE_NAMES) } : {}),
    ...(random.chance(0.3) ? { if: condition(random) } : {}),
    ...(name === "LEAF" && random.chance(0.3) ? { times: String(random.int(1, 4)) } : {}),
  });
  const programs: Record<string, StepDocument[]> = {};
  for (const name of PROGRAMS) {
    const required = LAUNCHES.includes(name) || name === "get_cq_event";
    if (!required && random.chance(0.2)) continue;
    const some = (most: number): StepDocument[] =>
      Array.from({ length: random.int(0, most) }, () =>
        random.chance(0.25) ? uses(random.pick(["LEAF", "NEST"])) : step(random, chain),
      );
    programs[name] = some(3);
    if (LAUNCHES.includes(name)) {
      const { guard: _, if: __, ...ring } = step(random, chain);
      programs[name].push({
        ...(random.chance(0.5) ? ring : BASIS),
        ...(ring.hold ? { hold: ring.hold } : {}),
        launch: true,
      });
    }
    if (name === "get_cq_event") programs[name].push(...waits(seed));
    if (name === "get_cq_event") programs[name].push({ ...step(random, chain), guard: "slept" });
    programs[name].push(...some(2));
  }
  return {
    schema: "verbscope.path/1",
    name: `random-${seed}`,
    title: "random steps",
    mechanisms: {},
    groups,
    programs,
    implies: random.chance(0.5)
      ? [{ if: condition(random), set: { bf_memtype: random.pick(["wc", "uc"]), iommu: "on" } }]
      : [],
  };
}
