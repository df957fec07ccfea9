/** So much of a line at most stays empty before what continues it; what begins further in begins here. */
const MARGIN = 0.6,
  INDENT = 4;

/**
 * Text whose lines are at most `width` long: what does not fit goes on below the last column of its line, or
 * below its first word. Only a word that is longer than a line sticks out.
 */
export function fitted(text: string, width: number): string {
  return text
    .split("\n")
    .flatMap((line) => (line.length <= width ? line : broken(line, width)))
    .join("\n");
}

function broken(text: string, width: number): string[] {
  const most = width * MARGIN,
    line = text.search(/\S/) <= most ? text : " ".repeat(INDENT) + text.trimStart();
  const first = line.search(/\S/),
    columns = [...line.matchAll(/ {2,}(?=\S)/g)].map((m) => m.index + m[0].length),
    below = columns.filter((at) => at <= most).at(-1) ?? first;
  const indent = " ".repeat(below),
    lines: string[] = [];
  let rest = line;
  while (rest.length > width) {
    const fits = rest.lastIndexOf(" ", width),
      from = lines.length === 0 ? first : below,
      at = fits > from ? fits : rest.indexOf(" ", from + 1);
    if (at < 0) break;
    lines.push(rest.slice(0, at).trimEnd());
    rest = indent + rest.slice(at).trimStart();
  }
  return rest.trim() === "" ? lines : [...lines, rest];
}
