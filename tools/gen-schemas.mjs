// Writes into schemas/*.json the lists that the code has: layers,
// counters, verbs, values of a testbed. After a
// build; --check compares instead.
import { readFileSync, writeFileSync } from "node:fs";

const load = (name) => import(new URL(`../dist/${name}`, import.meta.url));
const { LAYERS } = await load("abi/layers.js");
const { COUNTERS, STEP_COUNTERS } = await load("abi/counters.js");
const { FEATURE_NAMES } = await load("abi/features.js");
const { MECHANISMS } = await load("abi/mechanisms.js");
const { CPU_RESOURCE_NAMES } = await load("abi/resources.js");
const { STAGE_NAMES } = await load("abi/stages.js");
const { CAUSES } = await load("abi/charges.js");
const { OPCODES, PROGRAMS, VERBS } = await load("abi/verbs.js");
const { BASES } = await load("sources/document.js");
const { CONFIDENCES, REQUIRED_VALUES, UNITS } = await load("testbed/document.js");

const ofMechanisms = (schema) =>
  Object.fromEntries(Object.entries(MECHANISMS).map(([name, m]) => [name, schema(name, m)]));
const condition = (name) => {
  const value = { $ref: `#/$defs/settings/properties/${name}` };
  return { anyOf: [value, { type: "array", items: value }] };
};
/** Of each schema, which place holds which list. */
const LISTS = {
  explanation: (s) => {
    const { part, wait, holder } = s.$defs;
    s.properties.operation.properties.opcode.enum = OPCODES;
    part.properties.layer.enum = LAYERS;
    part.properties.stage.enum = [...STAGE_NAMES, null];
    wait.properties.cause.enum = CAUSES;
    holder.properties.layer.anyOf[0].enum = LAYERS;
  },
  path: (s) => {
    s.$defs.layer.enum = LAYERS;
    s.$defs.feature.enum = FEATURE_NAMES;
    s.$defs.resource.enum = CPU_RESOURCE_NAMES;
    s.properties.programs.propertyNames.enum = PROGRAMS;
    s.$defs.step.properties.counts.propertyNames.enum = STEP_COUNTERS;
    s.$defs.settings.properties = ofMechanisms((_, { values, doc }) => ({ description: doc, enum: values }));
    s.$defs.condition.properties = ofMechanisms(condition);
  },
  sources: (s) => {
    s.$defs.figure.properties.basis.enum = BASES;
  },
  testbed: (s) => {
    s.properties.values.required = REQUIRED_VALUES;
    s.$defs.value.properties.unit.enum = UNITS;
    s.$defs.value.properties.confidence.enum = CONFIDENCES;
  },
  result: (s) => {
    s.$defs.ledger.propertyNames.enum = LAYERS;
    const { counters, mechanisms: of } = s.$defs.replay.properties;
    counters.required = COUNTERS;
    of.properties = ofMechanisms((_, { values }) => ({ enum: values }));
    s.$defs.operation.properties.verb.enum = [...VERBS, "message"];
    s.$defs.operation.properties.opcode.enum = OPCODES;
  },
};

/** JSON with lists of short words on one line. */
const json = (schema) =>
  `${JSON.stringify(schema, null, 2).replace(
    /\[\n\s+("[^"\n]*"(?:,\n\s+"[^"\n]*")*)\n\s+\]/g,
    (all, items) => {
      const line = `[${items.replace(/\n\s+/g, " ")}]`;
      return line.length < 80 ? line : all;
    },
  )}\n`;

for (const [name, fill] of Object.entries(LISTS)) {
  const file = new URL(`../schemas/${name}.schema.json`, import.meta.url);
  const old = readFileSync(file, "utf8"),
    schema = JSON.parse(old);
  fill(schema);
  const text = json(schema);
  if (text === old) continue;
  if (process.argv.includes("--check")) {
    console.error(`schemas/${name}.schema.json is stale: run \`npm run gen\``);
    process.exitCode = 1;
  } else writeFileSync(file, text);
}
