import { UserError } from "../errors.js";
import { looksLike } from "../looks-like.js";
import { FORMATS } from "./formats.js";
import { NOT_READ } from "./not-read.js";
import type { Format } from "./shared/format.js";
import { readHead } from "./shared/head.js";

/** Less than this is a guess. */
const LEAST = 0.5;
/** The next likely format must be this much less likely. */
const APART = 0.15;
/** Formats that are worth a word. */
const WORTH_NAMING = 0.05,
  MOST_NAMED = 3;

const force = "say which it is: verbscope import FORMAT FILE -o trace.arrow";

/**
 * The format of a recording, by its content; of several files, which must be of one.
 * @throws UserError for content that is known not to be readable, of no format or of several, and for
 * files of different formats
 */
export async function detectFormat(files: readonly string[]): Promise<Format> {
  let found: { format: Format; file: string } | undefined;
  for (const file of files) {
    const format = formatOf(file, await readHead(file));
    if (found !== undefined && found.format !== format)
      throw new UserError(
        `import: ${found.file} is ${found.format.name}, but ${file} is ${format.name}: ` +
          "a trace is made of files of one format, import each by itself",
      );
    found ??= { format, file };
  }
  if (found === undefined) throw new UserError("import: no file is named: give a recording");
  return found.format;
}

function formatOf(file: string, head: Uint8Array): Format {
  const reason = NOT_READ.find((kind) => kind.is(head));
  if (reason) throw new UserError(`${file}: looks like ${reason.what}, which is not read: ${reason.why}`);
  const [best, next, ...rest] = FORMATS.map((format) => ({ format, sure: format.sniff(head) })).sort(
    (a, b) => b.sure - a.sure,
  ) as [Guess, Guess, ...Guess[]];
  if (best.sure < LEAST) {
    const look = best.sure < WORTH_NAMING ? looksLike(head, file) : undefined;
    if (look && !look.vague)
      throw new UserError(`${file}: is no recording but looks like ${look.what}: ${look.todo}`);
    const near = [best, next, ...rest].filter((g) => g.sure >= WORTH_NAMING).slice(0, MOST_NAMED);
    throw new UserError(
      `${file}: is of no format that verbscope knows` +
        (near.length === 0
          ? `: if it is of one, ${force}, where FORMAT is one of ${FORMATS.map((f) => f.name).join(", ")}`
          : `, and closest to ${near.map((g) => g.format.name).join(", ")}: ${force}`),
    );
  }
  if (best.sure - next.sure < APART)
    throw new UserError(`${file}: may be ${best.format.name} or ${next.format.name}: ${force}`);
  return best.format;
}
interface Guess {
  format: Format;
  sure: number;
}
