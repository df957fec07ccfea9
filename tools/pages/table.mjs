// Markdown and numbers of docs/results.md and docs/thesis.md.
export const line = (cells) => `| ${cells.join(" | ")} |`;
/** A table; `align` has one of l and r for each column. */
export const table = (head, align, rows) =>
  [line(head), line([...align].map((a) => (a === "r" ? "---:" : "---"))), ...rows.map(line)].join("\n");
export const times = (x) => (Number.isFinite(x) ? x.toFixed(2) : "–");
export const ns = (ps) => (ps / 1e3).toFixed(ps < 1e5 ? 2 : 1);
export const percent = (x) => `${(100 * x).toFixed(0)} %`;
export const size = (bytes) => {
  const [unit, name] = [
    [2 ** 30, "GiB"],
    [2 ** 20, "MiB"],
    [2 ** 10, "KiB"],
  ].find(([u]) => bytes >= u) ?? [1, "B"];
  return `${Number((bytes / unit).toFixed(bytes / unit < 10 ? 1 : 0))} ${name}`;
};
