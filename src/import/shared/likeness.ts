const NEWLINE = 10,
  RETURN = 13;
/** Lines that are looked at; the first of a recording are like the others. */
const LINES = 400;
const RECORDS = 400;

/** What a line says of a format: it is one of an access, one that goes with them, or none of its. */
export type Likeness = "access" | "other" | "foreign";

/**
 * Share of the lines of a text that are a format's, 0 where none of them is an access.
 * Bytes that no text has make it 0: zeros, and more control characters than a stray one.
 */
export function likeLines(
  head: Uint8Array,
  line: (bytes: Uint8Array, from: number, to: number) => Likeness,
): number {
  if (!isText(head)) return 0;
  let own = 0,
    accesses = 0,
    lines = 0;
  for (let from = 0; from < head.length && lines < LINES; ) {
    let end = head.indexOf(NEWLINE, from);
    const whole = end >= 0;
    if (!whole) end = head.length;
    if (!whole && lines > 0) break; // cut where the head ends
    const to = end > from && head[end - 1] === RETURN ? end - 1 : end;
    if (to > from) {
      const is = line(head, from, to);
      if (is !== "foreign") own++;
      if (is === "access") accesses++;
      lines++;
    }
    from = end + 1;
  }
  return accesses === 0 ? 0 : own / lines;
}

/** The first line as text, without its end. */
export function firstLine(head: Uint8Array): string {
  const end = head.indexOf(NEWLINE);
  return new TextDecoder().decode(head.subarray(0, end < 0 ? Math.min(head.length, 4096) : end)).trimEnd();
}

export function isText(head: Uint8Array): boolean {
  const end = Math.min(head.length, 4096);
  for (let i = 0; i < end; i++) {
    const byte = head[i]!;
    if (byte < 32 && byte !== 9 && byte !== NEWLINE && byte !== RETURN && byte !== 27) return false;
  }
  return end > 0;
}

/** Share of the records of `size` bytes that `fits` takes; 0 for a head that is none of them whole. */
export function likeRecords(
  head: Uint8Array,
  size: number,
  fits: (view: DataView, at: number) => boolean,
): number {
  const view = new DataView(head.buffer, head.byteOffset, head.byteLength),
    records = Math.min(RECORDS, Math.floor(head.length / size));
  let own = 0;
  for (let i = 0; i < records; i++) if (fits(view, i * size)) own++;
  return records === 0 ? 0 : own / records;
}
