import type { Validation } from "../../validate/validate.js";
import { hanging } from "../lines.js";
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
export function validationText(v: Validation, width = 110): string {
  const out: string[] = [];
  const line = (text = ""): void => void out.push(text.trimEnd());
  hanging("", safe(v.title), width, line);
  line();
  out.push(
    `${"point".padEnd(8)}${"tier".padEnd(6)}${"model".padStart(10)}${"published".padStart(12)} ` +
      `${"unit".padEnd(8)}${"error".padStart(10)}  ${"allowed".padEnd(16)} what`,
  );
  for (const d of v.verdicts) {
    const p = d.point;
    const figures =
      `${p.id.padEnd(8)}${String(p.tier).padEnd(6)}` +
      `${figure(d.model).padStart(10)}${figure(p.expected).padStart(12)} ` +
      `${p.unit.padEnd(8)}${errorOf(d).padStart(10)}  ` +
      `${(d.within ? toleranceOf(p.tolerance) : `MISS ${toleranceOf(p.tolerance)}`).padEnd(16)} `;
    hanging(safe(figures), safe(p.what), width, line);
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
  if (missed.length > 0) {
    out.push("", "Misses:");
    for (const d of missed) {
      const why = d.point.note ?? "no reason is given in the document of points";
      hanging(`  ${safe(d.point.id)} `, safe(`(${errorOf(d)}): ${why}`), width, line);
    }
  }
  if (v.left_out.length > 0) {
    out.push("", "Left out, as the model cannot express them:");
    for (const l of v.left_out) hanging(`  ${safe(l.id)}: `, safe(l.reason), width, line);
  }
  const freeze = freezeOf(v);
  if (freeze) {
    line();
    hanging("", safe(freeze), width, line);
  }
  return out.join("\n") + "\n";
}
