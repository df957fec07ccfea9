/** Items of a stream, with a look at those that follow. */
export class Ahead<T> {
  private readonly iterator: Iterator<T>;
  private readonly seen: T[] = [];

  constructor(items: Iterable<T>) {
    this.iterator = items[Symbol.iterator]();
  }
  /** The next item; undefined at the end. */
  next(): T | undefined {
    if (this.seen.length > 0) return this.seen.shift();
    const { done, value } = this.iterator.next();
    return done ? undefined : value;
  }
  /** The first of the next `most` items that fits; they stay. */
  find(most: number, fits: (item: T) => boolean): T | undefined {
    for (let i = 0; i < most; i++) {
      if (i === this.seen.length) {
        const { done, value } = this.iterator.next();
        if (done) return undefined;
        this.seen.push(value);
      }
      if (fits(this.seen[i]!)) return this.seen[i];
    }
    return undefined;
  }
}
