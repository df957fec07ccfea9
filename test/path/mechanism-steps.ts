import { MECHANISMS, type Mechanism } from "../../src/abi/mechanisms.js";
import { flatten, type Path, type Step } from "../../src/path/flatten.js";
import { loadChain } from "../../src/path/load.js";
import { hanging } from "../../src/report/lines.js";

type Names = readonly string[];
/** What one value of a mechanism does to the programs, against the mechanism's first value. */
type Effect = Record<"adds" | "removes" | "holds", readonly { steps: Names; verbs: Names }[]>;

interface Named {
  readonly holds: ReadonlyMap<string, string>;
  readonly text: string;
}
const names = new WeakMap<readonly Step[], Named>();
/** What each step holds; ids with their number where there are several. */
function named(steps: readonly Step[]): Named {
  const known = names.get(steps);
  if (known) return known;
  const times = new Map<string, number>();
  const holds = new Map(
    steps.map((s) => {
      const n = (times.get(s.id) ?? 0) + 1;
      times.set(s.id, n);
      return [n === 1 ? s.id : `${s.id}#${n}`, s.hold.join("+")];
    }),
  );
  const all = { holds, text: [...holds].join(";") };
  names.set(steps, all);
  return all;
}

/** What a program has in place of another's, step by step. */
function difference(from: Named, to: Named): Record<keyof Effect, Names> {
  const { holds: a } = from,
    { holds: b } = to;
  return {
    adds: [...b.keys()].filter((id) => !a.has(id)),
    removes: [...a.keys()].filter((id) => !b.has(id)),
    holds: [...b].flatMap(([id, hold]) =>
      a.has(id) && a.get(id) !== hold ? [`${id}: ${a.get(id) || "-"} > ${hold || "-"}`] : [],
    ),
  };
}

/** All ways to set these mechanisms. */
const settings = (names: readonly Mechanism[]): Record<string, string>[] =>
  names.reduce<Record<string, string>[]>(
    (all, name) => all.flatMap((m) => MECHANISMS[name].values.map((value) => ({ ...m, [name]: value }))),
    [{}],
  );

/** The mechanisms that some program of this chain depends on, alone or with others. */
const conditional = (name: string): Mechanism[] => {
  const text = JSON.stringify(loadChain(name).map(({ groups, programs }) => [groups, programs]));
  return (Object.keys(MECHANISMS) as Mechanism[]).filter((m) => text.includes(`"${m}":`));
};

/** The table as text: a paragraph for each value, steps behind the verbs that they are of. */
export function mechanismText(name: string): string {
  const out: string[] = [];
  for (const [value, effect] of Object.entries(mechanismSteps(name))) {
    out.push(value);
    for (const [what, groups] of Object.entries(effect))
      for (const { steps, verbs } of groups) {
        hanging(`  ${what.padEnd(8)}`, `${verbs.join(" ")}: ${steps.join(", ")}`, 110, (line = "") =>
          out.push(line),
        );
      }
  }
  return `${out.join("\n")}\n`;
}

/**
 * Of each value of each mechanism, the steps that it adds to programs, removes or lets hold something else, against
 * the mechanism's first value, whatever the others are.
 */
function mechanismSteps(name: string): Record<string, Effect> {
  const chain = loadChain(name),
    read = conditional(name),
    flat = new Map<string, Path>();
  const pathOf = (m: Record<string, string>): Path => {
    const key = read.map((r) => m[r]).join();
    const path = flat.get(key) ?? flatten(chain, m, name);
    flat.set(key, path);
    return path;
  };
  const table: Record<string, Effect> = {};
  for (const mechanism of Object.keys(MECHANISMS) as Mechanism[]) {
    const [first, ...others] = MECHANISMS[mechanism].values;
    for (const value of others) {
      const seen = { adds: new Map<string, Set<string>>(), removes: new Map(), holds: new Map() } as Record<
        keyof Effect,
        Map<string, Set<string>>
      >;
      for (const rest of read.includes(mechanism) ? settings(read.filter((r) => r !== mechanism)) : []) {
        const from = pathOf({ ...rest, [mechanism]: first }),
          to = pathOf({ ...rest, [mechanism]: value });
        for (const [verb, steps] of to.programs) {
          const before = named(from.programs.get(verb)!),
            after = named(steps);
          if (before.text === after.text) continue;
          for (const [effect, ids] of Object.entries(difference(before, after)))
            for (const id of ids) {
              const verbs = seen[effect as keyof Effect];
              verbs.set(id, (verbs.get(id) ?? new Set()).add(verb));
            }
        }
      }
      table[`${mechanism}=${value}`] = {
        adds: folded(seen.adds),
        removes: folded(seen.removes),
        holds: folded(seen.holds),
      };
    }
  }
  return table;
}

/** Steps that go into the same verbs stand together. */
function folded(steps: ReadonlyMap<string, ReadonlySet<string>>): Effect["adds"] {
  const groups = new Map<string, { steps: string[]; verbs: Names }>();
  for (const [id, of] of [...steps].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const verbs = [...of].sort(),
      group = groups.get(verbs.join()) ?? { steps: [], verbs };
    group.steps.push(id);
    groups.set(verbs.join(), group);
  }
  return [...groups.values()];
}
