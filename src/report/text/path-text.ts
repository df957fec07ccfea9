import type { Path } from "../../path/flatten.js";
import { formText } from "../../path/form.js";
import type { Testbed } from "../../testbed/document.js";

/** A path's steps for a person: one line a step, verb by verb. */
export function pathTable(path: Path): string {
  const out = [
    `${path.label}: ${path.title}`,
    `mechanisms: ${Object.entries(path.mechanisms)
      .map(([k, v]) => `${k}=${v}`)
      .join(" ")}`,
  ];
  for (const [verb, steps] of path.programs) {
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
      out.push(
        `  ${s.id.padEnd(20)} ${(s.document.actor ?? "").padEnd(6)} ` +
          `${(s.document.primitive ?? "").padEnd(9)} ${what}${counts}${hold}${guard}  ` +
          `(${s.document.basis ?? "no basis"}: ${s.document.source ?? "no source"})`,
      );
    }
  }
  return out.join("\n") + "\n";
}

export function testbedTable(testbed: Testbed): string {
  const out = [
    `${testbed.name}: ${testbed.title}`,
    "",
    `${"value".padEnd(24)}${"".padStart(10)} ${"range".padStart(18)} unit      confidence  source`,
  ];
  for (const [name, v] of Object.entries(testbed.values))
    out.push(
      `${name.padEnd(24)}${String(v.value).padStart(10)} ${`${v.low} … ${v.high}`.padStart(18)} ` +
        `${v.unit.padEnd(9)} ${(v.confidence ?? "not given").padEnd(11)} ${v.source}`,
    );
  return out.join("\n") + "\n";
}
