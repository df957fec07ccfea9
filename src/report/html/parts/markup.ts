import { safe } from "../../safe-text.js";

/** Text that is HTML or SVG already. Everything else that meets a template is escaped. */
export class Markup {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}
type Part = Markup | string | number | bigint | false | null | undefined | readonly Part[];

const ENTITIES: Record<string, string> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
  "`": "&#96;",
};
/**
 * For elements and quoted attributes of HTML and XML alike;
 * control characters and what reorders text are dots.
 */
const escaped = (text: string): string => safe(text).replace(/[&<>"'`]/g, (c) => ENTITIES[c]!);

function part(x: Part): string {
  if (x instanceof Markup) return x.text;
  if (Array.isArray(x)) return x.map(part).join("");
  return x === false || x === null || x === undefined ? "" : escaped(String(x));
}

/** A template's own text, laid out once: it is the same array at every call. */
const LAID_OUT = new WeakMap<TemplateStringsArray, readonly string[]>();
/**
 * A line break with its indent is the code's layout, as in JSX:
 * nothing beside a tag or a value, else a space.
 */
function laidOut(pieces: TemplateStringsArray): readonly string[] {
  let out = LAID_OUT.get(pieces);
  if (out === undefined) {
    out = pieces.map((p) =>
      p.replace(/\s*\n\s*/g, (gap, at: number) => {
        const before = p[at - 1] ?? ">",
          after = p[at + gap.length] ?? "<";
        return before === ">" || after === "<" ? "" : " ";
      }),
    );
    LAID_OUT.set(pieces, out);
  }
  return out;
}

/** HTML or SVG: what is put in is escaped unless it is markup. Attributes are always quoted. */
export function markup(pieces: TemplateStringsArray, ...values: readonly Part[]): Markup {
  return new Markup(
    laidOut(pieces)
      .map((p, i) => (i < values.length ? p + part(values[i]) : p))
      .join(""),
  );
}
export const NOTHING = new Markup("");
