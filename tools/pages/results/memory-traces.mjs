// The memory traces of docs/results.md: recordings, and generated reads and streams.
import { readdirSync } from "node:fs";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import {
  generateMemory,
  importMemoryCsv,
  loadPath,
  loadTestbed,
  openMemoryTrace,
  replayMemory,
  writeMemory,
} from "../../../dist/index.js";

const MIB = 2 ** 20,
  GIB = 2 ** 30;
const BUNDLED = ["hpcc-randomaccess", "sort"];
const SIZES = [
  [64 * MIB, 2e6],
  [GIB, 4e6],
  [8 * GIB, 1e7],
];
/** A line an access: recordings show STREAM by words of 8 bytes, and so this one gets further with as many
rows. */
const STREAM_ELEM = 64;

/** Traces in files: recordings of a folder of *.csv.xz (the bundled ones without it), imported into
`folder`. */
export async function recordings(folder, captures) {
  if (captures === undefined)
    return BUNDLED.map((name) => ({
      name,
      file: fileURLToPath(new URL(`../../../traces/${name}.arrow`, import.meta.url)),
    }));
  const out = [];
  for (const csv of readdirSync(captures)
    .filter((f) => f.endsWith(".csv.xz"))
    .sort()) {
    const name = basename(csv, ".csv.xz"),
      file = join(folder, `${name}.arrow`);
    await writeMemory(file, importMemoryCsv(join(captures, csv)));
    out.push({ name, file });
  }
  return out;
}

export async function generated(folder, workload, footprint, accesses) {
  const file = join(folder, `${workload}-${footprint}.arrow`);
  await writeMemory(
    file,
    generateMemory(workload, {
      footprint,
      accesses,
      ...(workload === "stream" ? { elem: STREAM_ELEM } : {}),
    }),
  );
  return { name: workload, footprint, file };
}
export const workloads = ["pointer-chase", "gups", "stream"].flatMap((workload) =>
  SIZES.map(([footprint, accesses]) => ({ workload, footprint, accesses })),
);

/** What a replay says of each path, by its label. */
export function measure(file, paths, { testbed, set = [], ...options }) {
  const trace = openMemoryTrace(file);
  try {
    const { trace: t, replays } = replayMemory(
      trace,
      paths.map(loadPath),
      loadTestbed(testbed, set),
      options,
    );
    const accesses = Number(replays[0].memory.accesses);
    return {
      accesses,
      pages: t.memory.pages,
      kinds: t.memory.kinds,
      paths: replays.map((r) => pathFigures(r, accesses)),
    };
  } finally {
    trace.close();
  }
}
const LAYERS = ["mem.data", "mem.tlb", "walk.guest", "walk.host"];
/** ps per access. Steady: without first touches; update: with the loop's instructions. */
function pathFigures({ path, layers, memory: m }, accesses) {
  const layer = (name) => Number(layers[name] ?? 0) / accesses;
  const translation = layer("mem.tlb") + layer("walk.guest") + layer("walk.host"),
    data = layer("mem.data");
  const walks = Number(m.walks["4k"]) + Number(m.walks["2m"]) + Number(m.walks["1g"]);
  return {
    path,
    data,
    translation,
    steady: data + translation,
    all: data + translation + layer("vm.ept-fault"),
    update: data + translation + layer("app.think"),
    layers: Object.fromEntries(LAYERS.map((l) => [l, layer(l)])),
    walks: walks / accesses,
    references: m.references_per_walk,
  };
}
/** The layer that grew most from one path to another and its part of the growth; nothing where growth is
below what chance of placement makes. */
export function cause(from, to) {
  const [layer, grown] = LAYERS.map((l) => [l, to.layers[l] - from.layers[l]]).sort((a, b) => b[1] - a[1])[0],
    total = to.steady - from.steady;
  return total < LEAST_GROWTH * from.steady ? "–" : `${layer} ${Math.round((100 * grown) / total)} %`;
}
const LEAST_GROWTH = 0.01;
