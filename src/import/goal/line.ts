/** What an operation of a schedule does. */
export const SEND = 0,
  RECV = 1,
  CALC = 2;
export type Kind = typeof SEND | typeof RECV | typeof CALC;
/** The source, or the tag, of a recv that takes every one. */
export const ANY = -1;

/** A line of a schedule, without comments. */
export type Line =
  | { what: "ranks"; count: number }
  | { what: "rank"; number: number; closed: boolean }
  | { what: "end" }
  | { what: "requires"; label: string; started: boolean; of: string }
  | {
      what: "operation";
      label: string | undefined;
      kind: Kind;
      /** Bytes, or the time that a calc takes. */
      size: number;
      peer: number;
      tag: number;
      cpu: number;
      nic: number;
    };

const RANKS = /^num_ranks\s+(\d+)$/,
  RANK = /^rank\s+(\d+)\s*\{(\s*\})?$/,
  REQUIRES = /^([A-Za-z_]\w*)\s+(i?)requires\s+([A-Za-z_]\w*)$/,
  LABEL = String.raw`^(?:([A-Za-z_]\w*)\s*:\s*)?`,
  MESSAGE = new RegExp(
    LABEL +
      String.raw`(?:send\s+(\d+)\s*b\s+to|recv\s+(\d+)\s*b\s+from)\s+(-1|\d+)` +
      String.raw`((?:\s+(?:tag|cpu|nic)\s+(?:-1|\d+))*)$`,
  ),
  CALCULATION = new RegExp(LABEL + String.raw`calc\s+(\d+)((?:\s+(?:cpu|nic)\s+\d+)*)$`),
  DETAIL = /(tag|cpu|nic)\s+(-1|\d+)/g;

/** The line that `text` is, trimmed and without comments; undefined where it is none of a schedule. */
export function readLine(text: string): Line | undefined {
  if (text === "}") return { what: "end" };
  const requires = REQUIRES.exec(text);
  if (requires)
    return { what: "requires", label: requires[1]!, started: requires[2] === "i", of: requires[3]! };
  const message = MESSAGE.exec(text);
  if (message) {
    const sends = message[2] !== undefined,
      peer = Number(message[4]),
      { tag, cpu, nic } = details(message[5]!);
    // Only a receive takes what comes from anywhere, or under any tag.
    if ((sends && (peer === ANY || tag === ANY)) || cpu < 0 || nic < 0) return undefined;
    return {
      what: "operation",
      label: message[1],
      kind: sends ? SEND : RECV,
      size: Number(message[2] ?? message[3]),
      peer,
      tag,
      cpu,
      nic,
    };
  }
  const calc = CALCULATION.exec(text);
  if (calc)
    return {
      what: "operation",
      label: calc[1],
      kind: CALC,
      size: Number(calc[2]),
      peer: 0,
      ...details(calc[3]!),
    };
  const rank = RANK.exec(text);
  if (rank) return { what: "rank", number: Number(rank[1]), closed: rank[2] !== undefined };
  const ranks = RANKS.exec(text);
  return ranks ? { what: "ranks", count: Number(ranks[1]) } : undefined;
}

/** What txt2bin takes where nothing is said: 0 of each. */
function details(text: string): { tag: number; cpu: number; nic: number } {
  const found = { tag: 0, cpu: 0, nic: 0 };
  for (const [, name, value] of text.matchAll(DETAIL)) found[name as keyof typeof found] = Number(value);
  return found;
}

/** Takes comments out of the lines of a file, one after the other. */
export class Comments {
  /** Within one that began with a slash and a star. */
  open = false;

  /** The line without its comments and the space around it. */
  without(text: string): string {
    if (!this.open && !text.includes("/") && !text.includes("#")) return text.trim();
    let kept = "";
    for (let at = 0; at < text.length; ) {
      if (this.open) {
        const end = text.indexOf("*/", at);
        if (end < 0) break;
        this.open = false;
        at = end + 2;
        continue;
      }
      const start = text.slice(at).search(/\/\/|\/\*|#/);
      if (start < 0) {
        kept += text.slice(at);
        break;
      }
      kept += `${text.slice(at, at + start)} `;
      at += start;
      if (!text.startsWith("/*", at)) break;
      this.open = true;
      at += 2;
    }
    return kept.trim();
  }
}
