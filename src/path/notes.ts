import { MECHANISMS, type Mechanism } from "../abi/mechanisms.js";
import { PROGRAMS, programOf, type Verb } from "../abi/verbs.js";
import { UserError } from "../errors.js";
import type { PathDocument, StepDocument } from "./document.js";
import { flatten, type Path, type Step } from "./flatten.js";
import { formText } from "./form.js";
import { isBuiltIn, parsePathLabel } from "./load.js";

/** Verbs that belong together: who changes one of them means the others too, or has forgotten them. */
const SIBLINGS = [
  ["post_recv", "post_srq_recv"],
  ["get_cq_event", "ack_cq_events"],
  ["reg_mr", "dereg_mr", "rereg_mr"],
  ["create_cq", "resize_cq", "destroy_cq"],
  ["create_qp", "destroy_qp"],
  ["create_srq", "destroy_srq"],
  ["create_ah", "destroy_ah"],
  ["create_comp_channel", "destroy_comp_channel"],
  ["alloc_pd", "dealloc_pd"],
  ["alloc_mw", "dealloc_mw"],
  ["attach_mcast", "detach_mcast"],
];
/** What the device model reads of a path besides its programs (src/replay/parameters.ts). */
const switches = (m: Path["mechanisms"]): readonly Mechanism[] => [
  "iommu",
  "bf_memtype",
  ...(m.memory === "direct" ? ["mtt_policy" as const] : []),
  ...(m.mtt_policy === "optimal" ? ["memory" as const] : []),
];
/** What the memory engine reads (src/replay/memory/setup.ts). */
const ENGINE: readonly Mechanism[] = ["machine", "memory", "guest_leaf", "host_leaf", "khugepaged"];

/**
 * What a path may not mean as its author does, for a trace that uses these verbs: sentences. `memory` says that the
 * memory engine runs too.
 */
export function pathNotes(path: Path, verbs: Iterable<string>, memory: boolean): string[] {
  const programs = new Set(Array.from(verbs, (v) => programOf(v as Verb))),
    used = PROGRAMS.filter((v) => programs.has(v));
  return [...forgotten(path, used), ...missing(path, used), ...unread(path, used, memory)];
}

const last = (chain: readonly PathDocument[], has: (d: PathDocument) => boolean): PathDocument | undefined =>
  [...chain].reverse().find(has);

/** Verbs taken from the base unchanged, although a sibling was replaced. */
function forgotten({ label, chain }: Path, used: readonly string[]): string[] {
  return chain.flatMap((doc, i) => {
    const own = Object.keys(doc.programs ?? {});
    const from = (verb: string): PathDocument | undefined =>
      last(chain, (d) => Object.hasOwn(d.programs ?? {}, verb));
    return SIBLINGS.flatMap((siblings) => {
      const replaced = siblings.filter((v) => own.includes(v));
      if (replaced.length === 0) return [];
      return siblings.flatMap((verb) => {
        const base = from(verb);
        return base === undefined ||
          chain.indexOf(base) >= i ||
          !used.includes(verb) ||
          usesGroupOf(doc, base.programs![verb]!, chain.slice(0, i + 1))
          ? []
          : [
              `path ${label}: ${doc.name} has its own ${replaced.join(", ")}, but ${verb}, which the trace uses, ` +
                `is that of ${base.name} unchanged`,
            ];
      });
    });
  });
}

/** Whether these steps reach a group that this document replaces. */
function usesGroupOf(
  doc: PathDocument,
  steps: readonly StepDocument[],
  chain: readonly PathDocument[],
): boolean {
  const seen = new Set<string>();
  const reaches = (list: readonly StepDocument[]): boolean =>
    list.some(({ use }) => {
      if (use === undefined || seen.has(use)) return false;
      seen.add(use);
      if (Object.hasOwn(doc.groups ?? {}, use)) return true;
      return reaches(last(chain, (d) => Object.hasOwn(d.groups ?? {}, use))?.groups?.[use] ?? []);
    });
  return reaches(steps);
}

const missing = ({ label, programs }: Path, used: readonly string[]): string[] => {
  const none = used.filter((v) => !programs.has(v));
  return none.length === 0
    ? []
    : [
        `path ${label}: has no program for ${none.join(", ")}, which the trace uses: ` +
          "their calls cost nothing on the CPU",
      ];
};

/** Mechanisms that the user set and that change nothing here, whatever their value. */
function unread(path: Path, used: readonly string[], memory: boolean): string[] {
  const { overrides } = parsePathLabel(path.label);
  const own = Object.assign(
    {},
    ...path.chain.filter((d) => !isBuiltIn(d)).map((d) => d.mechanisms),
  ) as object;
  return (Object.keys(MECHANISMS) as Mechanism[])
    .filter(
      (m) =>
        (m in overrides && !(memory && ENGINE.includes(m))) ||
        // A document that says the default, or what only memory traces read, says it for completeness.
        (m in own && !ENGINE.includes(m) && path.mechanisms[m] !== MECHANISMS[m].values[0]),
    )
    .filter((m) => !switches(path.mechanisms).includes(m) && !isRead(path, overrides, m, used))
    .map(
      (m) =>
        `path ${path.label}: ${m}=${path.mechanisms[m]} changes nothing here: with its other mechanisms ` +
        "no step of the verbs that the trace uses and no switch of the device reads it",
    );
}

function isRead(path: Path, overrides: object, mechanism: Mechanism, used: readonly string[]): boolean {
  return MECHANISMS[mechanism].values.some((value) => {
    try {
      const other = flatten(path.chain, { ...overrides, [mechanism]: value }, path.label);
      return (
        switches(other.mechanisms).some((s) => other.mechanisms[s] !== path.mechanisms[s]) ||
        used.some((v) => text(other.programs.get(v)) !== text(path.programs.get(v)))
      );
    } catch (e) {
      // With that value the document is refused, so it does read it.
      if (e instanceof UserError) return true;
      throw e;
    }
  });
}

const text = (steps: readonly Step[] = []): string =>
  JSON.stringify(
    steps.map((s) => [
      s.layer,
      s.cost,
      formText(s.count),
      s.counts.map((c) => [c.counter, formText(c.form)]),
      s.guard,
      s.hold,
      s.launch,
      s.wait,
    ]),
  );
