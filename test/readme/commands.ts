import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const readme = readFileSync(fileURLToPath(new URL("../../README.md", import.meta.url)), "utf8");

/** Code blocks of the README in a language. */
export const readmeBlocks = (language: string): string[] =>
  [...readme.matchAll(new RegExp(`\`\`\`${language}\\n([\\s\\S]*?)\`\`\``, "g"))].map((m) => m[1]!);

/** Every command of the README but `npm test`, which is what runs the tests. */
export const readmeCommands = (): string[] =>
  readmeBlocks("sh")
    .flatMap((b) => b.split("\n"))
    .map((line) => line.replace(/\s+#.*$/, "").trim())
    .filter((c) => c !== "" && c !== "npm test");
