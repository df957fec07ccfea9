import { UserError } from "../../../errors.js";
import { KIND } from "../../../trace/memory/memory-rows.js";
import { recordFormat, sniffRecords } from "../record-format.js";

/**
 * One instruction (ChampSim, inc/trace_instruction.h, struct input_instr of its public traces): ip u64,
 * is_branch u8, branch_taken u8, 2 destination and 4 source registers, 2 addresses of stores, 4 of loads,
 * 0 where there is none.
 */
const BYTES = 64,
  BRANCH = 8,
  TAKEN = 9,
  STORES = 16,
  LOADS = 32;
/** The width of a register, as ChampSim has no sizes. */
const ASSUMED_BYTES = 8;

/** High half of a canonical address of 57 bits: all of bits 56 to 63 equal. */
const canonical = (high: number): boolean => high < 1 << 24 || high >= 0xff000000;

function fits(view: DataView, at: number): boolean {
  const branch = view.getUint8(at + BRANCH),
    taken = view.getUint8(at + TAKEN);
  if (branch > 1 || taken > branch) return false;
  if (view.getUint32(at, true) === 0 && view.getUint32(at + 4, true) === 0) return false;
  if (!canonical(view.getUint32(at + 4, true))) return false;
  for (let slot = STORES; slot < BYTES; slot += 8)
    if (!canonical(view.getUint32(at + slot + 4, true))) return false;
  return true;
}

export const champsim = recordFormat({
  name: "champsim",
  says: "an instruction trace of ChampSim, records of 64 bytes",
  example: ["600.perlbench_s-210B.champsimtrace.xz -o perlbench.arrow", "a trace of the championships"],
  bytes: BYTES,
  columns: ["vaddr", "size", "kind", "gap", "pc"],
  origins: { size: "assumed", pc: "recorded" },
  lost: [
    `sizes are not recorded: ${ASSUMED_BYTES} bytes are assumed`,
    "an instruction's loads come before its stores, as their order is not recorded",
    "an access to address 0 cannot be told from none",
  ],
  sniff: sniffRecords(BYTES, 0.95, fits),
  reader: (path, accesses) => {
    let gap = 0,
      instructions = 0;
    return {
      record: (view, at, n) => {
        if (view.getUint8(at + BRANCH) > 1 || view.getUint8(at + TAKEN) > 1)
          throw new UserError(
            `${path}: record ${n}: its branch flags are ${view.getUint8(at + BRANCH)} and ` +
              `${view.getUint8(at + TAKEN)}, but must be 0 or 1: give a ChampSim trace of 64-byte records ` +
              "(those of CloudSuite have 96)",
          );
        instructions++;
        gap++;
        accesses.pcLow = view.getUint32(at, true);
        accesses.pcHigh = view.getUint32(at + 4, true);
        for (let slot = LOADS; slot < BYTES; slot += 8) {
          const low = view.getUint32(at + slot, true),
            high = view.getUint32(at + slot + 4, true);
          if (low === 0 && high === 0) continue;
          if (accesses.take(n, low, high, ASSUMED_BYTES, KIND.load, gap)) return true;
          gap = 0;
        }
        for (let slot = STORES; slot < LOADS; slot += 8) {
          const low = view.getUint32(at + slot, true),
            high = view.getUint32(at + slot + 4, true);
          if (low === 0 && high === 0) continue;
          if (accesses.take(n, low, high, ASSUMED_BYTES, KIND.store, gap)) return true;
          gap = 0;
        }
        return false;
      },
      notes: () => [
        `${instructions} instructions were read`,
        ...(gap > 0 ? [`${gap} instructions after the last data access are not in the trace`] : []),
      ],
    };
  },
});
