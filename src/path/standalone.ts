import type { PathDocument, Settings } from "./document.js";

/** One document that says all that a chain of documents and overrides say, steps one a line. */
export function standalone(chain: readonly PathDocument[], overrides: Settings): string {
  const last = chain[chain.length - 1]!;
  const suffix = Object.entries(overrides)
    .map(([k, v]) => `-${k}-${v}`)
    .join("");
  const head = {
    schema: last.schema,
    name: `${last.name}${suffix}`,
    title: last.title ?? "",
    mechanisms: Object.assign({}, ...chain.map((d) => d.mechanisms), overrides) as Settings,
    // An override holds against what it would imply: such a rule is left out.
    implies: chain
      .flatMap((d) => d.implies ?? [])
      .map((rule) => ({
        if: rule.if,
        set: Object.fromEntries(Object.entries(rule.set).filter(([m]) => !(m in overrides))),
      }))
      .filter((rule) => Object.keys(rule.set).length > 0),
  };
  const lines = [
    "{",
    ...Object.entries(head).map(([k, v]) => `  ${JSON.stringify(k)}: ${JSON.stringify(v)},`),
  ];
  const sections = {
    groups: Object.assign({}, ...chain.map((d) => d.groups)),
    programs: Object.assign({}, ...chain.map((d) => d.programs)),
  } as Record<string, Record<string, readonly unknown[]>>;
  Object.entries(sections).forEach(([name, entries], i) => {
    lines.push(`  ${JSON.stringify(name)}: {`);
    const list = Object.entries(entries);
    list.forEach(([key, steps], j) => {
      lines.push(`    ${JSON.stringify(key)}: [`);
      steps.forEach((s, k) => lines.push(`      ${JSON.stringify(s)}${k < steps.length - 1 ? "," : ""}`));
      lines.push(`    ]${j < list.length - 1 ? "," : ""}`);
    });
    lines.push(`  }${i === 0 ? "," : ""}`);
  });
  return `${[...lines, "}"].join("\n")}\n`;
}
