import { readFileSync } from "node:fs";
import { packageUrl } from "../files.js";

const compiled = new Map<string, WebAssembly.Module>();

/** Compiled once a process. */
function moduleOf(file: string): WebAssembly.Module {
  const module = compiled.get(file) ?? new WebAssembly.Module(readFileSync(packageUrl(file)));
  compiled.set(file, module);
  return module;
}
/** The core. */
export const coreModule = (): WebAssembly.Module => moduleOf("build/core.wasm");
/** The same sources, built so that the core can say what every own ledger is made of; slower. */
export const explainingModule = (): WebAssembly.Module => moduleOf("build/core.explain.wasm");
/** Decoders of compressed buffers. */
export const codecModule = (): WebAssembly.Module => moduleOf("build/codec.wasm");
