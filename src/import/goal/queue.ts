/** First in, first out; moving the front one by one would take as long as the queue. */
export class Queue<T> {
  private items: T[] = [];
  private front = 0;
  get size(): number {
    return this.items.length - this.front;
  }
  get first(): T | undefined {
    return this.items[this.front];
  }
  push(item: T): void {
    this.items.push(item);
  }
  shift(): T {
    const item = this.items[this.front++]!;
    if (this.front > 1024 && 2 * this.front > this.items.length) {
      this.items = this.items.slice(this.front);
      this.front = 0;
    }
    return item;
  }
}
