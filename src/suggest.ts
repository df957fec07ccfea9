import { distance } from "fastest-levenshtein";

/** Of `names` the one nearest to `said`, at most two letters or a third of them away (one of short names). */
export function nearest(said: string, names: Iterable<string>): string | undefined {
  let best: string | undefined,
    least = (said.length < 4 ? 1 : Math.max(2, Math.floor(said.length / 3))) + 1;
  for (const name of names) {
    const d = distance(said.toLowerCase(), name.toLowerCase());
    if (d < least) [best, least] = [name, d];
  }
  return best;
}
/** `; did you mean "memlink"?` or nothing. */
export function didYouMean(said: string, names: Iterable<string>): string {
  const name = nearest(said, names);
  return name === undefined ? "" : `; did you mean "${name}"?`;
}
