/**
 * What the user can put right: its message is one sentence that says where,
 * what and what to do. The command line turns it into exit code 2.
 */
export class UserError extends Error {
  override readonly name = "UserError";
  constructor(message: string) {
    super(cut(escaped(message)));
  }
}

/** What a document or file name holds may move a cursor or turn text round: here it is seen, as JSON writes it. */
const escaped = (message: string): string =>
  message.replace(
    /[\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g,
    (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );

/** Longest quoted value, and longest sentence: what is longer hides what it is about. */
const LONGEST_QUOTE = 200,
  LONGEST = 2000;
const cut = (message: string): string => {
  const short = message
    .replace(/"([^"\n]{200})[^"\n]+"/g, '"$1…"')
    .replace(/([^\s"]{200})[^\s"]{100,}/g, "$1…");
  return short.length > LONGEST ? `${short.slice(0, LONGEST)}…` : short;
};

/** A value of a document in an error: JSON, cut where it is long; never `undefined`. */
export function shown(x: unknown): string {
  const text = x === undefined ? "missing" : JSON.stringify(x);
  return text.length > LONGEST_QUOTE ? `${text.slice(0, LONGEST_QUOTE)}…` : text;
}
