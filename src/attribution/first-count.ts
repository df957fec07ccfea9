/**
 * The first n from 1 on for which `holds(n)`, found near `guess` for a statement that stays true
 * once it is; null when it does not hold up to `most`. Both that n and n − 1 are asked.
 */
export function firstCount(holds: (n: number) => boolean, guess: number, most: number): number | null {
  const asked = new Map<number, boolean>();
  const ask = (n: number): boolean => {
    let known = asked.get(n);
    if (known === undefined) asked.set(n, (known = holds(n)));
    return known;
  };
  let high = Math.min(Math.max(1, guess), most),
    low = 0,
    step = 1;
  if (ask(high)) {
    // Below the guess, in growing steps.
    for (low = high - step; low > 0 && ask(low); step *= 2, low = Math.max(0, high - step)) high = low;
    low = Math.max(0, low);
  } else {
    for (low = high; ; step *= 2) {
      if (low === most) return null;
      high = Math.min(most, low + step);
      if (ask(high)) break;
      low = high;
    }
  }
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (ask(middle)) high = middle;
    else low = middle;
  }
  return high;
}
