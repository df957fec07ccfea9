import { distance } from "fastest-levenshtein";

/** Of `names` the one that a typing error away from `said`, at most a third of its letters. */
export function nearest(said: string, names: Iterable<string>): string | undefined {
  let best: string | undefined,
    least = Math.max(1, Math.floor(said.length / 3)) + 1;
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
