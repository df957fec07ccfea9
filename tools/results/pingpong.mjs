// ibv_rc_pingpong from 4 KiB to 4 MiB on each path, beside the published figures.
import { join } from "node:path";
import { generate, loadPath, loadTestbed, openTrace, replay, writeVerbs } from "../../dist/index.js";
import { size as name, table } from "./table.mjs";

const PATHS = ["native", "virt-ib-forward", "virt-ib", "virt-ib+memory=memlink", "memlink"];
const SIZES = Array.from({ length: 11 }, (_, k) => 4096 << k);
const ITERS = 200;

const us = (ps) => (ps / 1e6).toFixed(ps < 1e8 ? 2 : 1);
const largest = (cell, native) => Object.entries(cell.layers).map(([l, ps]) => [l, Number(ps) - Number(native.layers[l] ?? 0)]).sort((a, b) => b[1] - a[1]).slice(0, 3).map(([l, d]) => `${l} ${((100 * d) / (cell.makespan - native.makespan)).toFixed(0)} %`).join(", ");

/** The part of the page; `folder` is for traces. */
export function pingpong(folder) {
  const testbed = loadTestbed("thesis-2014"), paths = PATHS.map(loadPath);
  const rows = SIZES.map((size) => {
    const file = join(folder, `${size}.arrow`);
    const { builder, metadata } = generate("rc-pingpong", { size, iters: ITERS });
    writeVerbs(file, builder, metadata);
    const trace = openTrace(file);
    const { replays } = replay(trace, paths, testbed);
    trace.close();
    return { size, cells: replays.map((r) => ({ oneWayPs: Number(r.operations.find((o) => o.verb === "message").latency_ps.mean), layers: r.layers, makespan: Number(r.makespan_ps) })) };
  });
  const range = (i) => rows.map((r) => r.cells[0].oneWayPs / r.cells[i].oneWayPs);
  const model = (i) => `${(range(i).reduce((s, x) => s + x, 0) / rows.length).toFixed(2)} (${Math.min(...range(i)).toFixed(2)}–${Math.max(...range(i)).toFixed(2)})`;
  const causes = (i) => largest(rows[4].cells[i], rows[4].cells[0]);
  return `## ibv_rc_pingpong on \`thesis-2014\`
Both sides generated, ${ITERS} iterations, MTU 1024, one message in flight. One way: from the sender's call to the receiver's poll. Throughput is size / one way; with one message in flight its ratio to native is the inverse of the time's.

${table(["size", ...PATHS.map((p) => `${p}, µs`), ...PATHS.slice(1).map((p) => `${p} / native`)], "r".repeat(2 * PATHS.length), [
    ...rows.map((r) => [name(r.size), ...r.cells.map((c) => us(c.oneWayPs)), ...r.cells.slice(1).map((c) => (r.cells[0].oneWayPs / c.oneWayPs).toFixed(2))]),
    ["throughput at 4 MiB", ...rows.at(-1).cells.map((c) => `${((rows.at(-1).size / c.oneWayPs) * 1e6).toFixed(0)} MB/s`), ...PATHS.slice(1).map(() => "")],
  ])}

${table(["path", "model: mean over sizes (range)", "published", "where the difference to native lies, 64 KiB"], "llll", [
    ["virt-ib-forward", model(1), "0.30 (thesis of 2012, abstract; mix not stated)", causes(1)],
    ["virt-ib", model(2), "0.50 (thesis of 2012, abstract; mix not stated)", causes(2)],
    ["memlink", model(4), "native at large transfers (thesis of 2014, abstract)", `${causes(4)} (set-up only)`],
  ])}

What is in doubt: for the two bounce paths the copy rate (PT012, 5 to 7 GB/s) and the number of copies (inferred: no code of 2012 is public) decide large sizes; the kick and QEMU's dispatch (PT005 read, PT006 inferred) decide small ones.
For memlink nothing on the data path differs from native but BlueFlame's memory type; its cost is in registration (see \`kernel.pin\`, \`memlink.*\` of a replay) and in what page walks cost the program afterwards: the next part.
`;
}
