import type { Calibration, Errors, Figure, FittedSum } from "../../calibrate/document.js";
import { errorColumns, number, sumColumns, valueColumns } from "../columns/calibration.js";
import { terminalLines } from "../columns/column.js";
import { type Line, wrap } from "../lines.js";
import { safe } from "../safe-text.js";

/** Furthest figures that are named when the model does not describe them. */
const WORST_NAMED = 3;

/** What a calibration found, for a person; `file` is where the testbed was written. */
export function calibrationText(c: Calibration, file: string, width: number): string {
  const out: string[] = [],
    line: Line = (s = "") => void out.push(s),
    used = c.figures.filter((f) => f.use === "fitted").length;
  line(
    `${safe(file)}: testbed ${safe(c.base.name)}, fitted to ${used} ` +
      `figure${used === 1 ? "" : "s"} measured on path ${safe(c.path)} (noise ${c.noise_percent} ` +
      "%)",
  );
  line();
  if (!c.described) {
    warning(c, width, line);
    line();
  }
  known(c, width, line);
  sums(c, width, line);
  left(c, width, line);
  errors(c, line);
  if (c.notes.length > 0) {
    line();
    line("Notes");
    for (const note of c.notes) wrap(safe(note), width, line);
  }
  return `${out.join("\n")}\n`;
}

const END = { low: ", the range's low end", high: ", the range's high end" };

function known(c: Calibration, width: number, line: Line): void {
  const values = c.values.filter((v) => v.known);
  if (values.length === 0) line("No value is known by itself.");
  else {
    line("Known by themselves");
    for (const text of terminalLines(valueColumns(c), values)) line(text.trimEnd());
    for (const v of values)
      if (v.at_end !== null)
        wrap(
          `${safe(v.value)} stands at ${number(v.now)} ${v.unit}${END[v.at_end]}: ` +
            "if the machine is further, widen it in a base testbed of your own",
          width,
          line,
        );
  }
  line();
}

function sums(c: Calibration, width: number, line: Line): void {
  if (c.sums.length > 0) {
    line("Known together only: values that act alike in these measurements, moved each by its part");
    const [head, ...rows] = terminalLines(sumColumns(c), c.sums);
    line(head!.trimEnd());
    c.sums.forEach((s, i) => {
      line(rows[i]!.trimEnd());
      wrap(`with ${withOthers(s)}`, width, line);
    });
    const moved = c.values.filter((v) => !v.known && v.now !== v.was);
    if (moved.length > 0)
      wrap(
        "moved: " +
          `${moved
            .map(
              (v) =>
                `${safe(v.value)} ${number(v.was)} → ${number(v.now)} ` +
                `${v.unit}${v.at_end === null ? "" : " (its end)"}`,
            )
            .join(", ")}`,
        width,
        line,
      );
    line();
  }
}
const withOthers = ({ members }: FittedSum): string =>
  members.length === 0
    ? "none that is named"
    : members.map(({ value, weight }) => `${weight < 0 ? "−" : ""}${safe(value)}`).join(", ");

function left(c: Calibration, width: number, line: Line): void {
  line("Left as they were");
  for (const [why, words] of [
    ["unseen", "these measurements do not see"],
    ["noise", "all of their range moves the figures by less than noise"],
  ] as const) {
    const names = c.left.filter((l) => l.why === why).map((l) => safe(l.value));
    if (names.length > 0) wrap(`${words}: ${names.join(", ")}`, width, line);
  }
  wrap(
    `never fitted: ${c.never.other} sizes, counts and names, which are looked up; ` +
      `${c.never.fixed} times and rates whose range has no width`,
    width,
    line,
  );
  line();
}

function errors(c: Calibration, line: Line): void {
  const rows: [string, Errors][] = [["fitted", c.errors.fitted]];
  if (c.errors.held_out) rows.push(["held out, not seen by the fit", c.errors.held_out]);
  for (const text of terminalLines(errorColumns(c.base.name), rows)) line(text);
  line(
    c.errors.held_out
      ? `misfit ${number(c.misfit)} (about 1 is as good as noise allows; ` +
          "what noise alone reaches once in a thousand gets a warning)"
      : "nothing is held out: no series has a second size, or --hold-out none",
  );
}

function warning(c: Calibration, width: number, line: Line): void {
  const off = (f: Figure): number => Math.abs(Math.log(f.after / f.measured)) / f.noise;
  const worst = c.figures
    .filter((f) => f.use === "fitted")
    .sort((a, b) => off(b) - off(a))
    .slice(0, WORST_NAMED);
  line(
    `WARNING: the model does not describe these figures: misfit ${number(c.misfit)}. ` +
      "Intervals are wider for it, and values may be wrong by more. Furthest off:",
  );
  for (const f of worst)
    wrap(
      `${safe(f.file)} line ${f.line}, ` +
        `${safe(f.series)}${f.size === null ? "" : ` ${f.size} B`}: ` +
        `predicted ${number(f.after / f.measured)} times what was measured`,
      width,
      line,
    );
}
