/** A row that the page has refused: the replay ends with its number, from 0. */
export class Refused extends Error {
  readonly row: number;

  constructor(row: number, what: string) {
    super(`row ${row}: ${what}`);
    this.row = row;
  }
}
