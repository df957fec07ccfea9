import { UserError } from "../../errors.js";
import type { Path, Step } from "../../path/flatten.js";
import { formText } from "../../path/form.js";
import type { Sources } from "../../sources/load.js";
import type { Testbed } from "../../testbed/document.js";
import { annotated } from "./source-text.js";

type Programs = readonly (readonly [verb: string, steps: readonly Step[]])[];

/** The programs of a path, or that of one verb. */
export function programsOf(path: Path, verb: string | undefined): Programs {
  if (verb === undefined) return [...path.programs];
  const steps = path.programs.get(verb);
  if (!steps)
    throw new UserError(
      `path ${path.label} has no program for verb "${verb}"; it has ${[...path.programs.keys()].join(", ")}`,
    );
  return [[verb, steps]];
}

/** How many steps each verb has, and how many of them were read. */
function summary(programs: Programs): string[] {
  const counted = programs.map(([verb, steps]) => ({
    verb,
    steps: steps.length,
    read: steps.filter((s) => s.document.basis === "read").length,
    inferred: steps.filter((s) => s.document.basis === "inferred").length,
  }));
  const sum = (of: "steps" | "read" | "inferred"): number => counted.reduce((n, c) => n + c[of], 0);
  const rows = counted.map((c) => [c.verb, c.steps, c.read, c.inferred]);
  if (rows.length > 1) rows.push(["all", sum("steps"), sum("read"), sum("inferred")]);
  return [["steps of", "steps", "read", "inferred"], ...rows].map(
    ([verb, ...n]) => `${String(verb).padEnd(22)}${n.map((x) => String(x).padStart(10)).join("")}`,
  );
}

/** A path's steps for a person: how many, then one line a step, verb by verb. */
export function pathTable(path: Path, programs: Programs, sources: Sources): string {
  const out = [
    `${path.label}: ${path.title}`,
    `mechanisms: ${Object.entries(path.mechanisms)
      .map(([k, v]) => `${k}=${v}`)
      .join(" ")}`,
    "",
    ...summary(programs),
  ];
  for (const [verb, steps] of programs) {
    out.push("", verb);
    for (const s of steps) {
      const what = s.launch
        ? "→ the device starts here"
        : s.wait
          ? "… waits for the event"
          : s.layer
            ? `${s.layer.padEnd(15)} ${formText(s.count)} × ${s.cost}`
            : "";
      const hold = s.hold.length > 0 ? ` [holds ${s.hold.join(", ")}]` : "";
      const guard = s.guard.length > 0 ? ` [if ${s.guard.join(" and ")}]` : "";
      const counts =
        s.counts.length > 0
          ? ` {${s.counts.map((c) => `${c.counter} += ${formText(c.form)}`).join(", ")}}`
          : "";
      const source = `${s.document.basis ?? "no basis"}: ${s.document.source ?? "no source"}`;
      out.push(
        `  ${s.id.padEnd(20)} ${(s.document.actor ?? "").padEnd(6)} ` +
          `${(s.document.primitive ?? "").padEnd(9)} ${what}${counts}${hold}${guard}  ` +
          `(${annotated(source, sources)})`,
      );
    }
  }
  return out.join("\n") + "\n";
}
/** What these programs cite. */
export const pathSources = (programs: Programs): string[] =>
  programs.flatMap(([, steps]) => steps.map((s) => s.document.source ?? ""));

export function testbedTable(testbed: Testbed, sources: Sources): string {
  const out = [
    `${testbed.name}: ${testbed.title}`,
    "",
    `${"value".padEnd(24)}${"".padStart(10)} ${"range".padStart(18)} unit      confidence  source`,
  ];
  for (const [name, v] of Object.entries(testbed.values))
    out.push(
      `${name.padEnd(24)}${String(v.value).padStart(10)} ${`${v.low} … ${v.high}`.padStart(18)} ` +
        `${v.unit.padEnd(9)} ${(v.confidence ?? "not given").padEnd(11)} ${annotated(v.source, sources)}`,
    );
  return out.join("\n") + "\n";
}
