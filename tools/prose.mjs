// Lays out the prose of Markdown: a line for each sentence, and a long sentence broken where a reader pauses.
// Tables, headings and code stay as they are. `wrapped` is idempotent, so that it can be checked.
export const WIDTH = 110;
/** A sentence shorter than this goes on with the next one. */
const SHORT = 30;

const FENCE = /^\s*(```|~~~)/;
const ITEM = /^(\s*)([*+-]|\d+[.)])(\s+)(?=\S)/;
const OTHER = /^\s*(\||#|<|>|\[[^\]]+\]:)|^\s*$|^(\s*)([-*_])\s*(\3\s*){2,}$/;
/** What must not begin a line, since Markdown would read it as something else. */
const MARK = /^([-+*|>#=]+|\d+[.)])$/;

/** Words, where a code span or a link is one word. */
function words(text) {
  return text.match(/(?:`+[^`]*`+|\[[^\]]*\]\([^)]*\)|\S)+/g) ?? [];
}
const ENDS = /[.!?]["')*_”]*$/;
const STARTS = /^["'(*_`“[]*[\p{Lu}\d`"“(*[]/u;
const ABBREVIATION = /^\(?(e\.g|i\.e|etc|vs|cf|p|pp|no|St|al|approx)\.$/i;
const endsSentence = (word, next) =>
  ENDS.test(word) && !ABBREVIATION.test(word) && (next === undefined || STARTS.test(next));
/** How good a place after this word is to break at: 2 after a clause, 1 after a comma, 0 elsewhere. */
const pause = (word) => (/[;:–—.]["')*_]*$/.test(word) ? 2 : /,["')*_]*$/.test(word) ? 1 : 0);

function sentences(all) {
  const out = [[]];
  for (const [i, word] of all.entries()) {
    out.at(-1).push(word);
    const long = out.at(-1).join(" ").length >= SHORT;
    if (long && i + 1 < all.length && endsSentence(word, all[i + 1]) && !MARK.test(all[i + 1])) out.push([]);
  }
  return out;
}
/** The words of a sentence in lines of at most `width`. */
function lines(sentence, width) {
  const out = [];
  let rest = sentence;
  while (rest.join(" ").length > width) {
    let best = -1,
      score = -1,
      inside = 0;
    for (
      let n = 1, length = rest[0].length;
      n < rest.length && length <= width;
      length += 1 + rest[n++].length
    ) {
      const before = rest[n - 1];
      inside += before.split("(").length - before.split(")").length;
      if (MARK.test(rest[n])) continue;
      const s = length / width + (length > width / 2 && inside <= 0 ? pause(before) / 2 : 0);
      if (s >= score) [best, score] = [n, s];
    }
    if (best < 0) best = rest.findIndex((w, n) => n > 0 && !MARK.test(w));
    if (best < 0) break;
    out.push(rest.slice(0, best).join(" "));
    rest = rest.slice(best);
  }
  return [...out, rest.join(" ")];
}

/** Markdown with its paragraphs and list items laid out. */
export function wrapped(markdown) {
  const out = [];
  let fence = false,
    paragraph = [],
    first = "",
    hang = "";
  const flush = () => {
    if (paragraph.length === 0) return;
    const text = paragraph.join(" ");
    const broken = sentences(words(text)).flatMap((s) => lines(s, WIDTH - hang.length));
    out.push(...broken.map((l, i) => (i === 0 ? first : hang) + l));
    paragraph = [];
  };
  for (const line of markdown.split("\n")) {
    if (FENCE.test(line)) {
      flush();
      fence = !fence;
      out.push(line);
    } else if (
      fence ||
      OTHER.test(line) ||
      line.endsWith("  ") ||
      (paragraph.length === 0 && /^ {4,}\S/.test(line))
    ) {
      flush();
      out.push(line);
    } else {
      const item = ITEM.exec(line);
      if (item || paragraph.length === 0) {
        flush();
        first = item ? item[0] : /^\s*/.exec(line)[0];
        hang = " ".repeat(first.length);
        paragraph = [line.slice(first.length).trim()];
      } else paragraph.push(line.trim());
    }
  }
  flush();
  return out.join("\n");
}
