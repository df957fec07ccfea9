/** A section of docs/prototype.md or docs/prototype-verbs.md, which path documents cite by number. */
export interface Section {
  readonly number: string;
  readonly title: string;
  readonly page: string;
  /** Steps by name; letters say where each is from (LETTERS). */
  readonly steps: ReadonlyMap<string, { readonly letters: string; readonly text: string }>;
  /** Repositories, files and functions, in words. */
  readonly code: string;
  /** Short names of the publications that hold this code. */
  readonly publications: readonly string[];
}
export const PAGES = ["docs/prototype.md", "docs/prototype-verbs.md"] as const;

/**
 * Publications of letters; P stands for the others of a section,
 * R for what is recalled, I for what is inferred.
 */
export const LETTERS: Readonly<Record<string, string>> = { Q: "QEMU 1.3.1", K: "Linux 3.6" };

const HEADING = /^#+ (\d+(?:\.\d+)?) (.+)$/;
const STEP = /^- \*\*(\w+)\*\* \(([PQKRI]+)\) (.*)$/;

/** Sections of a page. One without a code line takes that of the section that holds it. */
export function sectionsOf(page: string, markdown: string): Section[] {
  const out: Section[] = [];
  for (const block of markdown.split(/^(?=#+ )/m)) {
    const [first, ...lines] = block.split("\n") as [string, ...string[]];
    const heading = HEADING.exec(first);
    if (!heading) continue;
    const number = heading[1]!,
      steps = new Map<string, { letters: string; text: string }>();
    let code = "",
      open: ((more: string) => void) | undefined;
    for (const line of lines) {
      const step = STEP.exec(line);
      if (step) {
        const at = { letters: step[2]!, text: step[3]! };
        steps.set(step[1]!, at);
        open = (more) => {
          at.text += ` ${more}`;
        };
      } else if (line.startsWith("Code: ")) {
        code = line.slice("Code: ".length);
        open = (more) => {
          code += ` ${more}`;
        };
      } else if (line.trim() === "" || line.startsWith("- ")) open = undefined;
      else open?.(line.trim());
    }
    const outer = out.find((s) => s.number === number.split(".")[0]);
    if (code === "" && outer) code = outer.code;
    out.push({ number, title: heading[2]!, page, steps, code, publications: namesIn(code) });
  }
  return out;
}
/** Names of publications stand in bold. */
const namesIn = (code: string): string[] => [
  ...new Set([...code.matchAll(/\*\*([^*]+)\*\*/g)].map((m) => m[1]!)),
];
