import { sha256 } from "../../replay/result/document.js";

/** What a page may load: nothing but its one style sheet, by hash, and images inside it. */
export function contentPolicy(style: string): string {
  const bytes = sha256(style)
    .slice("sha256:".length)
    .match(/../g)!
    .map((hex) => Number.parseInt(hex, 16));
  return (
    "default-src 'none'; style-src " +
    `'sha256-${btoa(String.fromCharCode(...bytes))}'; img-src data:; ` +
    "base-uri 'none'; form-action 'none'"
  );
}
