import { MECHANISMS, type Mechanism } from "../abi/mechanisms.js";
import { UserError } from "../errors.js";
import type { PathDocument, Settings, StepDocument } from "../path/document.js";
import { flatten, type Path, settle } from "../path/flatten.js";
import { loadChain, parsePathLabel } from "../path/load.js";
import { canonical } from "../replay/result/document.js";

/** A path before it is flattened: its documents and all its settled mechanisms. */
export interface Endpoint {
  readonly label: string;
  readonly name: string;
  readonly chain: readonly PathDocument[];
  readonly mechanisms: Readonly<Record<Mechanism, string>>;
}
/** What is attributed to: one mechanism, several that the user binds together, or the document itself. */
export interface Player {
  readonly name: string;
  readonly mechanisms: readonly Mechanism[];
  readonly document: boolean;
  readonly from: string;
  readonly to: string;
}
export const DOCUMENT = "document";

export function endpoint(label: string): Endpoint {
  const { name, overrides } = parsePathLabel(label),
    chain = loadChain(name);
  return { label, name, chain, mechanisms: settle(chain, overrides) };
}

/** Groups and programs of a chain without what only readers need. */
function steps(chain: readonly PathDocument[]): string {
  const plain = (of: Record<string, readonly StepDocument[]>): unknown =>
    Object.fromEntries(
      Object.entries(of).map(([name, list]) => [
        name,
        list.map(
          ({ id: _id, actor: _actor, primitive: _primitive, basis: _basis, source: _source, ...rest }) =>
            rest,
        ),
      ]),
    );
  return canonical([
    plain(Object.assign({}, ...chain.map((d) => d.groups))),
    plain(Object.assign({}, ...chain.map((d) => d.programs))),
  ]);
}

/**
 * What differs between two paths, in the order of MECHANISMS;
 * `together` lists names, by commas, that count as one.
 */
export function playersOf(from: Endpoint, to: Endpoint, together: readonly string[] = []): Player[] {
  const names = Object.keys(MECHANISMS) as Mechanism[];
  const differ: string[] = names.filter((m) => from.mechanisms[m] !== to.mechanisms[m]);
  if (steps(from.chain) !== steps(to.chain)) differ.push(DOCUMENT);
  const sets = together.map((text) => {
    const set = [
      ...new Set(
        text
          .split(",")
          .map((s) => s.trim())
          .filter((s) => s !== ""),
      ),
    ];
    for (const m of set)
      if (m !== DOCUMENT && !names.includes(m as Mechanism))
        throw new UserError(
          `--together ${text}: unknown mechanism "${m}"; ` +
            `those that differ are ${differ.join(", ") || "none"}`,
        );
    return set.filter((m) => differ.includes(m));
  });
  const bound = sets.flat(),
    twice = bound.find((m, i) => bound.indexOf(m) !== i);
  if (twice !== undefined)
    throw new UserError(`--together: ${twice} is named twice; a mechanism can be bound once`);
  const parts = [
    ...sets.filter((s) => s.length > 0),
    ...differ.filter((m) => !bound.includes(m)).map((m) => [m]),
  ];
  const place = (part: readonly string[]): number => Math.min(...part.map((m) => differ.indexOf(m)));
  return parts
    .sort((a, b) => place(a) - place(b))
    .map((part) =>
      player(
        from,
        to,
        differ.filter((m) => part.includes(m)),
      ),
    );
}

function player(from: Endpoint, to: Endpoint, members: readonly string[]): Player {
  const value = (of: Endpoint, m: string): string =>
    m === DOCUMENT ? of.name : of.mechanisms[m as Mechanism];
  return {
    name: members.join("+"),
    mechanisms: members.filter((m) => m !== DOCUMENT) as Mechanism[],
    document: members.includes(DOCUMENT),
    from: members.map((m) => value(from, m)).join("+"),
    to: members.map((m) => value(to, m)).join("+"),
  };
}

/** `memory=memlink`, or `memory=memlink irq=intx` for what is bound together. */
export function settingsText({ name, to }: { name: string; to: string }): string {
  const values = to.split("+");
  return name
    .split("+")
    .map((m, i) => `${m}=${values[i]!}`)
    .join(" ");
}

/**
 * The path where the players of `mask` are as in `to` and all others as in `from`:
 * every mechanism is overridden, so that no `implies` rule acts.
 */
export function pathOf(from: Endpoint, to: Endpoint, players: readonly Player[], mask: number): Path {
  const mechanisms: Record<Mechanism, string> = { ...from.mechanisms };
  let base = from;
  players.forEach((p, i) => {
    if (!((mask >> i) & 1)) return;
    for (const m of p.mechanisms) mechanisms[m] = to.mechanisms[m];
    if (p.document) base = to;
  });
  return flatten(base.chain, mechanisms, labelOf(base, mechanisms));
}

/**
 * The shortest label that settles to these mechanisms: what
 * `verbscope replay --paths` takes for the same path.
 */
export function labelOf(base: Endpoint, mechanisms: Readonly<Record<Mechanism, string>>): string {
  const overrides: Settings = {};
  for (;;) {
    const settled = settle(base.chain, overrides);
    const wrong = (Object.keys(MECHANISMS) as Mechanism[]).filter((m) => settled[m] !== mechanisms[m]);
    // What is overridden stays, so each round overrides at least one more.
    if (wrong.length === 0) break;
    for (const m of wrong) overrides[m] = mechanisms[m];
  }
  return [
    base.name,
    ...(Object.keys(MECHANISMS) as Mechanism[])
      .filter((m) => overrides[m] !== undefined)
      .map((m) => `${m}=${overrides[m]}`),
  ].join("+");
}
