import type { Validation } from "../../validate/validate.js";
import { safe } from "../safe-text.js";
import {
  errorOf,
  figure,
  freezeOf,
  groupName,
  groups,
  medianOf,
  share,
  toleranceOf,
} from "../validation-words.js";

const WORST = 5;

/**
 * The validation for a terminal: a line for each point, the summary, what each miss means, what was left out.
 */
export function validationText(v: Validation): string {
  const out = [safe(v.title), ""];
  out.push(
    `${"point".padEnd(8)}${"tier".padEnd(6)}${"model".padStart(10)}${"published".padStart(12)} ` +
      `${"unit".padEnd(8)}${"error".padStart(10)}  ${"allowed".padEnd(16)} what`,
  );
  for (const d of v.verdicts) {
    const p = d.point;
    out.push(
      safe(
        `${p.id.padEnd(8)}${String(p.tier).padEnd(6)}` +
          `${figure(d.model).padStart(10)}${figure(p.expected).padStart(12)} ` +
          `${p.unit.padEnd(8)}${errorOf(d).padStart(10)}  ` +
          `${(d.within ? toleranceOf(p.tolerance) : `MISS ${toleranceOf(p.tolerance)}`).padEnd(16)} ` +
          `${p.what}`,
      ),
    );
  }
  out.push("", `${"".padEnd(32)}${"within".padStart(18)}${"median error".padStart(14)}  worst misses`);
  for (const g of groups(v))
    out.push(
      safe(
        `${groupName(g).padEnd(32)}${share(g).padStart(18)}${medianOf(g).padStart(14)}  ` +
          `${g.missed.slice(0, WORST).join(", ") || "none"}`,
      ),
    );
  const missed = v.verdicts.filter((d) => !d.within);
  if (missed.length > 0)
    out.push(
      "",
      "Misses:",
      ...missed.map((d) =>
        safe(
          `  ${d.point.id} (${errorOf(d)}): ` +
            `${d.point.note ?? "no reason is given in the document of points"}`,
        ),
      ),
    );
  if (v.left_out.length > 0)
    out.push(
      "",
      "Left out, as the model cannot express them:",
      ...v.left_out.map((l) => safe(`  ${l.id}: ${l.reason}`)),
    );
  const freeze = freezeOf(v);
  if (freeze) out.push("", safe(freeze));
  return out.join("\n") + "\n";
}
