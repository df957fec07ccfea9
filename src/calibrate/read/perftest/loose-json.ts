import { type Line, quote, type Source } from "../shared/source.js";

/** A member's text, without quotes, and where it stands. */
export interface Leaf {
  readonly text: string;
  readonly line: Line;
}
/** An object of texts and objects, by name in the order of the file. */
export interface Loose {
  readonly line: Line;
  readonly members: Map<string, Leaf | Loose>;
}

/** perftest's documents are two deep. */
const DEEPEST = 8;
/** A brace, a comma, a colon, a quoted text, or a bare one up to any of them or the line's end. */
const TOKEN = /\s+|[{}\[\],:]|"(?:[^"\\]|\\.)*"|"|[^\s{}\[\],:"][^{}\[\],:"]*/y;

interface Token {
  readonly text: string;
  readonly quoted: boolean;
  readonly line: Line;
}

/**
 * Objects as perftest writes them: JSON, but names and texts may lack their quotes,
 * and commas may be missing at a line's end or stand before a brace
 * (versions before linux-rdma/perftest pull request 239). Several objects
 * may follow each other. Arrays and escapes do not occur.
 */
export function looseObjects(source: Source): Loose[] {
  const tokens = tokensOf(source),
    objects: Loose[] = [];
  let at = 0;
  const cut = (line: Line): never =>
    source.refuse(line, "ends within an object: the file was cut, give all of it");
  const object = (depth: number): Loose => {
    const open = tokens[at++]!,
      members = new Map<string, Leaf | Loose>();
    if (depth > DEEPEST)
      source.refuse(open.line, "has objects in objects deeper than perftest writes them: give its own file");
    for (;;) {
      const name = tokens[at++] ?? cut(tokens.at(-1)!.line);
      if (name.text === "}" && !name.quoted) return { line: open.line, members };
      if (name.text === "," && !name.quoted) continue;
      if (isMark(name))
        source.refuse(name.line, `${quote(name.text)} stands where a name is due: give perftest's own file`);
      if (members.has(name.text))
        source.refuse(name.line, `${quote(name.text)} is there twice: give the file of one run`);
      const colon = tokens[at++] ?? cut(name.line);
      if (colon.text !== ":" || colon.quoted)
        source.refuse(name.line, `${quote(name.text)} has no colon behind it: give perftest's own file`);
      const value = tokens[at] ?? cut(name.line);
      if (value.text === "{" && !value.quoted) members.set(name.text, object(depth + 1));
      else if (isMark(value))
        source.refuse(value.line, `${quote(name.text)} has no value: give perftest's own file`);
      else {
        members.set(name.text, value);
        at++;
      }
    }
  };
  while (at < tokens.length) {
    const token = tokens[at]!;
    if (token.text !== "{" || token.quoted)
      source.refuse(
        token.line,
        `${quote(token.text)} stands where an object is due: give perftest's own file`,
      );
    objects.push(object(1));
    if (tokens[at]?.text === "," && !tokens[at]!.quoted) at++;
  }
  return objects;
}

const isMark = (token: Token): boolean => !token.quoted && /^[{}\[\],:]$/.test(token.text);

function tokensOf(source: Source): Token[] {
  const tokens: Token[] = [];
  for (const line of source.lines) {
    TOKEN.lastIndex = 0;
    for (let m = TOKEN.exec(line.text); m !== null; m = TOKEN.exec(line.text)) {
      const text = m[0];
      if (text === '"')
        source.refuse(
          line,
          "has a quote that does not end on its line: the file was cut or damaged, give perftest's own file",
        );
      if (text.trim() !== "")
        tokens.push(
          text.startsWith('"')
            ? { text: text.slice(1, -1), quoted: true, line }
            : { text: text.trim(), quoted: false, line },
        );
    }
  }
  return tokens;
}
