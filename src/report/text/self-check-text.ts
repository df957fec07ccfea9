import type { SelfCheck } from "../../replay/result/self-check.js";
import { timeText } from "../bars.js";
import { type Line, wrap } from "../lines.js";

const MOST_VERBS = 8;
export const errorText = (error: number): string =>
  `${error >= 0 ? "+" : "−"}${Math.abs(100 * error).toFixed(1)} %`;

/** The native replay beside the recording's own times. */
export function selfCheckText(check: SelfCheck | undefined, width: number, line: Line): void {
  if (!check) return;
  if (!check.comparable) {
    wrap(`Self-check: recorded times are not compared with the native replay: ${check.why}`, width, line);
    line();
    return;
  }
  line("Self-check: the native replay against the recorded times (calls: means, waiting left out)");
  line(
    `${"".padEnd(18)}${"calls".padStart(10)}${"recorded".padStart(12)}` +
      `${"native".padStart(12)}${"error".padStart(11)}`,
  );
  const rows = [
    { name: "whole trace", calls: "", of: check.total },
    ...(check.data_path ? [{ name: "data path", calls: "", of: check.data_path }] : []),
    ...check.verbs.slice(0, MOST_VERBS).map((v) => ({ name: v.verb, calls: String(v.calls), of: v })),
  ];
  for (const { name, calls, of } of rows)
    line(
      `${name.padEnd(18)}${calls.padStart(10)}${timeText(Number(of.recorded_ps)).padStart(12)}` +
        `${timeText(Number(of.model_ps)).padStart(12)}${errorText(of.error).padStart(11)}`,
    );
  if (check.verbs.length > MOST_VERBS) line(`… and ${check.verbs.length - MOST_VERBS} more verbs`);
  wrap(
    "An error of many percent says that the testbed is not the machine of " +
      "this trace: verbscope calibrate fits one to it.",
    width,
    line,
  );
  line();
}
