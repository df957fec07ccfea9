import type { BreakEven } from "../../attribution/break-even.js";
import { timeText } from "../bars.js";
import { safe } from "../safe-text.js";

const grouped = new Intl.NumberFormat("en-US");

function bytesText(n: number): string {
  const [size, unit] = (
    [
      [2 ** 30, "GiB"],
      [2 ** 20, "MiB"],
      [2 ** 10, "KiB"],
    ] as const
  ).find(([s]) => n >= s && n % s === 0) ?? [1, "B"];
  return `${n / size} ${unit}`;
}
/** A fraction of ps as a number. */
function ps(fraction: string): number {
  const [num, den] = fraction.split("/");
  return Number(num) / Number(den);
}

/** Break-even points for a person. */
export function breakEvenText(b: BreakEven): string {
  const from = safe(b.from),
    to = safe(b.to),
    out: string[] = [];
  out.push(
    `${b.workload} on testbed ${safe(b.testbed.name)}: ` +
      `when the set-up of ${to} has paid for itself against ${from}`,
    "",
  );
  const row = (cells: readonly string[]): string =>
    cells
      .map((c, i) => (i === 0 ? c.padEnd(10) : c.padStart(i === 2 ? 17 : 14)))
      .join("")
      .trimEnd();
  out.push(row(["size", "set-up more", `${b.unit} less`, `${b.unit}s`, "access more", "accesses"]));
  for (const s of b.sizes) {
    const setup = Number(s.setup_ps.to) - Number(s.setup_ps.from),
      gain = ps(s.exchange_ps.from) - ps(s.exchange_ps.to),
      access = ps(s.reads.access_ps.to) - ps(s.reads.access_ps.from);
    const signed = (x: number): string => (x < 0 ? `−${timeText(-x)}` : timeText(x));
    out.push(
      row([
        bytesText(s.size),
        signed(setup),
        signed(gain),
        s.exchanges === null ? "never" : `${s.replayed ? "" : "≈ "}${grouped.format(s.exchanges)}`,
        signed(access),
        s.reads.per_exchange === null ? "any" : grouped.format(s.reads.per_exchange),
      ]),
    );
  }
  out.push(
    "",
    `size: of a message, and of each registered buffer. ${b.unit}s: ` +
      `the first number of them for which a whole run on ${to}, set-up and tear-down included, ` +
      "takes no longer than on " +
      `${from}` +
      (b.sizes.some((s) => !s.replayed && s.exchanges !== null)
        ? "; ≈ computed, all others replayed"
        : "; replayed, as is the run of one less") +
      ".",
  );
  const footprints = [...new Set(b.sizes.map((s) => bytesText(s.reads.footprint)))].join(", ");
  out.push(
    `access more: of a random update (gups) of linked memory (${footprints}), caches and TLBs warm. ` +
      `accesses: so many for each ${b.unit} cost more on ${to} than the ${b.unit} gains.`,
    "",
    `digest ${b.digest}`,
  );
  return `${out.join("\n")}\n`;
}
