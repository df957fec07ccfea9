/**
 * Control characters, bidirectional overrides and lone surrogates:
 * what moves a cursor, hides text or is no character.
 */
const UNSAFE =
  /[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufffe\uffff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;

/** Text from a file, for a terminal or XML: what is unsafe is shown as dots. */
export const safe = (text: string): string => text.replace(UNSAFE, "·");

/** The same for text of several lines. */
export const safeLines = (text: string): string => text.replace(UNSAFE, (c) => (c === "\n" ? c : "·"));

/** JSON that is safe to print: the same document, unsafe characters as escapes. */
export const safeJson = (x: unknown): string => safeJsonText(JSON.stringify(x, null, 2));
/** The same of a document that is text already: outside of its strings there is nothing unsafe but line ends. */
export const safeJsonText = (text: string): string =>
  text.replace(UNSAFE, (c) =>
    c === "\n" || c === "\r" || c === "\t" ? c : `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );

/**
 * Text from a file inside Markdown: code, every character that
 * means something to Markdown or HTML as an entity.
 */
export const markdownCode = (text: string): string =>
  `<code>${safe(text).replace(/[^A-Za-z0-9 .,+=/-]/gu, (c) => `&#${c.codePointAt(0)};`)}</code>`;
