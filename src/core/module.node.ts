import { readFileSync } from "node:fs";
import { packageUrl } from "../files.js";

let compiled: WebAssembly.Module | undefined;

/** The core, compiled once a process. */
export function coreModule(): WebAssembly.Module {
  compiled ??= new WebAssembly.Module(readFileSync(packageUrl("build/core.wasm")));
  return compiled;
}
