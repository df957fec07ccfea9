// The release core is what docs/abi.md says: no imports, exactly
// those exports, and no more bytes than planned.
import { readFileSync } from "node:fs";

/** 20 % above the size when this was written. Raise it with the reason in the commit. */
const BUDGET = 72_000;

const read = (relative) => readFileSync(new URL(`../../${relative}`, import.meta.url));
const bytes = read("build/core.wasm");
const module = new WebAssembly.Module(bytes);
const problems = [];

const imports = WebAssembly.Module.imports(module).map((i) => `${i.module}.${i.name}`);
if (imports.length > 0)
  problems.push(`build/core.wasm imports ${imports.join(", ")}: any host must be able to load it`);

const section =
  read("docs/abi.md").toString().split("<!-- exports -->")[1]?.split("<!-- /exports -->")[0] ?? "";
const documented = new Set([...section.matchAll(/^\| `(\w+)/gm)].map((m) => m[1]));
const exported = new Set(WebAssembly.Module.exports(module).map((e) => e.name));
for (const name of exported)
  if (!documented.has(name))
    problems.push(`build/core.wasm exports ${name}, which docs/abi.md does not list`);
for (const name of documented)
  if (!exported.has(name)) problems.push(`docs/abi.md lists ${name}, which build/core.wasm does not export`);
if (bytes.length > BUDGET)
  problems.push(`build/core.wasm has ${bytes.length} bytes, the budget is ${BUDGET}`);

for (const p of problems) console.error(p);
if (problems.length > 0) process.exitCode = 1;
else console.log(`core.wasm: ${exported.size} exports, no imports, ${bytes.length} of ${BUDGET} bytes`);
