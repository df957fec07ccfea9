import { existsSync, readdirSync, readFileSync, renameSync, statSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { LAYERS, type Layer } from "../../src/abi/layers.js";
import { PARAMS, type Param } from "../../src/abi/params.js";

type Ptr = number;
/** Exports of assembly/probe.ts. */
interface Exports {
  start_(): void;
  set_param(slot: number, value: bigint): void;
  write_time(n: bigint): bigint;
  request_time(n: bigint): bigint;
  completion_time(n: bigint): bigint;
  wire_bytes(n: bigint, mtu: bigint, perPacket: bigint): bigint;
  wire_time(bytes: bigint): bigint;
  size_class(n: bigint): number;
  cache_new(lines: number, ways: number): Ptr;
  cache_lookup(cache: Ptr, key: bigint): number;
  clock_new(): Ptr;
  own_new(): Ptr;
  own_zero(own: Ptr): void;
  clock_add(clock: Ptr, own: Ptr, layer: number, c: bigint): void;
  take_over(x: Ptr, own: Ptr, f: Ptr, layer: number): void;
  time_of(clock: Ptr): bigint;
  clock_layer(clock: Ptr, layer: number): bigint;
  own_service(own: Ptr, layer: number): bigint;
  own_wait(own: Ptr, layer: number): bigint;
  flow_new(clock: Ptr, own: Ptr): Ptr;
  flow_head(f: Ptr): Ptr;
  flow_head_own(f: Ptr): Ptr;
  flow_tail(f: Ptr): Ptr;
  flow_tail_own(f: Ptr): Ptr;
  flow_fifo(resource: Ptr, f: Ptr, layer: number, p: bigint, o: bigint): void;
  flow_lat(f: Ptr, layer: number, c: bigint): void;
  flow_ctl(resource: Ptr, f: Ptr, layer: number, c: bigint, full: bigint): void;
  flow_join(f: Ptr): void;
  resource_occupy(resource: Ptr, layer: number, c: bigint, clock: Ptr): void;
  mr_field(i: number): number;
}
/** Sizes and offsets that the probe exports as functions without arguments. */
type Layout = Record<
  | `${"node" | "queue" | "cq" | "qp" | "wqe" | "op" | "flow" | "thread"}_${"scalars" | "embedded"}`
  | "clock_bytes"
  | "cq_bytes"
  | "qp_bytes"
  | "op_bytes"
  | "flow_bytes"
  | "thread_own"
  | "mr_scalars"
  | "mr_bytes",
  () => number
>;

const root = new URL("../../", import.meta.url);
const file = fileURLToPath(new URL("build/probe.wasm", root));

/** Time of the newest source: a probe older than that tests yesterday's core. */
function newestSource(): number {
  const folder = new URL("assembly/", root);
  const sources = readdirSync(folder, { recursive: true, encoding: "utf8" }).map(
    (name) => new URL(name, folder),
  );
  return Math.max(...[...sources, new URL("asconfig.json", root)].map((url) => statSync(url).mtimeMs));
}

async function build(): Promise<Uint8Array<ArrayBuffer>> {
  if (!existsSync(file) || statSync(file).mtimeMs < newestSource()) {
    // Test files run in processes of their own: each builds under its own name, and the rename is atomic.
    const { main } = await import("assemblyscript/asc"); // a second to load, so only when needed
    const own = `build/probe.${process.pid}.wasm`;
    const { error, stderr } = await main([
      "assembly/probe.ts",
      "--target",
      "probe",
      "--baseDir",
      fileURLToPath(root),
      "--outFile",
      own,
    ]);
    if (error) throw new Error(`assembly/probe.ts does not compile: ${stderr.toString()}`);
    renameSync(new URL(own, root), file);
  }
  return new Uint8Array(readFileSync(file));
}

const module = new WebAssembly.Module(await build());

/** A fresh instance; build/probe.wasm is compiled from assembly/ when it is missing or older. */
export function probe(): Exports & Layout {
  const { exports } = new WebAssembly.Instance(module, {});
  const x = exports as unknown as Exports & Layout;
  x.start_?.();
  return x;
}
export function setParam(x: Exports, name: Param, value: bigint): void {
  x.set_param(PARAMS.indexOf(name), value);
}
export const layer = (name: Layer): number => LAYERS.indexOf(name);

/** Non-zero entries of a clock's ledger. */
export function ledger(x: Exports, clock: Ptr): Partial<Record<Layer, number>> {
  return Object.fromEntries(
    LAYERS.map((l, i) => [l, Number(x.clock_layer(clock, i))] as const).filter(([, v]) => v !== 0),
  );
}
/** Non-zero entries of an own ledger's two halves. */
export function ownLedger(
  x: Exports,
  own: Ptr,
): { service: Partial<Record<Layer, number>>; wait: Partial<Record<Layer, number>> } {
  const half = (read: (i: number) => bigint): Partial<Record<Layer, number>> =>
    Object.fromEntries(LAYERS.map((l, i) => [l, Number(read(i))] as const).filter(([, v]) => v !== 0));
  return { service: half((i) => x.own_service(own, i)), wait: half((i) => x.own_wait(own, i)) };
}
export const sum = (entries: Partial<Record<Layer, number>>): number =>
  Object.values(entries).reduce((a, b) => a + b, 0);
