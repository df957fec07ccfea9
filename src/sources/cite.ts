/** What a text cites: a figure by its id, or steps of a section of the prototype's pages. */
export type Citation =
  | { readonly kind: "figure"; readonly text: string; readonly id: string }
  | {
      readonly kind: "prototype";
      readonly text: string;
      readonly section: string;
      readonly steps: readonly string[];
    };

/** Areas A to G, or the parameters of a testbed, and three digits; D035 stands for D035a, D035b and so on. */
const FIGURE = String.raw`(?<![\w.-])(?:[A-G]\d{3}[a-z]?|P[TM]\d{3}|M-[A-Z]{2}\d{2})(?![\w-])`;
const STEP = String.raw`\d+[a-z]?`;
const PROTOTYPE = String.raw`\bprototype (\d+(?:\.\d+)?)(?: steps? (${STEP}(?:(?:, | and | to )${STEP})*))?`;
export const CITATION = new RegExp(`${PROTOTYPE}|(${FIGURE})`, "g");

/** `6, 7 and 9`, `8 to 11`: each step by its name. */
function stepsOf(list: string | undefined): string[] {
  return (list ?? "").split(/, | and /).flatMap((part) => {
    const [first, last] = part.split(" to ");
    if (last === undefined) return first ? [first] : [];
    const from = Number.parseInt(first!, 10);
    return Array.from({ length: Number.parseInt(last, 10) - from + 1 }, (_, i) => String(from + i));
  });
}
/** Every citation of a text, in order. */
export function citations(text: string): Citation[] {
  return [...text.matchAll(CITATION)].map(([found, section, steps, id]) =>
    id !== undefined
      ? { kind: "figure", text: found, id }
      : { kind: "prototype", text: found, section: section!, steps: stepsOf(steps) },
  );
}
