// The picture of docs/model.md: the ways of operations through the stages, from the list of stages in src/abi.
import { POSTED, SHORTCUTS, WAYS } from "./ways.mjs";

const B = 54;
const HEAD = "name             resource  rule layer";

/** The picture; `stages` is STAGES of src/abi/stages.ts. Every stage of it must stand on a way. */
export function stagePicture(stages) {
  const ways = [POSTED, ...WAYS],
    named = new Set(ways.flatMap((w) => [...w.stages, ...(w.beside?.stages ?? [])]).map(([, name]) => name));
  for (const name of named) if (!stages[name]) throw new Error(`${name} is no stage of src/abi/stages.ts`);
  for (const name of Object.keys(stages))
    if (!named.has(name) && name !== "ARM")
      throw new Error(`${name} stands on no way: add it in tools/pages/stages/ways.mjs`);

  const out = [];
  /** Stages one under the other, from the node `lane` on; a line across where they change sides. */
  const down = (list, lane) => {
    for (const [to, name] of list) {
      if (to === "B" && lane === "A") out.push(`  └${"─".repeat(B - 12)} wire.fly ─▶`);
      if (to === "A" && lane === "B") out.push(`  ◀─ wire.fly ${"─".repeat(B - 11)}┘`);
      const { resource, rule, layer } = stages[name];
      out.push(
        " ".repeat(to === "B" ? B : 0) + name.padEnd(17) + resource.padEnd(10) + rule.padEnd(5) + layer,
      );
      lane = to;
    }
  };
  out.push(`${"node A, which posts".padEnd(B)}node B, its peer`, `${HEAD.padEnd(B)}${HEAD}`);
  for (const { title, stages: list, beside } of ways) {
    out.push("", `— ${title}`);
    down(list, "A");
    if (!beside) continue;
    out.push(`${" ".repeat(B)}— ${beside.why}`);
    down(beside.stages, "B");
  }
  out.push("", "— left out, or once more");
  const width = 4 + Math.max(...SHORTCUTS.map(({ from, to }) => from.length + to.length));
  for (const { from, to, why } of SHORTCUTS) out.push(`${`${from} → ${to}`.padEnd(width)}  ${why}`);
  return out.join("\n");
}
