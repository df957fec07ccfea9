import { INSTR } from "../abi/params.js";

/**
 * How large a path may be. The built-in paths stay far below: 11 groups, 3 deep, at most 47 steps a program,
 * groups that run 9·devices + 6 times. What is larger is a mistake or an attack: groups that use each other twice
 * double with each level.
 */
export const LIMITS = {
  groups: 256,
  /** groups inside groups */
  depth: 16,
  /** steps of a program with those of its groups, absent ones and `use` steps included */
  steps: 10_000,
  /** a coefficient of `times`, of all groups around a step together */
  times: 65_536,
  /** features of one linear form, as an instruction of the core holds them */
  features: INSTR.max_terms,
} as const;
